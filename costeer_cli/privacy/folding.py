"""One form of a text for telling whether it says a thing: letters and digits, and nothing that
hides them. Case, accents, widths, look-alikes of other alphabets, the digits of other scripts and
characters that nobody sees make no difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import IntEnum
from functools import cache
from itertools import pairwise

from costeer_cli.privacy.lookalikes import LOOKALIKES

RUN = 6
"""Words in a row that count as copied."""


class Gap(IntEnum):
    """What stands between two letters; the widest counts."""

    NONE = 0
    APOSTROPHE = 1
    MARK = 2
    BLANK = 3


def folded(text: str) -> str:
    """The letters and digits of `text` in their folded form.

    `folded(x) == folded(x.upper())`, but for the few Greek letters whose capital looks like
    another letter than they do (see `forms`).
    """
    if not text.isascii():
        text = _OTHER.sub(lambda found: found[0].translate(_LETTERS), text)
    return text.lower().translate(_ASCII_LETTERS) if text.isascii() else text.translate(_LETTERS)


def forms(value: str) -> set[str]:
    """The folded forms under which a value may stand in a text; nearly always one."""
    written = {value} if value.isascii() else {value, value.lower(), value.upper()}
    return {folded(one) for one in written} - {""}


def words(text: str) -> list[str]:
    """The words of a text, folded; where a script has no blanks, each character is one."""
    if not text.isascii():
        if _UNSPACED.search(text):
            return Folded(text).words()
        text = _OTHER.sub(lambda found: found[0].translate(_WORDS), text)
    text = text.lower().translate(_ASCII_WORDS) if text.isascii() else text.translate(_WORDS)
    return text.split()


def runs(said: Sequence[str]) -> set[tuple[str, ...]]:
    """All runs of words of a text in words; see `run_ending`."""
    return {run for last in range(len(said)) if (run := run_ending(said, last))}


def run_ending(said: Sequence[str], last: int) -> tuple[str, ...]:
    """The run of words that counts as copied and ends with that word; empty where there is none.

    `RUN` words, or twice as many characters of a script without blanks.
    """
    run = tuple(said[max(0, last + 1 - RUN) : last + 1])
    if run[-1].isascii() or not all(map(is_character, run)):
        return run if len(run) == RUN else ()
    run = tuple(said[max(0, last + 1 - 2 * RUN) : last + 1])
    return run if len(run) == 2 * RUN and all(map(is_character, run)) else ()


def is_character(word: str) -> bool:
    """Whether a word is a character of a script without blanks."""
    return _UNSPACED.match(word) is not None


class Folded:
    """A text that grows, letter by letter in its folded form.

    Attributes:
        text: the text itself.
        letters: `folded(text)`.
        places: for each of the letters, the index in `text` of the character it comes from.
        gaps: for each of the letters, the `Gap` before it; the first has `Gap.BLANK`.
        heads: the indexes in `letters` at which words begin; neither an apostrophe nor a digit
            after a letter parts words.
    """

    def __init__(self, text: str = "") -> None:
        self.text = ""
        self.letters = ""
        self.places: list[int] = []
        self.gaps: list[Gap] = []
        self.heads: list[int] = []
        self._gap = Gap.BLANK
        self._unspaced = False
        self.append(text)

    def append(self, text: str) -> None:
        """Go on with the text; where it is cut makes no difference."""
        start, known = len(self.text), len(self.letters)
        self.text += text
        if text.isascii() and not self._unspaced:
            self._append_ascii(text, start)
        else:
            self._append_any(text, start)
        gaps = self.gaps
        self.heads += [i for i in range(known, len(gaps)) if gaps[i] > Gap.APOSTROPHE]

    @contextmanager
    def trying(self, text: str) -> Iterator[int]:
        """Go on with the text inside the block only; gives the number of letters before it."""
        known, heads, before = len(self.letters), len(self.heads), (self.text, self.letters)
        state = self._gap, self._unspaced
        self.append(text)
        try:
            yield known
        finally:
            self.text, self.letters = before
            self._gap, self._unspaced = state
            del self.places[known:], self.gaps[known:], self.heads[heads:]

    def begins(self, index: int) -> bool:
        """Whether a word, or a number within one, begins with this letter."""
        return self.gaps[index] > Gap.NONE or self._changes(index)

    def ends(self, index: int) -> bool:
        """Whether a word, or a number within one, ends with this letter."""
        after = index + 1
        return after == len(self.letters) or self.begins(after)

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Start and end in `text` of these letters, with the accents and the like that follow."""
        end = self.places[last] + 1
        while end < len(self.text) and _kind(self.text[end]) == ("", Gap.NONE):
            end += 1
        return self.places[first], end

    def words(self) -> list[str]:
        """The words so far."""
        return [self.letters[i:j] for i, j in pairwise([*self.heads, len(self.letters)])]

    def _changes(self, index: int) -> bool:
        before, after = self.letters[index - 1], self.letters[index]
        return before.isdigit() is not after.isdigit()

    def _append_ascii(self, text: str, start: int) -> None:
        end = 0
        for found in _ASCII_WORD.finditer(text):
            first, last = found.span()
            self._widen(text[end:first])
            self.gaps.append(self._gap)
            self.gaps += _NO_GAP * (last - first - 1)
            self.places += range(start + first, start + last)
            self._gap, end = Gap.NONE, last
        self._widen(text[end:])
        self.letters += folded(text)

    def _append_any(self, text: str, start: int) -> None:
        found: list[str] = []
        for place, char in enumerate(text, start):
            letters, gap = _kind(char)
            if not letters:
                self._gap = max(self._gap, gap)
                continue
            unspaced = _UNSPACED.match(char) is not None
            if unspaced or (self._unspaced and not _CONTINUES.match(char)):
                self._gap = max(self._gap, Gap.MARK)
            self.gaps += [self._gap, *_NO_GAP * (len(letters) - 1)]
            self.places += [place] * len(letters)
            found.append(letters)
            self._gap = Gap.NONE
            self._unspaced = unspaced or (self._unspaced and _CONTINUES.match(char) is not None)
        self.letters += "".join(found)

    def _widen(self, between: str) -> None:
        if between == " ":
            self._gap = Gap.BLANK
        else:
            self._gap = max([self._gap, *(_kind(char)[1] for char in between)])


