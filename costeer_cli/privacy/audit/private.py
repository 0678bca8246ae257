"""What must not be in a request, under names that tell nothing of it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Protected:
    """A value that may not leave this machine.

    Attributes:
        label: what it is called in a report, such as "vault NAME_3"; never the value.
        text: the value.
    """

    label: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PrivateText:
    """A text of which no six words in a row may leave this machine.

    Attributes:
        label: where it stands, such as "profile mara" or "document 17"; never the text.
        text: all of it.
        created_at: when it was written, ISO 8601 in UTC; '' where that is not known.
    """

    label: str
    text: str = field(repr=False)
    created_at: str = ""


def of_profile(
    name: str, protected: Iterable[str], names: Iterable[str], mails: Iterable[str]
) -> list[Protected]:
    """The values a profile says may not leave, under their places in it."""
    kinds = {"protected": protected, "name": names, "e-mail": mails}
    return [
        Protected(f"profile {name}, {kind} {number}", value)
        for kind, values in kinds.items()
        for number, value in enumerate(values, 1)
        if value.strip()
    ]


def part(value: Any, *keys: str) -> dict[str, Any]:
    """A table within stored values; an empty one where there is none, or something else."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def number(value: Any) -> float:
    """A stored number; 0 where there is none, or something else."""
    return value if isinstance(value, int | float) and math.isfinite(value) else 0
