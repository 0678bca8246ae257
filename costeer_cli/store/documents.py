"""What the person wrote: kept once each, found again by its words, forgotten for good."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from costeer_cli.errors import UnknownNameError
from costeer_cli.store.connection import Connection, Row
from costeer_cli.store.document import Document, tidy
from costeer_cli.store.finding import Finder
from costeer_cli.store.ranking import Ranking, read
from costeer_cli.store.recipients import forget_unused, remember
from costeer_cli.store.scope import Scope, Selection
from costeer_cli.store.similar import Similar, Sketch

__all__ = ["AddResult", "Document", "Documents", "Found", "Hit"]

_POOL = 96  # documents that are ranked exactly for one query


@dataclass(frozen=True, slots=True)
class AddResult:
    """How many documents were new, already there, or there in an older wording; and how many were
    passed over because another one says nearly the same."""

    added: int
    duplicate: int
    updated: int = 0
    similar: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """A document found by a search; `score` is BM25, higher is better."""

    document: Document
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """What a query found, not ranked yet.

    Attributes:
        documents: the most promising first.
        hints: for each, how promising it is; above 0.
        frequencies: for every word of the query (folded), how many stored documents have it.
        total: how many documents are stored, about.
    """

    documents: list[Document]
    hints: list[float]
    frequencies: dict[str, int]
    total: int


class _Rehearsed(Exception):  # noqa: N818  (not an error: it only ends the transaction)
    pass


class Documents:
    """The documents of one store."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._finder = Finder(connection)
        self._similar = Similar(connection)

    def add(self, documents: Iterable[Document]) -> AddResult:
        """Store `documents` as they stream in, all or none.

        A text that is there already (same digest and profile) counts as a duplicate; a changed
        text of the same source, native id and profile replaces the older one. So doing it twice
        changes nothing. A new text that says nearly the same as another one (see `Similar`) is
        passed over, unless it is `kept` or was added by hand.

        Raises:
            StoreError: full, locked or read-only; nothing was stored.
        """
        counts = {"added": 0, "duplicate": 0, "updated": 0, "similar": 0}
        recipients: set[str] = set()
        with self._connection.atomic():
            for document in documents:
                counts[self._add_one(document)] += 1
                recipients.add(tidy(document.recipient))
            remember(self._connection, recipients)
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
        """The newest documents that `profile` may read; see `Scope` for what that is."""
        return self.newest(Scope(profile=profile, sources=tuple(sources), tags=tuple(tags)), limit)

    def newest(self, scope: Scope, limit: int) -> list[Document]:
        """The newest documents of a scope; those without a date come last."""
        return [_document(row) for row in self._finder.newest(scope, limit)]

    def addressed(self, words: Sequence[str], scope: Scope, limit: int) -> list[Document]:
        """The newest documents written to anybody one of whose names is among `words`."""
        return [_document(row) for row in self._finder.addressed(words, scope, limit)]

    def find_by_words(self, query: str, scope: Scope, limit: int = _POOL) -> Found:
        """The documents most promising to answer `query`; no query is a syntax error."""
        matches = self._finder.matches(query, scope, limit)
        documents = [_document(row) for row in matches.rows]
        return Found(documents, matches.hints, matches.frequencies, matches.total)

    def search(
        self,
        query: str,
        limit: int = 20,
        profile: str | None = None,
        *,
        sources: Sequence[str] = (),
        tags: Sequence[str] = (),
    ) -> list[Hit]:
        """Documents with any word of `query`, best first; for the rest see `Scope`."""
        scope = Scope(profile=profile, sources=tuple(sources), tags=tuple(tags))
        return self.search_in(scope, query, limit)

    def search_in(self, scope: Scope, query: str, limit: int = 20) -> list[Hit]:
        """Documents of a scope with any word of `query`, best first; no query is an error.

        Args:
            scope: where to look.
            query: plain words; accents and case do not matter.
            limit: the most hits to return.
        """
        found = self.find_by_words(query, scope, max(limit, _POOL))
        texts = [read(document) for document in found.documents]
        ranking = Ranking(found.frequencies, found.total, texts)
        hits = [
            Hit(text.document, ranking.score(text) or hint)
            for text, hint in zip(texts, found.hints, strict=True)
        ]
        hits.sort(
            key=lambda hit: (hit.score, hit.document.created_at, hit.document.id or 0), reverse=True
        )
        return hits[:limit]

    def select(self, selection: Selection) -> list[int]:
        """The numbers of the documents a person points at, ascending.

        Raises:
            UnknownNameError: one of the ids it names is not there.
        """
        found = self._finder.selected(selection)
        if selection.ids is not None:
            there = self._finder.selected(Selection(ids=selection.ids))
            if missing := sorted(set(selection.ids) - set(there)):
                raise _unknown(missing)
        return found

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

    def export(self, selection: Selection | None = None) -> Iterator[Document]:
        """Every document (of a selection), oldest number first, a few at a time."""
        if selection is None or selection.everything:
            rows = self._connection.rows("SELECT * FROM documents ORDER BY id")
        else:
            rows = self._connection.rows(
                "SELECT documents.* FROM json_each(?) AS wanted"
                " JOIN documents ON documents.id = wanted.value ORDER BY wanted.value",
                [json.dumps(self.select(selection))],
            )
        for row in rows:
            yield _document(row)

    def _add_one(self, document: Document) -> str:
        row = _row(document)
        if self.find(document) is not None:
            return "duplicate"
        sketch = Sketch(row["text"])
        there = self._connection.scalar(
            "SELECT id FROM documents WHERE source = :source AND native_id = :native_id"
            " AND profile = :profile",
            row,
        )
        if there is not None:
            self._connection.execute(
                "UPDATE documents SET title = :title, kind = :kind, prompt = :prompt,"
                " text = :text, author = :author, recipient = :recipient,"
                " signature = :signature, created_at = :created_at, tags = :tags,"
                " digest = :digest WHERE id = :id",
                row | {"id": there},
            )
            self._similar.forget(there)
            self._similar.remember(there, sketch)
            return "updated"
        wanted = document.kept or document.source == "add"
        if not wanted and self._similar.find(sketch, row["profile"], row["recipient"]) is not None:
            return "similar"
        number = self._connection.insert(
            "INSERT INTO documents (source, native_id, profile, title, kind, prompt, text, author,"
            " recipient, signature, created_at, tags, digest) VALUES (:source, :native_id,"
            " :profile, :title, :kind, :prompt, :text, :author, :recipient, :signature,"
            " :created_at, :tags, :digest)",
            row,
        )
        self._similar.remember(number, sketch)
        return "added"


def forget_words(connection: Connection) -> None:
    """Leave no word of deleted documents in an index, nor the names they were written to."""
    forget_unused(connection)
    # Merged, since a segment holds the words of deleted documents until then.
    connection.execute("INSERT INTO documents_fts (documents_fts) VALUES ('optimize')")


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
    fields = {name: row[name] for name in Document.__dataclass_fields__ if name != "kept"}
    fields["tags"] = tuple(json.loads(row["tags"]))
    fields["profile"] = row["profile"] or None
    return Document(**fields)


def _unknown(ids: list[int]) -> UnknownNameError:
    numbers = ", ".join(str(number) for number in ids[:5])
    return UnknownNameError(
        f"There is no document {numbers}.", hint="See what there is with: costeer history list"
    )
