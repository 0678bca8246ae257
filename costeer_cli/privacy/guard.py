"""The guard between choice and text: nothing protected is spelled out, nothing private is copied.

A choice is looked at with the text before it, however both are cut into tokens. The work for one
choice does not depend on how many values are protected or how much was written before: the last
letters are looked up in a table, once for each length that a value may have.
"""

from __future__ import annotations

import codecs
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, Protocol

from costeer_cli.privacy.folding import RUN, Folded, Gap, forms, run_ending, runs, words

_SHORTEST = 2  # letters; no single letter is protected
_ENDING = 2  # letters that may follow a name: Smiths, Millers
_INFLECTED = 5  # letters; a shorter name followed by letters is another word
_OPEN = 8  # letters; values of several parts that are as long are found within other words, too
_DIGITS = 6  # that tell a number, where they are three quarters of it


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a choice may not become text; what it would have told is not said."""

    rule: Literal["value", "run"]


class Copied(Protocol):
    """Knows the runs of words of many texts."""

    def holds(self, run: Sequence[str]) -> bool:
        """Whether these folded words stand in a row in one of them."""


class Guard:
    """Refuses what would tell something; a text begins empty and grows by `accept`."""

    def __init__(
        self,
        values: Iterable[str],
        private: Iterable[str],
        public: str,
        history: Copied | None = None,
    ) -> None:
        """Prepare; takes a few microseconds for each value.

        Args:
            values: what must not be told, as it is written.
            private: texts of which no run of words may be copied.
            public: the prompt; what it says may be said.
            history: further texts of which none may be copied.
        """
        known = Folded(public)
        self._values = _Values(values)
        self._values.allow(known)
        self._public = runs(known.words())
        self._private = {run for text in private for run in runs(words(text))}
        self._history = history
        self._said = Folded()
        self._rest = b""  # the beginning of a character

    def refuses(self, text: bytes) -> Refusal | None:
        """Why the accepted text may not go on like this; None where it may."""
        letters, _ = codecs.utf_8_decode(self._rest + text, "replace", False)
        with self._said.trying(letters) as known:
            if next(self._values.found(self._said, known), None) is not None:
                return Refusal("value")
            if self._copies(known):
                return Refusal("run")
        return None

    def accept(self, text: bytes) -> None:
        """Append to the text."""
        data = self._rest + text
        letters, used = codecs.utf_8_decode(data, "replace", False)
        self._rest = data[used:]
        self._said.append(letters)

    def _copies(self, known: int) -> bool:
        """Whether a run ends with a word that has letters from `known` on."""
        said = self._said
        if known == len(said.letters):
            return False
        new = bisect_right(said.heads, known) - 1
        before = max(0, new - 2 * RUN)
        bounds = [*said.heads[before:], len(said.letters)]
        found = [said.letters[i:j] for i, j in pairwise(bounds)]
        return any(
            run in self._private or (self._history is not None and self._history.holds(run))
            for last in range(new - before, len(found))
            if (run := run_ending(found, last)) and run not in self._public
        )


class _Values:
    """Finds protected values at the end of a growing text."""

    def __init__(self, values: Iterable[str]) -> None:
        self._written: dict[str, list[str]] = {}  # by their letters
        self._numbers: set[str] = set()
        lengths: dict[str, set[int]] = {}
        for value in values:
            for letters in forms(value):
                for told in self._add(letters, value):
                    lengths.setdefault(told[-_SHORTEST:], set()).add(len(told))
        self._lengths = {end: tuple(sorted(found)) for end, found in lengths.items()}

    def allow(self, public: Folded) -> None:
        """Take out what a text says anyway."""
        for letters in list(self.found(public, 0)):
            self._written.pop(letters, None)
            self._numbers.discard(letters)

    def found(self, said: Folded, known: int) -> Iterator[str]:
        """The values that a text tells with a letter from `known` on.

        A word may end with the text, though it might go on.
        """
        letters = said.letters
        for last in range(known, len(letters)):
            for length in self._lengths.get(letters[last + 1 - _SHORTEST : last + 1], ()):
                first = last + 1 - length
                if first < 0:
                    break
                told = letters[first : last + 1]
                if told in self._numbers or (
                    told in self._written
                    and any(_stands(value, said, first, last) for value in self._written[told])
                ):
                    yield told

    def _add(self, letters: str, value: str) -> set[str]:
        """Remember a value; return what may not be told of it."""
        if len(letters) < _SHORTEST:
            return set()
        digits = sum(map(str.isdigit, letters))
        if digits < _DIGITS or 2 * digits <= len(letters):
            self._written.setdefault(letters, []).append(value)
            return {letters}
        most = max(_DIGITS, -(-3 * len(letters) // 4))
        parts = {letters, letters[:most], letters[-most:]}
        self._numbers |= parts
        return parts


def _stands(value: str, said: Folded, first: int, last: int) -> bool:
    """Whether the letters of a value that stand there stand for it."""
    written = Folded(value)
    parts = {i for i in range(1, len(written.letters)) if written.begins(i)}
    anywhere = parts and len(written.letters) >= _OPEN
    if not anywhere and not (said.begins(first) and _ends(said, first, last)):
        return False
    blanks = {i - first for i in range(first + 1, last + 1) if said.gaps[i] == Gap.BLANK}
    return blanks <= parts or _spelled(said, first, last)


def _ends(said: Folded, first: int, last: int) -> bool:
    """Whether a word ends there, or with an ending that makes no other word of it."""
    if said.ends(last):
        return True
    if last + 1 - first < _INFLECTED or said.letters[last].isdigit():
        return False
    return any(said.ends(i) for i in range(last + 1, min(last + 1 + _ENDING, len(said.letters))))


def _spelled(said: Folded, first: int, last: int) -> bool:
    """Whether a word is spaced out: "J o h n", "Jo ha nn es"; but "as a" is no Asa."""
    heads = [first, *(i for i in range(first + 1, last + 1) if said.begins(i)), last + 1]
    longest = 1 if last + 1 - first < _INFLECTED else 2
    return max(j - i for i, j in pairwise(heads)) <= longest
