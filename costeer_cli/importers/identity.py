"""Who the person is in what they wrote: names, addresses, handles and ids, in one set."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from costeer_cli.errors import BadInputError

_MARKS = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


class UnknownPersonError(BadInputError):
    """It cannot be told who wrote what, as nothing is known of the person."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Everything the person goes by, in the form it is compared in.

    Attributes:
        values: names, handles, ids and mail addresses.
    """

    values: frozenset[str] = frozenset()

    @classmethod
    def of(cls, values: Iterable[str]) -> Identity:
        """From values as the person wrote them; `Name <address>` is both."""
        parts = (part for value in values for part in (value, *name_and_address(value)))
        return cls(frozenset(known for part in parts if (known := comparable(part))))

    def has(self, value: str | None) -> bool:
        """Whether a name, handle, id or address (alone or as `Name <address>`) is the person's.

        Case, accents' form, outer signs (`~`, `@`) and a mail address's `+tag` do not matter.
        """
        if not value:
            return False
        if comparable(value) in self.values:
            return True
        _, address = name_and_address(value)
        return "@" in address and comparable(address) in self.values

    def require(self, what: str) -> None:
        """Refuse to guess.

        Args:
            what: what cannot be read without knowing: "mail", "a WhatsApp chat", ...

        Raises:
            UnknownPersonError: nothing is known of the person.
        """
        if not self.values:
            raise UnknownPersonError(
                f"To take your own words out of {what}, costeer must know who you are.",
                hint='Say: costeer history me add "YOUR NAME" you@example.org',
            )


def comparable(value: str) -> str:
    """A name, handle, id or address in the form it is compared in."""
    text = _MARKS.sub("", unicodedata.normalize("NFKC", value).casefold())
    text = " ".join(unicodedata.normalize("NFKC", text).split()).strip("~ ")
    text = text.removeprefix("@").removeprefix("/").removeprefix("u/")
    local, at, domain = text.rpartition("@")
    if at:
        name, plus, _ = local.partition("+")
        return f"{name}@{domain}" if name and plus else text
    return text


def name_and_address(value: str) -> tuple[str, str]:
    """The two parts of `Name <address>`, whatever its length; '' and '' for anything else."""
    name, bracket, rest = value.strip().rpartition("<")
    if not bracket or not rest.endswith(">"):
        return "", ""
    return name.strip().strip("\"'"), rest[:-1].strip()
