"""What the person goes by: names, addresses, handles; used by every importer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from costeer_cli.errors import UnknownNameError
from costeer_cli.store.connection import Connection
from costeer_cli.store.document import tidy


class IdentityValues:
    """The values of one store, as the person wrote them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def list(self) -> list[str]:
        """All of them, the oldest first."""
        found = self._connection.rows("SELECT value FROM identity ORDER BY rowid")
        return [row["value"] for row in found]

    def add(self, values: Iterable[str]) -> int:
        """Add values; return how many were new."""
        now = datetime.now(UTC).isoformat()
        with self._connection.atomic():
            return sum(
                self._connection.execute(
                    "INSERT OR IGNORE INTO identity (value, added_at) VALUES (?, ?)", [value, now]
                )
                for value in dict.fromkeys(tidy(value) for value in values)
                if value
            )

    def remove(self, values: Iterable[str]) -> None:
        """Forget values, all or none.

        Raises:
            UnknownNameError: one of them is not there.
        """
        with self._connection.atomic():
            for value in dict.fromkeys(tidy(value) for value in values):
                if not self._connection.execute("DELETE FROM identity WHERE value = ?", [value]):
                    raise UnknownNameError(
                        "One of these is not known.", hint="See them: costeer history me list"
                    )
        self._connection.wipe_traces()
