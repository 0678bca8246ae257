"""Finds the values of the vault in a text, however they are written there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from costeer_cli.privacy.folding import Folded, Gap, folded
from costeer_cli.privacy.vault.kinds import Kind
from costeer_cli.privacy.vault.names import GREETINGS, TITLES, is_ordinary, name_parts
from costeer_cli.privacy.vault.ordinary import words
from costeer_cli.privacy.vault.phones import other_forms
from costeer_cli.privacy.vault.placeholders import FIRST, LAST, MIDDLE
from costeer_cli.store.vault import Kept

_HEAD = 2  # folded letters by which the values are looked up
_HIDDEN = 4  # fewer letters than this are not looked for between others
_LATIN = words("s es ns ens")
_SURNAME = words("a u em om ovi ova owa owi y ego emu iego nen lle lla n en")
_CYRILLIC = frozenset(map(folded, "а у ом ым е ой ы и ю я ою ам ых ем ей ова ова".split()))  # noqa: SIM905
_STEM_ENDS = frozenset(map(folded, "ы е у ой и ю ей".split()))  # noqa: SIM905
_NAME_ENDS = re.compile(r"[,;:!?]|\.\s|\n\s*\n")
_CALLED = re.compile(rf"(?:\b(?:{GREETINGS})[ \t]+|\b(?:{TITLES})\.?[ \t]+)$")
_CYRILLIC_LETTER = re.compile("[\u0400-\u04ff]")


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to look for.

    Attributes:
        value: the value of the vault that it belongs to.
        part: which part of it (see `placeholders`); '' for the whole.
        text: how it is written.
        letters: the same, folded.
        endings: folded endings that it may have.
        stem: the ending is part of what is found, and it needs one.
        capital: only where it is written with a capital.
        said: only where the text says that it is a name: by what stands before it, or since the
            whole name stands somewhere.
    """

    value: Kept
    part: str
    text: str
    letters: str
    endings: frozenset[str] = frozenset()
    stem: bool = False
    capital: bool = False
    said: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """A target, and where it stands in a text."""

    target: Target
    start: int
    end: int


class Matcher:
    """Looks for values in texts; the work for a text does not grow with their number."""

    def __init__(self, values: Iterable[Kept]) -> None:
        self.targets = [target for value in values for target in _targets(value)]
        self._heads: dict[str, list[Target]] = {}
        for target in self.targets:
            self._heads.setdefault(target.letters[:_HEAD], []).append(target)

    def matches(self, text: str) -> list[Match]:
        """Where values stand, in order; where two overlap, the longer, then the older one."""
        if not self._heads:
            return []
        read = Folded(text)
        found = [
            match
            for index in range(len(read.letters))
            if read.begins(index)
            for target in self._heads.get(read.letters[index : index + _HEAD], ())
            if (match := _match(target, read, index)) is not None
        ]
        named = {one.target.value.id for one in found if not one.target.part}
        found = [
            one
            for one in found
            if not one.target.said
            or _said(text, one.start, one.end)
            or (one.target.part and one.target.value.id in named and _within(text, one.start))
        ]
        # What is written as the vault has it goes before what is only like it.
        found.sort(
            key=lambda one: (
                one.start - one.end,
                text[one.start : one.end] != one.target.text,
                one.target.part,
                one.target.value.number,
            )
        )
        taken: list[Match] = []
        covered = bytearray(len(text))
        for match in found:
            if not any(covered[match.start : match.end]):
                covered[match.start : match.end] = b"\1" * (match.end - match.start)
                taken.append(match)
        return sorted(taken, key=lambda match: match.start)


def _targets(value: Kept) -> Iterator[Target]:
    if value.kind != Kind.NAME:
        numbers = other_forms(value.text) if value.kind == Kind.PHONE else ()
        for text in dict.fromkeys([value.text, *value.forms, *numbers]):
            yield from _target(value, "", text)
        return
    parts = name_parts(value.text)
    alone = not parts.last
    for text in (value.text, *value.forms):
        yield from _name(value, "", text, said=alone and is_ordinary(text), surname=alone)
    for part, text in ((FIRST, parts.first), (MIDDLE, parts.middle), (LAST, parts.last)):
        if text:
            yield from _name(
                value, part, text, said=is_ordinary(text), surname=part == LAST, capital=True
            )


