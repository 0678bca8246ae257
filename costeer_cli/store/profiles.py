"""The person's own profiles, kept as the TOML they wrote: spelling and comments survive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from costeer_cli.errors import UnknownNameError
from costeer_cli.store.connection import Connection
from costeer_cli.store.documents import forget_words


@dataclass(frozen=True, slots=True)
class ProfileRow:
    """One stored profile; the times are ISO 8601 in UTC."""

    name: str
    toml: str
    created_at: str
    updated_at: str


class Profiles:
    """The profiles of one store. What the TOML means is `costeer_cli.personal`'s business."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, name: str) -> ProfileRow:
        """One profile.

        Raises:
            UnknownNameError: the store has none of that name.
        """
        row = self._connection.row("SELECT * FROM profiles WHERE name = ?", [name])
        if row is None:
            raise _unknown(name)
        return ProfileRow(**row)

    def list(self) -> list[ProfileRow]:
        """Every profile, by name."""
        return [
            ProfileRow(**row)
            for row in self._connection.rows("SELECT * FROM profiles ORDER BY name")
        ]

    def put(self, name: str, toml: str) -> None:
        """Store `toml` under `name`, in place of what was there."""
        self._connection.execute(
            "INSERT INTO profiles (name, toml, created_at, updated_at) VALUES (:name, :toml, :now,"
            " :now) ON CONFLICT (name) DO UPDATE SET toml = :toml, updated_at = :now",
            {"name": name, "toml": toml, "now": datetime.now(UTC).isoformat()},
        )

    def delete(self, name: str) -> int:
        """Forget the profile and the documents bound to it; return how many those were.

        Raises:
            UnknownNameError: the store has none of that name; nothing was deleted.
        """
        with self._connection.atomic():
            if not self._connection.execute("DELETE FROM profiles WHERE name = ?", [name]):
                raise _unknown(name)
            bound = self._connection.execute("DELETE FROM documents WHERE profile = ?", [name])
            forget_words(self._connection)
        self._connection.wipe_traces()
        return bound


def _unknown(name: str) -> UnknownNameError:
    return UnknownNameError(
        f"There is no profile {name!r} of your own.",
        hint="See what there is with: costeer profile list",
    )
