"""The tables of the store, one named migration a step; only ever add at the end."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite_utils import Database, Migrations

SET = "costeer"


@cache
def migrations() -> Migrations:
    """Every migration, in order. A store that has others was made by a newer costeer."""
    from sqlite_utils import Migrations

    found = Migrations(SET)
    for step in STEPS:
        found()(step)
    return found


def documents_001(db: Database) -> None:
    """What the person wrote; `profile` is '' where every profile may read it."""
    table = db.table("documents")
    columns = ["source", "native_id", "profile", "title", "kind", "prompt", "text", "author"]
    columns += ["created_at", "tags", "digest"]
    table.create({"id": int} | dict.fromkeys(columns, str), pk="id", not_null=columns, strict=True)
    table.create_index(["source", "native_id", "profile"], unique=True)
    table.create_index(["digest", "profile"], unique=True)
    table.create_index(["created_at"])
    table.enable_fts(
        ["title", "prompt", "text"],
        create_triggers=True,
        tokenize="unicode61 remove_diacritics 2",
    )


def profiles_002(db: Database) -> None:
    """The person's own profiles, as the TOML they wrote."""
    columns = ["name", "toml", "created_at", "updated_at"]
    db.table("profiles").create(
        dict.fromkeys(columns, str), pk="name", not_null=columns, strict=True
    )


def drafts_003(db: Database) -> None:
    """Drafts, and every choice of each; `seq` keeps the order in which they were begun."""
    texts = ["id", "created_at", "prompt", "provider", "cloud_model", "local_model"]
    texts += ["settings", "state", "finish_reason"]
    drafts = db.table("drafts")
    drafts.create(
        {"seq": int} | dict.fromkeys(texts, str) | {"profile": str, "text": bytes, "receipt": str},
        pk="seq",
        not_null=[*texts, "text"],
        strict=True,
    )
    drafts.create_index(["id"], unique=True)
    db.execute(
        """
        CREATE TABLE choices (
            draft_id TEXT NOT NULL REFERENCES drafts(id) ON DELETE CASCADE,
            n INTEGER NOT NULL,
            bytes BLOB NOT NULL,
            source TEXT NOT NULL,
            cloud_logprob REAL NOT NULL,
            delta REAL,
            steered_logprob REAL NOT NULL,
            rank INTEGER NOT NULL,
            token_id INTEGER,
            certified INTEGER NOT NULL,
            PRIMARY KEY (draft_id, n)
        ) WITHOUT ROWID
        """
    )


def wire_004(db: Database) -> None:
    """Every request, byte for byte; no foreign key, since a probe belongs to no draft."""
    texts = ["draft_id", "at", "provider", "endpoint", "headers", "sha256"]
    wire = db.table("wire")
    wire.create(
        {"id": int, "n": int} | dict.fromkeys(texts, str) | {"body": bytes},
        pk="id",
        not_null=["n", *texts, "body"],
        strict=True,
    )
    wire.create_index(["draft_id", "n"], unique=True)


def choices_005(db: Database) -> None:
    """What a cloud that lists nothing does not tell of a choice may be missing."""
    db.execute(
        """
        CREATE TABLE choices_new (
            draft_id TEXT NOT NULL REFERENCES drafts(id) ON DELETE CASCADE,
            n INTEGER NOT NULL,
            bytes BLOB NOT NULL,
            source TEXT NOT NULL,
            cloud_logprob REAL,
            delta REAL,
            steered_logprob REAL,
            rank INTEGER,
            token_id INTEGER,
            certified INTEGER NOT NULL,
            PRIMARY KEY (draft_id, n)
        ) WITHOUT ROWID
        """
    )
    db.execute("INSERT INTO choices_new SELECT * FROM choices")
    db.execute("DROP TABLE choices")
    db.execute("ALTER TABLE choices_new RENAME TO choices")


def identity_006(db: Database) -> None:
    """Who the person is, to whom a text was written, and what stood below it."""
    for column in ("recipient", "signature"):
        db.execute(f"ALTER TABLE documents ADD COLUMN {column} TEXT NOT NULL DEFAULT ''")
    columns = ["value", "added_at"]
    db.table("identity").create(
        dict.fromkeys(columns, str), pk="value", not_null=columns, strict=True
    )


STEPS = (documents_001, profiles_002, drafts_003, wire_004, choices_005, identity_006)
NAMES = frozenset(step.__name__ for step in STEPS)
