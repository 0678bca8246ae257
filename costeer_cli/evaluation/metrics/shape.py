"""The outer shape of a text: how long it is, and how much it repeats itself."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_RUN = 4


def words(text: str) -> list[str]:
    """The words of a text, in small letters, apostrophes kept."""
    return [word.replace("’", "'") for word in _WORD.findall(text.lower())]


def length_ratio(written: str, gold: str) -> float:
    """Words written for each word of the person's; 1 is as long."""
    return len(words(written)) / max(len(words(gold)), 1)


def repetition(text: str) -> float:
    """Share of the runs of four words that stood in the text before, 0 to 1."""
    said = words(text)
    runs = [tuple(said[i : i + _RUN]) for i in range(len(said) - _RUN + 1)]
    return 1.0 - len(set(runs)) / len(runs) if runs else 0.0
