"""Protected values in a text: as they are, folded, in part, or nearly."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from costeer_cli.privacy.audit.private import Protected
from costeer_cli.privacy.audit.said import Said
from costeer_cli.privacy.folding import forms

How = Literal["exact", "folded", "part", "near"]
"""As written; the same letters and digits; most of a number; all but a letter or two."""

_OPEN = 6  # letters; a value as long as this is found at the beginning of a longer word too
_PART = 0.75  # of the digits of a number
_FEWEST = 6  # digits
_NUMBER = 0.6  # of a value's letters are digits: it counts as a number
_BOUNDS = ((16, 3), (10, 2), (6, 1))  # letters, and how many may differ
_BESIDE = 4  # characters; a value may begin or end with some that are no letters
_WIDEST = 12  # words in which something like a value is looked for


@dataclass(frozen=True, slots=True)
class Match:
    """A value in a text.

    Attributes:
        label: the value's.
        how: in which form.
        first, last: the words it stands in.
    """

    label: str
    how: How
    first: int
    last: int


class Values:
    """Protected values, ready to be looked for."""

    def __init__(self, protected: Iterable[Protected]) -> None:
        self._labels: dict[str, str] = {}
        self._written: dict[str, set[str]] = {}
        self._parts: dict[str, str] = {}
        self._near: dict[int, list[str]] = {}
        widest = 0
        for value in protected:
            for form in sorted(forms(value.text)):
                known = form in self._labels
                self._labels.setdefault(form, value.label)
                self._written.setdefault(form, set()).add(value.text.strip())
                if not known and not self._add_parts(form) and _bound(form):
                    self._near.setdefault(len(form), []).append(form)
                    widest = max(widest, len(Said(value.text).words))
        self._lengths = sorted({len(form) for form in self._labels}, reverse=True)
        self._part_lengths = sorted({len(part) for part in self._parts}, reverse=True)
        self._widths = range(1, min(widest + 1, _WIDEST) + 1)
        self._resembled = lru_cache(maxsize=100_000)(self._resembling)

    def __len__(self) -> int:
        return len(self._labels)

    def within(self, said: Said, public: Said | None = None) -> list[Match]:
        """The values in a text.

        Args:
            said: the text.
            public: what only resembles a value does not count where all its words are in this.
        """
        found = list(self._whole(said))
        found += self._in_part(said, found)
        return found + self._nearly(said, found, public)

    def _add_parts(self, form: str) -> bool:
        """Whether a value is a number; if so, keep what tells most of it."""
        digits = "".join(c for c in form if c.isdigit())
        if len(digits) < _NUMBER * len(form):
            return False
        size = max(_FEWEST, -int(-_PART * len(digits) // 1))
        for start in range(len(digits) - size + 1):
            self._parts.setdefault(digits[start : start + size], form)
        return True

    def _whole(self, said: Said) -> Iterator[Match]:
        line, folded = said.letters, said.folded
        for start in filter(folded.begins, range(len(line))):
            for length in self._lengths:
                form = line[start : start + length]
                label = self._labels.get(form) if len(form) == length else None
                last = start + length - 1
                if label and (length >= _OPEN or folded.ends(last)):
                    words = said.word_at(start), said.word_at(last)
                    near = said.quote(*words, beside=_BESIDE)
                    exact = any(written in near for written in self._written[form])
                    yield Match(label, "exact" if exact else "folded", *words)
                    break

    def _in_part(self, said: Said, whole: Collection[Match]) -> list[Match]:
        """Most of the digits of a number, however they are grouped, where it is not whole."""
        line = said.letters
        found: dict[str, list[Match]] = {}
        for start in range(len(line)):
            for length in self._part_lengths:
                form = self._parts.get(line[start : start + length])
                if form is None:
                    continue
                label = self._labels[form]
                part = Match(label, "part", said.word_at(start), said.word_at(start + length - 1))
                others = [*found.get(label, ()), *(m for m in whole if m.label == label)]
                if all(part.first > other.last or part.last < other.first for other in others):
                    found.setdefault(label, []).append(part)
        return [part for parts in found.values() for part in parts]

    def _nearly(self, said: Said, found: list[Match], public: Said | None) -> list[Match]:
        if not self._near:
            return []
        taken = {number for match in found for number in range(match.first, match.last + 1)}
        known = set(public.words) if public else set()
        near: dict[str, tuple[int, Match]] = {}
        for width in self._widths:
            for first in range(len(said.words) - width + 1):
                words = said.words[first : first + width]
                if known.issuperset(words) or not taken.isdisjoint(range(first, first + width)):
                    continue
                for form, distance in self._resembled("".join(words)):
                    match = Match(self._labels[form], "near", first, first + width - 1)
                    if form not in near or distance < near[form][0]:
                        near[form] = distance, match
        return [match for _, match in near.values()]

    def _resembling(self, said: str) -> tuple[tuple[str, int], ...]:
        """The values that differ in a few letters only, and in how many."""
        from rapidfuzz import process  # noqa: PLC0415
        from rapidfuzz.distance import OSA  # noqa: PLC0415

        most = max(most for _, most in _BOUNDS)
        return tuple(
            (form, int(distance))
            for length in range(max(len(said) - most, 0), len(said) + most + 1)
            for form, distance, _ in process.extract_iter(
                said, self._near.get(length, ()), scorer=OSA.distance, score_cutoff=most
            )
            if distance <= _bound(form)
        )


def _bound(form: str) -> int:
    """How many letters of a value may differ; 0 where it is too short for that."""
    return next((most for least, most in _BOUNDS if len(form) >= least), 0)
