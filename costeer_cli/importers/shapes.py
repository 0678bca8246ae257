"""Values from JSON that should have a shape, and may have any other."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from costeer_cli.store.document import tidy, utc

_LONGEST = 300  # characters of a name, a title or an id


def mapping(value: object) -> dict[str, Any]:
    """An object; {} for what is none."""
    return value if isinstance(value, dict) else {}


def rows(value: object) -> list[Any]:
    """An array; [] for what is none."""
    return value if isinstance(value, list) else []


def words(value: object) -> str:
    """A string as it stands; '' for what is none."""
    return value if isinstance(value, str) else ""


def line(value: object) -> str:
    """A name, a title or an id (a number too) on one tidy line; '' for what is none."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return " ".join(tidy(str(value)[:_LONGEST]).split())


def moment(value: object) -> datetime | None:
    """A date, also as seconds in a string; None where it is none."""
    if isinstance(value, str):
        with suppress(ValueError):
            value = float(value)
    iso = utc(value)
    return datetime.fromisoformat(iso) if iso else None
