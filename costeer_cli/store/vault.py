"""Values that leave this machine only as placeholders: kept here under numbers used only once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from costeer_cli.errors import UnknownNameError
from costeer_cli.store.connection import Connection
from costeer_cli.store.document import tidy


@dataclass(frozen=True, slots=True)
class Kept:
    """One value of the vault.

    Attributes:
        id: its number in the table.
        kind: what it is, such as "name".
        number: counts the values of its kind from 1; never given to another one.
        text: the value itself.
        origin: "added" by the person, or "found".
        forms: other ways in which it was written, numbered from 2.
    """

    id: int
    kind: str
    number: int
    text: str
    origin: str
    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Find:
    """A value that was found; `key` is the same for every way of writing it."""

    kind: str
    text: str
    key: str


class VaultValues:
    """The vault of one store. Keys come from the caller, who knows what is the same value."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> list[Kept]:
        """All values, by kind and number."""
        forms: dict[int, list[str]] = {}
        for row in self._connection.rows("SELECT vault_id, text FROM vault_forms ORDER BY number"):
            forms.setdefault(row["vault_id"], []).append(row["text"])
        rows = self._connection.rows(
            "SELECT id, kind, number, text, origin FROM vault ORDER BY kind, number"
        )
        return [Kept(**row, forms=tuple(forms.get(row["id"], ()))) for row in rows]

    def add(self, kind: str, text: str, key: str) -> bool:
        """Keep a value because the person says so; return whether it is new.

        One that was found before keeps its kind and number and stays from now on; one that was
        refused is no longer.
        """
        text = tidy(text)
        with self._connection.atomic():
            self._connection.execute("DELETE FROM vault_refused WHERE hash = ?", [self._hash(key)])
            there = self._connection.row("SELECT id, origin FROM vault WHERE text = ?", [text])
            if there is None:
                self._insert(kind, text, key, "added")
                return True
            self._connection.execute(
                "UPDATE vault SET origin = 'added' WHERE id = ?", [there["id"]]
            )
            return bool(there["origin"] == "found")

    def found(self, finds: Iterable[Find]) -> int:
        """Keep what was found outside of the documents; return how many values are new."""
        with self._connection.atomic():
            before = self._count()
            for find in finds:
                number = self._find(find)
                if number is not None:
                    self._connection.execute(
                        "UPDATE vault SET elsewhere = 1 WHERE id = ? AND elsewhere = 0", [number]
                    )
            return self._count() - before

    def scanned(self, document_id: int, finds: Iterable[Find], version: int) -> int:
        """Keep what was found in a document, in place of what was found there before.

        Such a value stays as long as a document has it.

        Args:
            document_id: the document.
            finds: all that is in it.
            version: of the detectors; see `unscanned`.

        Returns:
            How many values are new.
        """
        with self._connection.atomic():
            before = self._count()
            here = {number for find in finds if (number := self._find(find)) is not None}
            self._connection.executemany(
                "INSERT OR IGNORE INTO vault_places (vault_id, document_id) VALUES (?, ?)",
                [(number, document_id) for number in here],
            )
            new = self._count() - before
            self._connection.execute(
                "DELETE FROM vault_places WHERE document_id = ?"
                " AND vault_id NOT IN (SELECT value FROM json_each(?))",
                [document_id, json.dumps(sorted(here))],
            )
            self._connection.execute(
                "INSERT OR REPLACE INTO vault_scanned (document_id, version) VALUES (?, ?)",
                [document_id, version],
            )
            return new

    def unscanned(self, version: int) -> Sequence[int]:
        """The documents that were not read by these detectors since they were last changed."""
        return self._connection.column(
            "SELECT id FROM documents WHERE id NOT IN"
            " (SELECT document_id FROM vault_scanned WHERE version = ?) ORDER BY id",
            [version],
        )

    def form(self, value_id: int, text: str) -> int | None:
        """The number of another way to write a value, from 2; None where the value is gone."""
        with self._connection.atomic():
            known: int | None = self._connection.scalar(
                "SELECT number FROM vault_forms WHERE vault_id = ? AND text = ?", [value_id, text]
            )
            if known is not None:
                return known
            if not self._connection.scalar("SELECT 1 FROM vault WHERE id = ?", [value_id]):
                return None
            last = self._connection.scalar(
                "SELECT max(number) FROM vault_forms WHERE vault_id = ?", [value_id]
            )
            number = int(last or 1) + 1
            self._connection.execute(
                "INSERT INTO vault_forms (vault_id, number, text) VALUES (?, ?, ?)",
                [value_id, number, text],
            )
            return number

    def remove(self, values: Iterable[Kept], keys: Iterable[str]) -> None:
        """Forget values for good, all or none; what has one of `keys` is not found again.

        Only salted hashes of the keys are kept. They hide a key from who sees the hashes alone;
        a short number could still be told from them by trying all.

        Raises:
            UnknownNameError: one of them is not there.
        """
        with self._connection.atomic():
            for value in values:
                if not self._connection.execute("DELETE FROM vault WHERE id = ?", [value.id]):
                    raise UnknownNameError(
                        "One of these is not in the vault.", hint="See it: costeer vault list"
                    )
            self._connection.executemany(
                "INSERT OR IGNORE INTO vault_refused (hash) VALUES (?)",
                [(self._hash(key),) for key in keys],
            )
        self._connection.wipe_traces()

    def _find(self, find: Find) -> int | None:
        """The value that was found, made where it is new; None where the person refused it."""
        there: int | None = self._connection.scalar(
            "SELECT id FROM vault WHERE key = ? OR text = ? ORDER BY id",
            [find.key, tidy(find.text)],
        )
        if there is not None:
            return there
        if self._connection.scalar(
            "SELECT 1 FROM vault_refused WHERE hash = ?", [self._hash(find.key)]
        ):
            return None
        return self._insert(find.kind, tidy(find.text), find.key, "found")

    def _insert(self, kind: str, text: str, key: str, origin: str) -> int:
        last = self._connection.scalar("SELECT last FROM vault_numbers WHERE kind = ?", [kind])
        number = int(last or 0) + 1
        self._connection.execute(
            "INSERT OR REPLACE INTO vault_numbers (kind, last) VALUES (?, ?)", [kind, number]
        )
        return self._connection.insert(
            "INSERT INTO vault (kind, number, text, key, origin, created_at)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [kind, number, text, key, origin, datetime.now(UTC).isoformat()],
        )

    def _hash(self, key: str) -> bytes:
        salt: bytes = self._connection.scalar("SELECT salt FROM vault_salt")
        return hashlib.blake2b(key.encode(), key=salt, digest_size=32).digest()

    def _count(self) -> int:
        return int(self._connection.scalar("SELECT count(*) FROM vault"))
