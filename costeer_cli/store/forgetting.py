"""Forgetting documents, and with them every draft and request that shows what they said."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from costeer_cli.store.connection import Connection
from costeer_cli.store.documents import forget_words
from costeer_cli.store.ranking import folded, tokens

T = TypeVar("T")
RUN = 6
"""Words in a row that show what a document says."""

_AT_ONCE = 500  # drafts, and documents, that are held in memory


@dataclass(frozen=True, slots=True)
class Traces:
    """What shows what some documents say.

    Attributes:
        drafts: the names under which drafts and requests are kept that must go with them.
        requests: how many logged requests that is.
    """

    drafts: tuple[str, ...]
    requests: int


class Forgetting:
    """Finds and removes the traces of documents in one store."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def traces(self, ids: Sequence[int]) -> Traces:
        """Drafts whose context used one of the documents, or that share `RUN` words in a row with
        one in their prompt, their text or what was sent for them."""
        found = set(
            self._connection.column(
                "SELECT DISTINCT draft_id FROM used"
                " WHERE document_id IN (SELECT value FROM json_each(?))",
                [json.dumps(list(ids))],
            )
        )
        others = self._connection.column("SELECT id FROM drafts UNION SELECT draft_id FROM wire")
        for names in _batches([name for name in others if name not in found]):
            found |= self._quoting(names, ids)
        requests = self._connection.scalar(
            "SELECT count(*) FROM wire WHERE draft_id IN (SELECT value FROM json_each(?))",
            [json.dumps(sorted(found))],
        )
        return Traces(tuple(sorted(found)), int(requests))

    def forget(self, ids: Sequence[int]) -> Traces:
        """Remove the documents, their words in every index, and their traces, all or none; then
        rewrite the file, so that nothing of it is left in the folder.

        Raises:
            StoreError: locked or full; where it says so, the documents are gone and bytes of
                them may remain.
        """
        with self._connection.atomic():
            found = self.traces(ids)
            names = [json.dumps(found.drafts)]
            for table, column in (("drafts", "id"), ("wire", "draft_id")):
                self._connection.execute(
                    f"DELETE FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))",  # noqa: S608
                    names,
                )
            self._connection.execute(
                "DELETE FROM documents WHERE id IN (SELECT value FROM json_each(?))",
                [json.dumps(list(ids))],
            )
            forget_words(self._connection)
        self._connection.wipe_traces()
        return found

    def _quoting(self, names: Sequence[str], ids: Sequence[int]) -> set[str]:
        """Those of the drafts that quote one of the documents."""
        said: dict[int, set[str]] = {}
        for name in names:
            for text in self._texts(name):
                for run in _runs(text):
                    said.setdefault(run, set()).add(name)
        found: set[str] = set()
        if not said:
            return found
        for numbers in _batches(ids):
            for row in self._connection.rows(
                "SELECT title, prompt, text, signature FROM documents"
                " WHERE id IN (SELECT value FROM json_each(?))",
                [json.dumps(numbers)],
            ):
                for text in row.values():
                    for run in said.keys() & _runs(text):
                        found |= said[run]
        return found

    def _texts(self, name: str) -> Iterator[str]:
        """Everything a draft says, and everything that was sent for it."""
        for row in self._connection.rows("SELECT prompt, text FROM drafts WHERE id = ?", [name]):
            chosen = self._connection.column(
                "SELECT bytes FROM choices WHERE draft_id = ? ORDER BY n", [name]
            )
            yield row["prompt"]
            yield (row["text"] + b"".join(chosen)).decode("utf-8", "replace")
        for row in self._connection.rows("SELECT body FROM wire WHERE draft_id = ?", [name]):
            body = row["body"].decode("utf-8", "replace")
            try:
                yield from _strings(json.loads(body))
            except (ValueError, RecursionError):
                yield body


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)


def _runs(text: str) -> set[int]:
    words = tokens(folded(text))
    return {hash(run) for run in zip(*(words[i:] for i in range(RUN)), strict=False)}


def _batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]
