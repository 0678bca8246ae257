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


def lookup_007(db: Database) -> None:
    """Texts by profile, source, label and recipient, each in the order of their dates."""
    from costeer_cli.store.recipients import name_words  # noqa: PLC0415

    for name, columns in (
        ("documents_by_profile", "profile, created_at"),
        ("documents_by_source", "profile, source, created_at"),
    ):
        db.execute(f"CREATE INDEX {name} ON documents ({columns})")
    db.execute(
        "CREATE INDEX documents_by_recipient ON documents (recipient, created_at)"
        " WHERE recipient != ''"
    )
    db.execute(
        """
        CREATE TABLE tagged (
            tag TEXT NOT NULL,
            created_at TEXT NOT NULL,
            document_id INTEGER NOT NULL,
            PRIMARY KEY (tag, created_at, document_id)
        ) WITHOUT ROWID
        """
    )
    put = """INSERT OR IGNORE INTO tagged (tag, created_at, document_id)
        SELECT value, {row}.created_at, {row}.id FROM {from_}json_each({row}.tags)"""
    take = """DELETE FROM tagged WHERE (tag, created_at, document_id) IN
        (SELECT value, old.created_at, old.id FROM json_each(old.tags))"""
    put_new = put.format(row="new", from_="")
    for name, when, what in (
        ("tagged_insert", "INSERT", put_new),
        ("tagged_update", "UPDATE OF tags, created_at", f"{take}; {put_new}"),
        ("tagged_delete", "DELETE", take),
    ):
        db.execute(f"CREATE TRIGGER {name} AFTER {when} ON documents BEGIN {what}; END")
    db.execute(put.format(row="documents", from_="documents, "))
    db.execute(
        "CREATE TABLE addressed (word TEXT NOT NULL, recipient TEXT NOT NULL,"
        " PRIMARY KEY (word, recipient)) WITHOUT ROWID"
    )
    known = db.execute("SELECT DISTINCT recipient FROM documents WHERE recipient != ''").fetchall()
    db.conn.executemany(
        "INSERT INTO addressed (word, recipient) VALUES (?, ?)",
        [(word, recipient) for (recipient,) in known for word in name_words(recipient)],
    )


def used_008(db: Database) -> None:
    """Which documents the local model read for a draft, so that both can be forgotten."""
    db.execute(
        """
        CREATE TABLE used (
            document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
            draft_id TEXT NOT NULL REFERENCES drafts(id) ON DELETE CASCADE,
            PRIMARY KEY (document_id, draft_id)
        ) WITHOUT ROWID
        """
    )
    db.execute("CREATE INDEX used_by_draft ON used (draft_id)")
    db.execute(
        "INSERT OR IGNORE INTO used (document_id, draft_id) SELECT documents.id, drafts.id"
        " FROM drafts, json_each(drafts.settings, '$.context_sources') AS source"
        " JOIN documents ON source.value = 'history:' || documents.id"
    )


def sketches_009(db: Database) -> None:
    """The few numbers by which a text that is nearly the same is found."""
    from costeer_cli.store.similar import Sketch  # noqa: PLC0415

    db.execute(
        """
        CREATE TABLE sketches (
            hash INTEGER NOT NULL,
            document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
            PRIMARY KEY (hash, document_id)
        ) WITHOUT ROWID
        """
    )
    db.execute("CREATE TEMP TABLE found (hash INTEGER, document_id INTEGER)")
    db.conn.executemany(
        "INSERT INTO found VALUES (?, ?)",
        (
            (value, number)
            for number, text in db.execute("SELECT id, text FROM documents")
            for value in Sketch(text).least
        ),
    )
    # Sorted first, as a large table that grows in any order is slow.
    db.execute("INSERT INTO sketches SELECT hash, document_id FROM found ORDER BY 1, 2")
    db.execute("DROP TABLE found")
    db.execute("CREATE INDEX sketches_by_document ON sketches (document_id)")


