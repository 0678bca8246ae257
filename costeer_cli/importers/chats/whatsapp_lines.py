"""How WhatsApp writes down when a message was sent: a dozen ways, and which comes first, day or
month, is not said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Literal

Order = Literal["day", "month", "unknown"]
Parts = tuple[int, int, int]

_SIGNS = "\ufeff\u200e\u200f\u202a\u202c"
_BEFORE_NOON = "午前|上午|오전|ص"
_AFTER_NOON = "午後|下午|오후|م"
_HALF = f"{_BEFORE_NOON}|{_AFTER_NOON}"
_HEAD = re.compile(
    rf"[{_SIGNS}]*\[?"
    r"(?P<first>\d{1,4})\u200f?(?P<mark>[./-]|年|년)\s?"
    r"(?P<second>\d{1,2})\u200f?(?:[./-]|月|월)\s?"
    r"(?P<third>\d{1,4})(?:[.日]|일)?"
    r"[,،]?\s(?:(?:klo|kl\.|um|à|às|at|alle|alle ore|a las|kell)\s)?"
    rf"(?:(?P<before>{_HALF})\s?)?"
    r"(?P<hour>\d{1,2})(?:[:.]|\sh\s)(?P<minute>\d{2})(?:[:.](?P<seconds>\d{2}))?"
    rf"(?:\s?(?:(?P<pm>[AaPp])\.?\s?[Mm]\.?|(?P<after>{_HALF})))?"
    r"(?:\]|\s-|,(?=\s\S[^:]*\s:))\s(?P<rest>.*)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Head:
    """The first line of a message.

    Attributes:
        date: the three numbers as they stand.
        dotted: whether dots are between them; then the day comes before the month.
        clock: hour (of 24), minute, second.
        rest: what follows: `Name: text`, or what WhatsApp itself says.
    """

    date: Parts
    dotted: bool
    clock: Parts
    rest: str

    @property
    def stamp(self) -> str:
        """The moment as it stands, whatever the order of day and month."""
        return "-".join(map(str, self.date)) + "T" + ":".join(f"{part:02}" for part in self.clock)


def head(line: str) -> Head | None:
    """The head in a line, or None where the line goes on with a message."""
    match = _HEAD.match(line)
    if not match:
        return None
    date = int(match["first"]), int(match["second"]), int(match["third"])
    hour, half = int(match["hour"]), match["before"] or match["after"] or match["pm"]
    if half:
        hour = hour % 12 + (12 if half in f"pP|{_AFTER_NOON}" else 0)
    clock = hour, int(match["minute"]), int(match["seconds"] or 0)
    if max(date) > 9999 or hour > 23 or clock[1] > 59 or clock[2] > 59:
        return None
    return Head(date, match["mark"] == ".", clock, match["rest"])


class DateOrder:
    """Gathers what a file's dates say of the order of day and month, one after another."""

    def __init__(self) -> None:
        self._day = False
        self._month = False
        self._rises = {"day": True, "month": True}
        self._last: Parts | None = None

    def add(self, seen: Head) -> None:
        """One more head, in the order of the file."""
        first, second, _ = seen.date
        if first > 31:  # the year
            return
        self._day |= first > 12 or seen.dotted
        self._month |= second > 12
        if self._last and self._last != seen.date:
            for order, rises in self._rises.items():
                if rises:
                    days = [_iso(date, order) for date in (self._last, seen.date)]
                    self._rises[order] = all(one <= other for one, other in pairwise(days))
        self._last = seen.date

    @property
    def found(self) -> Order:
        """Which comes first; "unknown" where the dates allow both, or contradict each other."""
        if self._day != self._month:
            return "day" if self._day else "month"
        if self._day or self._rises["day"] == self._rises["month"]:
            return "unknown"
        return "day" if self._rises["day"] else "month"


def moment(seen: Head, order: Order) -> tuple[datetime | None, bool]:
    """When a message was sent (its clock taken for UTC), and whether the day is sure."""
    first, second, _ = seen.date
    sure = order != "unknown" or first > 31 or first == second
    try:
        at = datetime(*_iso(seen.date, order), *seen.clock, tzinfo=UTC)
    except ValueError:
        return None, False
    return at, sure


def _iso(date: Parts, order: str) -> Parts:
    first, second, third = date
    if first > 31:
        return first, second, third
    year = third + 2000 if third < 100 else third
    return (year, first, second) if order == "month" else (year, second, first)
