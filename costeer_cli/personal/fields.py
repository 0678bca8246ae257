"""Typed access to the tables of a TOML document; what is wrong is named by its place."""

from __future__ import annotations

import math
from typing import Any

from costeer_cli.errors import BadInputError
from costeer_cli.store.document import tidy, utc


class Table:
    """One TOML table.

    Args:
        values: as `tomllib` gives them.
        where: the file, and the table's name where it has one; for messages.
        keys: those it may have.

    Raises:
        BadInputError: from every method too: an unknown key, or a value of the wrong type.
    """

    def __init__(self, values: dict[str, Any], where: str, *keys: str) -> None:
        for name in values:
            if name not in keys:
                raise BadInputError(
                    f"{where}: unknown key {tidy(name)[:64]!r}.",
                    hint=f"Allowed here: {', '.join(keys)}.",
                )
        self.where = where
        self._values = values

    def _wrong(self, key: str, what: str) -> BadInputError:
        return BadInputError(f'{self.where}: "{key}" must be {what}.')

    def string(self, key: str) -> str:
        """A string, tidied; '' where it is missing."""
        value = self._values.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            raise self._wrong(key, "a text in quotes")
        return tidy(value)

    def strings(self, key: str) -> tuple[str, ...]:
        """A list of strings, tidied, without the empty ones; () where it is missing."""
        value = self._values.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self._wrong(key, 'a list of texts: ["...", "..."]')
        return tuple(text for item in value if (text := tidy(item)))

    def number(self, key: str) -> float | None:
        """A finite number; None where it is missing."""
        value = self._values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._wrong(key, "a number")
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise self._wrong(key, "a finite number")
        return number

    def moment(self, key: str) -> str:
        """A date, or a date and time (without offset: UTC), as ISO 8601 in UTC; '' if missing."""
        value = self._values.get(key)
        if value is None:
            return ""
        moment = None if isinstance(value, str | int | float) else utc(value)
        if moment is None:
            raise self._wrong(key, "a date without quotes: 2024-05-01T10:00:00Z")
        return moment

    def table(self, key: str, *keys: str) -> Table:
        """A sub-table that may have `keys`; empty where it is missing."""
        value = self._values.get(key)
        if value is None:
            value = {}
        if not isinstance(value, dict):
            raise self._wrong(key, f"a table: [{key}]")
        inside = self.where.endswith("]")
        where = f"{self.where[:-1]}.{key}]" if inside else f"{self.where} [{key}]"
        return Table(value, where, *keys)

    def tables(self, key: str, *keys: str) -> list[Table]:
        """A list of sub-tables that may have `keys`; empty where it is missing."""
        value = self._values.get(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self._wrong(key, f"a list of tables: [[{key}]]")
        return [
            Table(item, f"{self.where} [[{key}]] {number}", *keys)
            for number, item in enumerate(value, 1)
        ]
