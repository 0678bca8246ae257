"""A text as an audit compares it: folded words, each with its place."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from costeer_cli.privacy.folding import Folded, Gap

RUN = 6
"""Words in a row that count as copied."""

Run = tuple[str, ...]


class Said:
    """One text in words.

    Attributes:
        text: as it is.
        folded: its letters.
        words: the folded letters of each word, as `costeer_cli.privacy.folding.words` has them.
        starts: the index of each word's first letter.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.folded = Folded(text)
        gaps = self.folded.gaps
        self.starts = [i for i, gap in enumerate(gaps) if gap > Gap.APOSTROPHE or not i]
        ends = [*self.starts[1:], len(gaps)]
        line = self.folded.letters
        self.words = [line[a:b] for a, b in zip(self.starts, ends, strict=True)] if gaps else []

    @property
    def letters(self) -> str:
        """All words without what stands between them."""
        return self.folded.letters

    def word_at(self, letter: int) -> int:
        """The number of the word that has this letter."""
        return bisect_right(self.starts, letter) - 1

    def quote(self, first: int, last: int, *, beside: int = 0) -> str:
        """The text from one word to another, both in it, and so many characters beside them."""
        ends = [*self.starts, len(self.letters)]
        start, end = self.folded.span(ends[first], ends[last + 1] - 1)
        return self.text[max(start - beside, 0) : end + beside]


def runs(words: Sequence[str], length: int = RUN) -> Iterator[Run]:
    """Every run of so many words, in order."""
    return zip(*(words[i:] for i in range(length)), strict=False)


def shared_run(
    said: Sequence[str], private: Sequence[str], public: frozenset[Run], least: int = RUN
) -> tuple[int, int]:
    """The longest run of words that two texts share and that is not public.

    Args:
        said, private: folded words.
        public: runs of `least` words that may be said; a run is cut where it begins or ends so.
        least: shorter runs are not looked for.

    Returns:
        Its first word in `said`, and its length; (0, 0) where there is none.
    """
    places: dict[Run, list[int]] = {}
    for place, run in enumerate(runs(private, least)):
        places.setdefault(run, []).append(place)
    best = (0, 0)
    reached: dict[int, int] = {}  # where a run ends in `private`, and how long it is there
    for first, run in enumerate(runs(said, least)):
        now: dict[int, int] = {}
        for place in () if run in public else places.get(run, ()):
            now[place] = reached.get(place - 1, least - 1) + 1
            if now[place] > best[1]:
                best = (first + least - now[place], now[place])
        reached = now
    return best
