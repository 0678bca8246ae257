"""What the vault knows of a value: its kind, and where it was found in a text."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a value is; in capitals, the first word of its placeholder."""

    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    IBAN = "iban"
    CARD = "card"
    ID = "id"
    URL = "url"
    DATE = "date"
    SECRET = "secret"  # noqa: S105  (a kind, not a secret)
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class Span:
    """A private value, and where it begins in the text that has it."""

    kind: Kind
    start: int
    text: str

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)