def _name(
    value: Kept, part: str, text: str, *, said: bool, surname: bool, capital: bool = False
) -> Iterator[Target]:
    cyrillic = bool(_CYRILLIC_LETTER.search(text))
    endings = _CYRILLIC if cyrillic else _LATIN
    if surname and not cyrillic and len(text) > _HIDDEN:
        endings |= _SURNAME
    yield from _target(value, part, text, endings=endings, capital=capital or said, said=said)
    if cyrillic and text[-1] in "ая" and len(text) > 3:
        yield from _target(
            value, part, text[:-1], endings=_STEM_ENDS, stem=True, capital=capital, said=said
        )


def _target(value: Kept, part: str, text: str, **rules: object) -> Iterator[Target]:
    letters = folded(text)
    if letters:
        yield Target(value, part, text, letters, **rules)  # type: ignore[arg-type]


@lru_cache(maxsize=4096)
def _gaps(text: str) -> list[Gap]:
    return Folded(text).gaps


def _match(target: Target, read: Folded, first: int) -> Match | None:
    if not read.letters.startswith(target.letters, first):
        return None
    last = first + len(target.letters) - 1
    ending = _ending(read, last)
    plain = not ending and not target.stem
    if not (plain or ending in target.endings) or not _same_gaps(target, read, first):
        return None
    last += len(ending) if target.stem else 0
    start, end = _whole(target.text, read, *read.span(first, last))
    if target.capital and read.text[read.places[first]].islower():
        return None
    return Match(target, start, end)


def _ending(read: Folded, last: int) -> str:
    """The letters that follow, up to the end of the word."""
    end = last
    while not read.ends(end) and end - last < 5:
        end += 1
    return read.letters[last + 1 : end + 1]


def _same_gaps(target: Target, read: Folded, first: int) -> bool:
    """Whether nothing stands between the letters that would make them another thing.

    Zero-width characters do not count. Letters may be spaced out, all of them; a number may be
    grouped in any way; a longer word may be cut by a hyphen or a dot. No name goes on behind a
    comma.
    """
    inner = range(first + 1, first + len(target.letters))
    if target.value.kind == Kind.NAME and not _NAME_ENDS.search(target.text):
        between = (read.text[read.places[i - 1] + 1 : read.places[i]] for i in inner)
        if any(map(_NAME_ENDS.search, between)):
            return False
    own = _gaps(target.text)
    more = [read.gaps[i] for i in inner if read.gaps[i] > own[i - first] == Gap.NONE]
    if not more or sum(map(str.isdigit, target.letters)) * 2 > len(target.letters):
        return True
    if len(target.letters) >= 3 and all(
        # One character may be two letters, such as the German sharp s.
        read.gaps[i] > Gap.APOSTROPHE or read.places[i - 1] == read.places[i]
        for i in inner
    ):
        return True
    return len(target.letters) >= _HIDDEN and len(more) <= 2 and max(more) <= Gap.MARK


def _whole(value: str, read: Folded, start: int, end: int) -> tuple[int, int]:
    """Start and end with the signs that the value begins and ends with, where they stand there."""
    signs = re.compile(r"[^\w]*")
    before, after = signs.match(value), signs.match(value[::-1])
    lead, trail = before[0] if before else "", after[0][::-1] if after else ""
    if lead and read.text[:start].endswith(lead):
        start -= len(lead)
    if trail and read.text.startswith(trail, end):
        end += len(trail)
    return start, end


def _said(text: str, start: int, end: int) -> bool:
    """Whether a greeting or a title stands before it, or nothing else on its line."""
    if _CALLED.search(text, max(start - 40, 0), start):
        return True
    line = text.rfind("\n", 0, start) + 1
    close = text.find("\n", end)
    rest = text[line:start] + text[end : close if close >= 0 else len(text)]
    return not any(map(str.isalnum, rest))


def _within(text: str, start: int) -> bool:
    """Whether a sentence has begun before it, so that its capital means something."""
    before = text[max(start - 3, 0) : start].rstrip(" \t\"'“„«(")
    return bool(before) and before[-1] not in ".!?:\n"
