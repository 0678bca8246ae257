"""What a text gave away: long runs of private words, and facts nobody was to know."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from costeer_cli.privacy.overlap import overlap

_NAME = re.compile(r"(?<=[\w,;:] )(?:\w*\d{3}\w*|[A-ZÀ-ÖØ-Þ][\w'’-]+)")


@dataclass(frozen=True, slots=True)
class Leaks:
    """What one text shares with what only the local model read.

    Attributes:
        longest_run: most words in a row of a private text that the prompt does not have.
        copied: whether that is six or more.
        values: how many private values stand in it.
    """

    longest_run: int
    copied: bool
    values: int


def leaks(written: str, private: Iterable[str], values: Sequence[str], prompt: str) -> Leaks:
    """Hold a text against the private texts and values; what the prompt says is public.

    Args:
        values: see `telling`.
    """
    found = overlap(written, private, values, prompt)
    return Leaks(found.longest_run, found.copied, found.values)


def telling(facts: Iterable[str]) -> list[str]:
    """Names and long numbers in sentences about a person: what tells who it is, word by word.

    The first word of a sentence is left out, since any word has a capital there.
    """
    return list(dict.fromkeys(found[0] for fact in facts for found in _NAME.finditer(fact)))