_APOSTROPHES = "'’‘ʼʻ`´ʹ′＇"
_NO_GAP = [Gap.NONE]
_OTHER = re.compile("[^\x00-\x7f]+")
_ASCII_WORD = re.compile("[A-Za-z0-9]+")
# Thai, Lao, Burmese, Khmer, Hangul, kana, ideographs: blanks part no words there, or not only.
_UNSPACED = re.compile(
    "[\u0e01-\u0e2e\u0e81-\u0eae\u1000-\u102a\u1100-\u115e\u1780-\u17b3\u3005-\u3007\u3041-\u3096"
    "\u30a1-\u30fa\u3105-\u312f\u3131-\u3163\u3400-\u9fff\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff"
    "\uff66-\uff9d\U0001b000-\U0001b167\U00020000-\U0003ffff]"
)
# What goes on with a letter of these: their vowels and marks.
_CONTINUES = re.compile(
    "[\u0e2f-\u0e4e\u0eaf-\u0ecf\u102b-\u103e\u1160-\u11ff\u17b4-\u17d3\u3099\u309a\u30fc\uff70"
    "\uff9e\uff9f\ud7b0-\ud7ff]"
)
# Nobody sees these (Unicode's Default_Ignorable_Code_Point), though they count as letters or marks.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0000-\U000e0fff]"
)


@cache
def _kind(char: str) -> tuple[str, Gap]:
    """The folded letters of a character; where it has none, how wide a gap it makes."""
    if (letters := _LETTERS[ord(char)]) or _UNSEEN.match(char):
        return letters, Gap.NONE
    if char in _APOSTROPHES:
        return "", Gap.APOSTROPHE
    if char.isspace():
        return "", Gap.BLANK
    return "", Gap.NONE if unicodedata.category(char) in {"Mn", "Me", "Cf", "Cc"} else Gap.MARK


def _letters(char: str) -> str:
    if char in LOOKALIKES:
        return LOOKALIKES[char]
    if _UNSEEN.match(char) or char in _APOSTROPHES:
        return ""
    digit = unicodedata.digit(char, None)
    if digit is not None and unicodedata.category(char) in {"Nd", "No"}:
        return str(digit)
    parts = unicodedata.normalize("NFKD", char.casefold())
    if parts != char:
        plain = unicodedata.normalize("NFKD", char)
        return "".join(map(_letters, plain if plain != char else parts))
    return char if _tells(char) else ""


def _tells(char: str) -> bool:
    """Whether a character is a letter, a digit or a vowel, and no accent."""
    category = unicodedata.category(char)
    if category == "Mn":
        # Classes from 200 are accents, 10 to 36 the vowel signs that Hebrew and Arabic leave out.
        kind = unicodedata.combining(char)
        return kind != 1 and kind < 200 and not 10 <= kind <= 36
    return category[0] in "LN" or category == "Mc"


class _Letters(dict[int, str]):
    """For `str.translate`: the folded letters of a character, found when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = _letters(chr(code))
        return self[code]


class _Words(dict[int, str]):
    """The same, with a blank for what parts words."""

    def __missing__(self, code: int) -> str:
        letters, gap = _kind(chr(code))
        self[code] = " " if gap > Gap.APOSTROPHE else letters
        return self[code]


_LETTERS = _Letters()
_WORDS = _Words()
_ASCII_LETTERS = {code: None for code in range(128) if not chr(code).isalnum()}
_ASCII_WORDS = {code: _WORDS[code] for code in range(128)}
