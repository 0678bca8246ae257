"""A key that does not show itself."""

from __future__ import annotations

from costeer_cli.errors import UsageError


class Secret:
    """A provider's key; only `reveal` gives it, neither `str` nor `repr` nor a traceback does.

    Args:
        value: printable ASCII without blanks, as it can stand in a header.
        origin: where it is from, for messages.

    Raises:
        UsageError: it is empty or has other characters; the message does not show it.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str, origin: str = "The key") -> None:
        if not value:
            raise UsageError(f"{origin} is empty.", hint="Give the key as the provider shows it.")
        if not all("!" <= character <= "~" for character in value):
            raise UsageError(
                f"{origin} has a blank, a line break or a character no key has.",
                hint="Give the key alone, as the provider shows it, on one line.",
            )
        self._value = value

    def reveal(self) -> str:
        """The key itself, to be sent and nothing else."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(...)"