def vault_010(db: Database) -> None:
    """Values that leave as placeholders; one that was found goes with the last text that has it."""
    for table in (
        """
        vault (
            id INTEGER PRIMARY KEY,
            kind TEXT NOT NULL,
            number INTEGER NOT NULL,
            text TEXT NOT NULL UNIQUE,
            key TEXT NOT NULL,
            origin TEXT NOT NULL,
            elsewhere INTEGER NOT NULL DEFAULT 0,
            created_at TEXT NOT NULL,
            UNIQUE (kind, number)
        )
        """,
        "vault_numbers (kind TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID",
        """
        vault_forms (
            vault_id INTEGER NOT NULL REFERENCES vault(id) ON DELETE CASCADE,
            number INTEGER NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (vault_id, number)
        ) WITHOUT ROWID
        """,
        """
        vault_places (
            vault_id INTEGER NOT NULL REFERENCES vault(id) ON DELETE CASCADE,
            document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
            PRIMARY KEY (vault_id, document_id)
        ) WITHOUT ROWID
        """,
        """
        vault_scanned (
            document_id INTEGER PRIMARY KEY REFERENCES documents(id) ON DELETE CASCADE,
            version INTEGER NOT NULL
        )
        """,
        "vault_refused (hash BLOB PRIMARY KEY) WITHOUT ROWID",
        "vault_salt (salt BLOB NOT NULL)",
    ):
        db.execute(f"CREATE TABLE {table}")
    db.execute("CREATE INDEX vault_by_key ON vault (key)")
    db.execute("CREATE INDEX vault_places_by_document ON vault_places (document_id)")
    db.execute("INSERT INTO vault_salt VALUES (randomblob(32))")
    db.execute(
        "CREATE TRIGGER vault_places_delete AFTER DELETE ON vault_places BEGIN"
        " DELETE FROM vault WHERE id = old.vault_id AND origin = 'found' AND elsewhere = 0"
        " AND NOT EXISTS (SELECT 1 FROM vault_places WHERE vault_id = old.vault_id); END"
    )
    db.execute(
        "CREATE TRIGGER vault_scanned_update AFTER UPDATE OF title, text, author, recipient,"
        " signature ON documents BEGIN"
        " DELETE FROM vault_scanned WHERE document_id = old.id; END"
    )


def costs_011(db: Database) -> None:
    """What each choice can tell of the context at most, and what it did tell, in nats."""
    for column in ("cost", "moved"):
        db.execute(f"ALTER TABLE choices ADD COLUMN {column} REAL")


def blocks_012(db: Database) -> None:
    """Marks which parts of the history changed, for what is made of it beside the store."""
    db.execute("CREATE TABLE blocks (number INTEGER PRIMARY KEY, stamp INTEGER NOT NULL)")
    db.execute("CREATE TABLE blocks_salt (salt BLOB NOT NULL)")
    db.execute("INSERT INTO blocks_salt VALUES (randomblob(32))")
    mark = """INSERT INTO blocks VALUES ({row}.id >> 16, random())
        ON CONFLICT (number) DO UPDATE SET stamp = excluded.stamp"""
    new, old = mark.format(row="new"), mark.format(row="old")
    for name, when, what in (
        ("insert", "INSERT ON documents WHEN new.id < (SELECT max(id) FROM documents)", new),
        ("update", "UPDATE OF id, title, prompt, text, signature ON documents", f"{old}; {new}"),
        ("delete", "DELETE ON documents", old),
    ):
        db.execute(f"CREATE TRIGGER blocks_{name} AFTER {when} BEGIN {what}; END")


def experts_013(db: Database) -> None:
    """What was trained on texts; it is stale, in one breath, where one of them is deleted."""
    for table in (
        """
        experts (
            id TEXT PRIMARY KEY,
            created_at TEXT NOT NULL,
            profile TEXT NOT NULL,
            model TEXT NOT NULL,
            base TEXT NOT NULL,
            state TEXT NOT NULL,
            digest TEXT NOT NULL,
            settings TEXT NOT NULL,
            scores TEXT NOT NULL
        )
        """,
        """
        learned (
            document_id INTEGER NOT NULL,
            expert_id TEXT NOT NULL REFERENCES experts(id) ON DELETE CASCADE,
            PRIMARY KEY (document_id, expert_id)
        ) WITHOUT ROWID
        """,
    ):
        db.execute(f"CREATE TABLE {table}")
    db.execute("CREATE INDEX learned_by_expert ON learned (expert_id)")
    stale = "UPDATE experts SET state = 'stale' WHERE"
    those = "FROM learned WHERE document_id = old.id"
    for name, when, what in (
        (
            "experts_of_text",
            "DELETE ON documents",
            f"{stale} id IN (SELECT expert_id {those}); DELETE {those}",
        ),
        ("experts_of_profile", "DELETE ON profiles", f"{stale} profile = old.name"),
    ):
        db.execute(f"CREATE TRIGGER {name} AFTER {when} BEGIN {what}; END")


STEPS = (
    documents_001,
    profiles_002,
    drafts_003,
    wire_004,
    choices_005,
    identity_006,
    lookup_007,
    used_008,
    sketches_009,
    vault_010,
    costs_011,
    blocks_012,
    experts_013,
)
NAMES = frozenset(step.__name__ for step in STEPS)
