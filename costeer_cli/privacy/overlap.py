"""What sent text has in common with private text, told without repeating any of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

RUN = 6
"""Words in a row that count as copied."""

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Overlap:
    """How much of the private text stands in what was sent.

    Attributes:
        values: protected values that occur in it.
        longest_run: most words in a row that it shares with a private text, where the public
            prompt does not have them.
    """

    values: int
    longest_run: int

    @property
    def copied(self) -> bool:
        """Whether `RUN` words or more in a row are shared."""
        return self.longest_run >= RUN


def overlap(sent: str, private: Iterable[str], protected: Iterable[str], public: str) -> Overlap:
    """Compare sent text with private texts; case, spacing and punctuation do not matter.

    Args:
        sent: everything that was sent.
        private: texts that must not be copied.
        protected: values that must not occur at all.
        public: the prompt; what stands there is not private.
    """
    said, known = _words(sent), _words(public)
    sent_line, public_line = _line(said), _line(known)
    values = sum(
        1
        for value in set(protected)
        if (line := _line(_words(value))) and line in sent_line and line not in public_line
    )
    runs = (_longest(said, _words(text), public_line) for text in private)
    return Overlap(values, max(runs, default=0))


def _longest(said: list[str], private: list[str], public_line: str) -> int:
    """Length of the longest run of words of `private` within `said`, by dynamic programming."""
    places: dict[str, list[int]] = {}
    for i, word in enumerate(private):
        places.setdefault(word, []).append(i)
    best = 0
    ending: dict[int, int] = {}
    for word in said:
        now = {i: ending.get(i - 1, 0) + 1 for i in places.get(word, ())}
        for i, length in now.items():
            if length > best and _line(private[i + 1 - length : i + 1]) not in public_line:
                best = length
        ending = now
    return best


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def _line(words: list[str]) -> str:
    return f" {' '.join(words)} " if words else ""
