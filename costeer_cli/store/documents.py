"""What the person wrote: kept once each, found again by its words, forgotten for good."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from costeer_cli.errors import UnknownNameError
from costeer_cli.store.connection import Connection, Row
from costeer_cli.store.document import Document, tidy

__all__ = ["AddResult", "Document", "Documents", "Hit"]

_MOST_QUERY_WORDS = 500  # a prompt may be a whole letter; more words do not find better


@dataclass(frozen=True, slots=True)
class AddResult:
    """How many documents were new, already there, or there in an older wording."""

    added: int
    duplicate: int
    updated: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """A document found by a search; `score` is BM25, higher is better."""

    document: Document
    score: float


class _Rehearsed(Exception):  # noqa: N818  (not an error: it only ends the transaction)
    pass


class Documents:
    """The documents of one store."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, documents: Iterable[Document]) -> AddResult:
        """Store `documents` as they stream in, all or none.

        A text that is there already (same digest and profile) counts as a duplicate; a changed
        text of the same source, native id and profile replaces the older one. So doing it twice
        changes nothing.

        Raises:
            StoreError: full, locked or read-only; nothing was stored.
        """
        counts = {"added": 0, "duplicate": 0, "updated": 0}
        with self._connection.atomic():
            for document in documents:
                counts[self._add_one(document)] += 1
        return AddResult(**counts)

    def rehearse(self, documents: Iterable[Document]) -> AddResult:
        """What `add` would do; nothing is stored."""
        result = AddResult(0, 0)
        try:
            with self._connection.atomic():
                result = self.add(documents)
                raise _Rehearsed  # noqa: TRY301  (caught below, outside the transaction)
        except _Rehearsed:
            return result

    def get(self, document_id: int) -> Document:
        """One document.

        Raises:
            UnknownNameError: there is none of that number.
        """
        row = self._connection.row("SELECT * FROM documents WHERE id = ?", [document_id])
        if row is None:
            raise _unknown([document_id])
        return _document(row)

    def find(self, document: Document) -> int | None:
        """The number of the stored document with this text and profile, or None."""
        found: int | None = self._connection.scalar(
            "SELECT id FROM documents WHERE digest = ? AND profile = ?",
            [document.digest, document.profile or ""],
        )
        return found

    def recent(
        self, limit: int, profile: str, *, sources: Sequence[str] = (), tags: Sequence[str] = ()
    ) -> list[Document]:
        """The newest documents that `profile` may read; see `search` for what that is."""
        return [
            _document(row)
            for row in self._connection.rows(
                f"SELECT * FROM documents WHERE {_READABLE}"  # noqa: S608  (a constant)
                " ORDER BY created_at DESC, id DESC LIMIT :limit",
                {"limit": limit} | _scope(profile, sources, tags),
            )
        ]

    def search(
        self,
        query: str,
        limit: int = 20,
        profile: str | None = None,
        *,
        sources: Sequence[str] = (),
        tags: Sequence[str] = (),
    ) -> list[Hit]:
        """Documents with any word of `query`, best first; no query is a syntax error.

        Args:
            query: plain words; accents and case do not matter.
            limit: the most hits to return.
            profile: only what that profile may read: documents bound to it, and unbound ones
                ('' for the unbound ones alone); None for every document.
            sources: of the unbound documents, only those from these sources; () for all.
            tags: of the unbound documents, only those with one of these tags; () for all.
        """
        match = _match(query)
        if not match:
            return []
        rows = self._connection.rows(
            "SELECT documents.*, -bm25(documents_fts, 2.0, 2.0, 1.0) AS score"  # noqa: S608
            " FROM documents_fts JOIN documents ON documents.id = documents_fts.rowid"
            f" WHERE documents_fts MATCH :match AND {_READABLE}"
            " ORDER BY score DESC, created_at DESC, documents.id DESC LIMIT :limit",
            {"match": match, "limit": limit} | _scope(profile, sources, tags),
        )
        return [Hit(_document(row), row["score"]) for row in rows]

    def list(
        self,
        limit: int = 20,
        offset: int = 0,
        source: str | None = None,
        profile: str | None = None,
    ) -> list[Document]:
        """Documents, newest first; `profile` keeps those bound to that profile."""
        wanted = {"limit": limit, "offset": offset, "source": source, "profile": profile}
        return [
            _document(row)
            for row in self._connection.rows(
                "SELECT * FROM documents WHERE (:source IS NULL OR source = :source)"
                " AND (:profile IS NULL OR profile = :profile)"
                " ORDER BY created_at DESC, id DESC LIMIT :limit OFFSET :offset",
                wanted,
            )
        ]

    def count(self, profile: str | None = None) -> int:
        """How many documents there are (bound to `profile`, where one is given)."""
        return int(
            self._connection.scalar(
                "SELECT count(*) FROM documents WHERE :profile IS NULL OR profile = :profile",
                {"profile": profile},
            )
        )

    def delete(self, ids: Iterable[int]) -> int:
        """Forget documents, their words in the index and their traces in the file, all or none.

        Inside `Store.atomic` the last step, rewriting the file, is left out.

        Raises:
            UnknownNameError: one of the numbers is not there; nothing was deleted.
        """
        wanted = sorted(set(ids))
        with self._connection.atomic():
            missing = [
                number
                for number in wanted
                if not self._connection.execute("DELETE FROM documents WHERE id = ?", [number])
            ]
            if missing:
                raise _unknown(missing)
            forget_words(self._connection)
        self._connection.wipe_traces()
        return len(wanted)

    def export(self) -> Iterator[Document]:
        """Every document, oldest number first, a few at a time."""
        for row in self._connection.rows("SELECT * FROM documents ORDER BY id"):
            yield _document(row)

    def _add_one(self, document: Document) -> str:
        row = _row(document)
        if self.find(document) is not None:
            return "duplicate"
        changed = self._connection.execute(
            "UPDATE documents SET title = :title, kind = :kind, prompt = :prompt, text = :text,"
            " author = :author, recipient = :recipient, signature = :signature,"
            " created_at = :created_at, tags = :tags, digest = :digest"
            " WHERE source = :source AND native_id = :native_id AND profile = :profile",
            row,
        )
        if changed:
            return "updated"
        self._connection.execute(
            "INSERT INTO documents (source, native_id, profile, title, kind, prompt, text, author,"
            " recipient, signature, created_at, tags, digest) VALUES (:source, :native_id,"
            " :profile, :title, :kind, :prompt, :text, :author, :recipient, :signature,"
            " :created_at, :tags, :digest)",
            row,
        )
        return "added"


