"""The history in blocks of 65,536 numbers, and whether a block is still what it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

from costeer_cli.store.connection import Connection

BITS = 16
"""Documents of one block have these bits more in their numbers."""

_AT_ONCE = 512  # documents; a read that went on would keep forgotten text in the file


@dataclass(frozen=True, slots=True)
class Block:
    """A block of documents.

    Attributes:
        number: those of its documents begin at `number << BITS`.
        stamp: another one whenever a document is changed, taken out or put between others.
        last: the number of its last document.
        digest: of that document's text.
    """

    number: int
    stamp: int
    last: int
    digest: str


class Blocks:
    """The blocks of one store."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def salt(self) -> bytes:
        """For hashes of what the documents say: never the same in two stores."""
        return bytes(self._connection.scalar("SELECT salt FROM blocks_salt"))

    def atomic(self) -> AbstractContextManager[None]:
        """Nobody else writes meanwhile."""
        return self._connection.atomic()

    def all(self) -> list[Block]:
        """All blocks that have documents, in order."""
        last = self._connection.scalar("SELECT max(id) FROM documents")
        if last is None:
            return []
        found = (self.find(number) for number in range((int(last) >> BITS) + 1))
        return [block for block in found if block is not None]

    def find(self, number: int) -> Block | None:
        """A block as it is now; None where it has no documents."""
        row = self._connection.row(
            "SELECT id, digest, (SELECT stamp FROM blocks WHERE number = ?) AS stamp FROM documents"
            " WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 1",
            [number, number << BITS, (number + 1) << BITS],
        )
        return Block(number, row["stamp"] or 0, row["id"], row["digest"]) if row else None

    def digest(self, document_id: int) -> str | None:
        """The digest of a document's text; None where it is not there."""
        found: str | None = self._connection.scalar(
            "SELECT digest FROM documents WHERE id = ?", [document_id]
        )
        return found

    def texts(self, after: int, last: int) -> Iterator[list[tuple[int, list[str]]]]:
        """Number and texts (title, prompt, text, signature) of the documents after one up to
        another, some at a time."""
        while True:
            rows = list(
                self._connection.rows(
                    "SELECT id, title, prompt, text, signature FROM documents"
                    " WHERE id > ? AND id <= ? ORDER BY id LIMIT ?",
                    [after, last, _AT_ONCE],
                )
            )
            if not rows:
                return
            after = rows[-1]["id"]
            yield [
                (row["id"], [row["title"], row["prompt"], row["text"], row["signature"]])
                for row in rows
            ]
