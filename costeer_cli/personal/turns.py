"""The words and turns somebody uses much more than others do."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from costeer_cli.personal.languages import is_small
from costeer_cli.personal.sentences import words
from costeer_cli.personal.usual import usual

_OFTEN = 4  # times a word must be there,
_SPREAD = 3  # in so many texts,
_TIMES = 3.0  # so many times as often as others use it,
_SURE = 10.83  # and so surely (G squared; one chance in a thousand)
_SHARE = 0.04  # of the texts that have a turn
_MOST_WORDS = 6
_MOST_TURNS = 4
_LENGTHS = (5, 4, 3)


def favourite_words(texts: Sequence[Sequence[str]], language: str) -> list[str]:
    """Words that show a manner and that the writer uses several times as often as others do.

    Args:
        texts: the words of each text.
        language: of all of them; where it is unknown there is nothing to compare with.
    """
    reference = usual(language)
    counts: Counter[str] = Counter()
    spread: Counter[str] = Counter()
    total = 0
    for text in texts:
        said = [word.lower() for word in text]
        total += len(said)
        counts.update(word for word in said if word in reference)
        spread.update({word for word in said if word in reference})
    found = []
    for word, many in counts.items():
        expected = total * reference[word] / 1e6
        sure = 2 * (many * math.log(many / expected) - (many - expected))
        times = many / expected
        if many >= _OFTEN and spread[word] >= _SPREAD and times >= _TIMES and sure >= _SURE:
            found.append((sure, word))
    return [word for _, word in sorted(found, reverse=True)[:_MOST_WORDS]]


def favourite_turns(texts: Sequence[Sequence[str]], language: str) -> list[str]:
    """Runs of three to five words that come back in many texts, early and late; no names.

    Args:
        texts: the sentences of each text, in the order in which they were written.
        language: of all of them.
    """
    where: dict[tuple[str, ...], list[int]] = {}
    for number, text in enumerate(texts):
        for turn in {turn for sentence in text for turn in _runs(sentence, language)}:
            where.setdefault(turn, []).append(number)
    least = max(_SPREAD, math.ceil(_SHARE * len(texts)))
    middle = len(texts) / 2
    common = {
        turn: len(seen)
        for turn, seen in where.items()
        if len(seen) >= least and seen[0] < middle <= seen[-1]
    }
    chosen: list[tuple[str, ...]] = []
    for turn in sorted(common, key=lambda turn: (-common[turn], -len(turn), turn)):
        if len(chosen) == _MOST_TURNS:
            break
        if not any(_overlap(turn, other) for other in chosen):
            chosen.append(turn)
    return [" ".join(turn) for turn in chosen]


def _runs(sentence: str, language: str) -> set[tuple[str, ...]]:
    if any(letter.isdigit() for letter in sentence):
        return set()
    said = words(sentence)
    small = [word.lower() for word in said]
    # German writes every noun with a capital, so only there they are no names.
    named = [
        place > 0 and word[0].isupper() and word != "I" and not word.startswith(("I'", "I’"))
        for place, word in enumerate(said)
    ]
    return {
        tuple(small[start : start + length])
        for length in _LENGTHS
        for start in range(len(said) - length + 1)
        if not any(named[start : start + length])
        and not all(is_small(word, language) for word in small[start : start + length])
    }


def _overlap(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two turns are pieces of the same longer one."""
    pairs = {one[i : i + 2] for i in range(len(one) - 1)}
    return any(other[i : i + 2] in pairs for i in range(len(other) - 1))