def forget_words(connection: Connection) -> None:
    """Merge the word index, so that no segment still holds the words of deleted documents."""
    connection.execute("INSERT INTO documents_fts (documents_fts) VALUES ('optimize')")


_READABLE = """(
    :profile IS NULL OR documents.profile = :profile AND :profile != ''
    OR documents.profile = ''
    AND (:sources = '[]' OR source IN (SELECT value FROM json_each(:sources)))
    AND (:tags = '[]' OR EXISTS (
        SELECT 1 FROM json_each(documents.tags) WHERE value IN (
            SELECT value FROM json_each(:tags)))))"""


def _scope(
    profile: str | None, sources: Sequence[str], tags: Sequence[str]
) -> dict[str, str | None]:
    return {
        "profile": profile,
        "sources": json.dumps(list(sources)),
        "tags": json.dumps(list(tags)),
    }


def _match(query: str) -> str:
    # Each word becomes a quoted FTS5 string, so that nothing in it is an operator.
    words = dict.fromkeys(tidy(query).casefold().replace('"', " ").split())
    return " OR ".join(f'"{word}"' for word in list(words)[:_MOST_QUERY_WORDS])


def _row(document: Document) -> dict[str, str]:
    digest = document.digest
    return {
        "source": tidy(document.source),
        "native_id": tidy(document.native_id) or digest,
        "profile": tidy(document.profile or ""),
        "title": tidy(document.title),
        "kind": tidy(document.kind),
        "prompt": tidy(document.prompt),
        "text": tidy(document.text),
        "author": tidy(document.author),
        "recipient": tidy(document.recipient),
        "signature": tidy(document.signature),
        "created_at": tidy(document.created_at),
        "tags": json.dumps(_labels(document.tags), ensure_ascii=False),
        "digest": digest,
    }


def _labels(tags: Iterable[str]) -> list[str]:
    """Each label once, in order, and no empty one: a label is there or it is not."""
    return [tag for tag in dict.fromkeys(tidy(tag).strip() for tag in tags) if tag]


def _document(row: Row) -> Document:
    fields = {name: row[name] for name in Document.__dataclass_fields__}
    fields["tags"] = tuple(json.loads(row["tags"]))
    fields["profile"] = row["profile"] or None
    return Document(**fields)


def _unknown(ids: list[int]) -> UnknownNameError:
    numbers = ", ".join(str(number) for number in ids[:5])
    return UnknownNameError(
        f"There is no document {numbers}.", hint="See what there is with: costeer history list"
    )
