"""Finding documents in a large store: by words, by date, by recipient; never by looking at all.

SQLite's own ranking reads every document that has any of the words, which takes seconds for the
words that most documents have. So the rarest words are looked up first, in full while they fit
into a budget; of a common word only the newest documents count, and those that have a rare word
too. What is found so is ranked exactly, with all words (`costeer_cli.store.ranking`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from costeer_cli.store.connection import Connection, Row
from costeer_cli.store.document import tidy
from costeer_cli.store.ranking import folded, tokens, weight
from costeer_cli.store.scope import Scope, Selection

_MOST_WORDS = 500  # a prompt may be a whole letter; more words do not find better
_MANY_WORDS = 40  # of a longer query the longest are taken, and as many again that are rare
_RARE = 8  # documents that have a rare word, at most
_SMALL = 20_000  # documents, among which every word of a query is looked up
_SAMPLE = 128  # newest documents of a word, from which it is told how common it is
_BUDGET = 8_000  # documents that may be looked up in full for one query
_JOINED = 3  # common words that are looked up together with the rare ones
_FEW = 4_000  # documents; a scope with fewer is looked through, not asked one by one
_LOOKED_AT = 20_000  # newest documents that are looked at for those of a narrow scope
_IN_TIME = "created_at >= :after AND created_at < :before"


@dataclass(frozen=True, slots=True)
class Matches:
    """What a query found.

    Attributes:
        rows: of `documents`, the most promising first.
        hints: for each row, how promising; above 0.
        frequencies: for every word of the query (folded), how many documents have it, about.
        total: how many documents there are, about.
    """

    rows: list[Row]
    hints: list[float]
    frequencies: dict[str, int]
    total: int


@dataclass(slots=True)
class _Word:
    """A word as it is asked for, the newest documents that have it, and how many do."""

    quoted: str
    ids: list[int]
    many: int
    complete: bool


class Finder:
    """Looks documents up in one store."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def matches(self, query: str, scope: Scope, limit: int) -> Matches:
        """The most promising documents with any word of `query`; no query is a syntax error."""
        total = int(self._connection.scalar("SELECT max(id) FROM documents") or 0)
        asked = _asked(query)
        allowed = self._few(scope) if asked and total > _FEW else None
        low, high = (min(allowed), max(allowed)) if allowed else (1, total)
        words = {} if allowed == set() else self._words(asked, low, high)
        hints: dict[int, float] = {}
        for word in words.values():
            telling = weight(word.many, total)
            for number in word.ids:
                hints[number] = hints.get(number, 0.0) + telling
        if allowed is not None:
            hints = {number: hint for number, hint in hints.items() if number in allowed}
        rows = list(islice(self._readable(hints, scope, limit), limit))
        return Matches(
            rows,
            [hints[row["id"]] for row in rows],
            {word: found.many for word, found in words.items()}
            | {word: 0 for word in asked if word not in words},
            total,
        )

    def newest(self, scope: Scope, limit: int) -> list[Row]:
        """The newest documents of a scope; those without a date come last."""
        return self._rows(self._newest(scope, limit), scope)

    def addressed(self, words: Sequence[str], scope: Scope, limit: int) -> list[Row]:
        """The newest documents written to anybody one of whose names is among `words`."""
        named = self._connection.column(
            "SELECT DISTINCT recipient FROM addressed"
            " WHERE word IN (SELECT value FROM json_each(?)) LIMIT 50",
            [json.dumps([folded(word) for word in words])],
        )
        condition, values = scope.condition()
        found = [
            row
            for recipient in named
            for row in self._connection.rows(
                "SELECT * FROM documents WHERE recipient = :recipient"  # noqa: S608
                f" AND recipient != '' AND {condition}"
                " ORDER BY created_at DESC, id DESC LIMIT :limit",
                values | {"recipient": recipient, "limit": limit},
            )
        ]
        return sorted(found, key=_age, reverse=True)[:limit]

    def selected(self, selection: Selection) -> list[int]:
        """The numbers of the documents a person points at, ascending."""
        condition, values = selection.condition()
        if selection.query:
            words = tokens(tidy(selection.query))
            if not words:
                return []
            condition += " AND id IN (SELECT rowid FROM documents_fts WHERE documents_fts MATCH :m)"
            values["m"] = " AND ".join(f'"{word}"' for word in words)
        return self._connection.column(
            f"SELECT id FROM documents WHERE {condition} ORDER BY id",  # noqa: S608
            values,
        )

    def _words(self, asked: dict[str, str], low: int, high: int) -> dict[str, _Word]:
        """Where the words of a query stand, looked up as far as is worth it."""

        def newest(match: str, limit: int) -> list[int]:
            return self._connection.column(
                "SELECT rowid FROM documents_fts WHERE documents_fts MATCH ?"
                " AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ?",
                [match, low, high, limit],
            )

        def sampled(word: str) -> _Word:
            quoted = f'"{word}"'
            ids = newest(quoted, _SAMPLE + 1)
            if len(ids) <= _SAMPLE:
                return _Word(quoted, ids, len(ids), complete=True)
            share = len(ids) / (high - ids[-1] + 1)
            return _Word(quoted, ids, max(int(share * (high - low + 1)), len(ids)), complete=False)

        chosen = dict(asked)
        if len(asked) > _MANY_WORDS and high - low > _SMALL:
            by_length = sorted(asked, key=len, reverse=True)  # longer words are rarer
            others = by_length[_MANY_WORDS : 2 * _MANY_WORDS]
            rare = [w for w in others if len(newest(f'"{asked[w]}"', _RARE + 1)) <= _RARE]
            chosen = {word: asked[word] for word in [*by_length[:_MANY_WORDS], *rare]}
        words = {folding: sampled(word) for folding, word in chosen.items()}
        left = _BUDGET
        common: list[_Word] = []
        for word in sorted(words.values(), key=lambda word: word.many):
            if not word.complete and word.many <= left:
                word.ids = newest(word.quoted, left)
                word.complete = len(word.ids) < left
                word.many = len(word.ids) if word.complete else word.many
                left -= len(word.ids)
            elif not word.complete:
                common.append(word)
        rare_words = [word.quoted for word in words.values() if word.complete and word.ids]
        if rare_words:
            for word in common[:_JOINED]:
                word.ids += newest(f"{word.quoted} AND ({' OR '.join(rare_words)})", _BUDGET // 4)
        elif len(common) > 1:
            together = newest(" AND ".join(word.quoted for word in common[:_JOINED]), _BUDGET // 8)
            for word in common[:_JOINED]:
                word.ids += together
        for word in common:
            word.ids = list(dict.fromkeys(word.ids))
        return words

    def _readable(self, hints: dict[int, float], scope: Scope, limit: int) -> Iterator[Row]:
        """Rows in the order of their hints, the newer first, without those out of scope."""
        least = sorted(hints.values())[-limit] if len(hints) > limit else 0.0
        best = [number for number, hint in hints.items() if hint >= least]
        best.sort(key=lambda number: (hints[number], number), reverse=True)
        yield from self._rows(best[: 2 * limit], scope)
        if scope.everything or len(hints) <= limit:
            return
        others = sorted(hints, key=lambda number: (hints[number], number), reverse=True)
        for start in range(2 * limit, min(len(others), _LOOKED_AT), 4 * limit):
            yield from self._rows(others[start : start + 4 * limit], scope)

    def _few(self, scope: Scope) -> set[int] | None:
        """The documents of a scope and perhaps some more, where they are few."""
        if scope.everything:
            return None
        ids: set[int] = set()
        for part, values in _parts(scope):
            ids.update(self._connection.column(f"{part} LIMIT {_FEW + 1}", values))
            if len(ids) > _FEW:
                return None
        return ids

    def _newest(self, scope: Scope, limit: int) -> list[int]:
        condition, values = scope.condition()
        found: set[tuple[str, int]] = set()
        for part, key in _parts(scope):
            rows = self._connection.rows(
                f"SELECT part.id, part.created_at FROM ({part} LIMIT {_LOOKED_AT}) AS part"  # noqa: S608
                f" CROSS JOIN documents ON documents.id = part.id WHERE {condition} LIMIT :limit",
                values | key | {"limit": limit},
            )
            found.update((row["created_at"], row["id"]) for row in rows)
        return [number for _, number in sorted(found, reverse=True)[:limit]]

    def _rows(self, ids: Sequence[int], scope: Scope) -> list[Row]:
        """The rows of `ids`, in their order, without those out of scope."""
        condition, values = scope.condition()
        found = self._connection.rows(
            "SELECT documents.* FROM json_each(:numbers) AS wanted"  # noqa: S608
            f" CROSS JOIN documents ON documents.id = wanted.value WHERE {condition}",
            values | {"numbers": json.dumps(list(ids))},
        )
        by_id = {row["id"]: row for row in found}
        return [by_id[number] for number in ids if number in by_id]


def _asked(query: str) -> dict[str, str]:
    """The words of a query as they stand there, each once, by their folded form."""
    asked: dict[str, str] = {}
    for word in tokens(tidy(query)):
        if len(asked) == _MOST_WORDS:
            break
        asked.setdefault(folded(word), word)
    return asked


def _parts(scope: Scope) -> Iterator[tuple[str, dict[str, str]]]:
    """Queries for the parts that make up a scope, or more, each in the order of an index."""
    who = "TRUE" if scope.profile is None else "profile = ''"
    dates = {"after": scope.after, "before": scope.before or "~"}
    if scope.profile:
        yield _part("profile = :part"), {"part": scope.profile}
    if scope.tags:
        for tag in scope.tags:
            yield _part(f"tag = :part AND {_IN_TIME}", "tagged"), dates | {"part": tag}
    elif scope.sources and scope.profile is not None:
        for source in scope.sources:
            part = _part(f"{who} AND source = :part AND {_IN_TIME}")
            yield part, dates | {"part": source}
    else:
        yield _part(f"{who} AND {_IN_TIME}"), dates


def _part(where: str, table: str = "documents") -> str:
    number = "id" if table == "documents" else "document_id"
    return (
        f"SELECT {number} AS id, created_at FROM {table} WHERE {where}"  # noqa: S608
        f" ORDER BY created_at DESC, {number} DESC"
    )


def _age(row: Row) -> tuple[str, int]:
    return row["created_at"], row["id"]
