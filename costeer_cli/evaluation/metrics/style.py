"""How far a text's style is from the person's: function words, and Burrows' Delta.

Function words (the, of, but ...) are used without thinking and hardly depend on the topic, which
is why authorship attribution counts them. Texts are short, so all that one system wrote for one
person, or for all of them, should be taken together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import mean, pstdev

from costeer_cli.evaluation.metrics.shape import words

_COMMON = """
the of and to a in that is was he for it with as his on be at by i this had not are but from
or have an they which one you were all her she there would their we him been has when who will
no more if out so up said what its about than into them can only other time new some could
these two may first then do any like my now over such our even most me after also did many
where before must well back through years much down should because each just those how too
very make still own here might while never without again always really quite rather perhaps
though although however since until both between during
"""
FUNCTION_WORDS = tuple(_COMMON.split())
"""The commonest English words that say little by themselves."""

_FEWEST = 2


@dataclass(frozen=True)
class Background:
    """How often many people use the commonest words: what a style is held against.

    Attributes:
        words: the commonest words of the background.
        means, deviations: of their shares in each text, over the texts.
    """

    words: tuple[str, ...]
    means: tuple[float, ...]
    deviations: tuple[float, ...]


def function_word_distance(written: str, own: str) -> float | None:
    """Cosine distance of the shares of function words, 0 to 1; None where either has none."""
    one, other = (_counts(text, FUNCTION_WORDS) for text in (written, own))
    norms = sqrt(sum(x * x for x in one)) * sqrt(sum(y * y for y in other))
    if not norms:
        return None
    return max(0.0, 1.0 - sum(x * y for x, y in zip(one, other, strict=True)) / norms)


def background(texts: Sequence[str], most: int = 100) -> Background | None:
    """What Burrows' Delta needs to know of how people write; None for fewer than two texts.

    Args:
        texts: one of each author.
        most: how many of the commonest words to take.
    """
    said = [words(text) for text in texts]
    said = [text for text in said if text]
    if len(said) < _FEWEST:
        return None
    common = Counter(word for text in said for word in text)
    chosen = [word for word, _ in sorted(common.items(), key=lambda item: (-item[1], item[0]))]
    shares = [_shares(text, chosen[:most]) for text in said]
    columns = list(zip(*shares, strict=True))
    kept = [i for i, column in enumerate(columns) if pstdev(column) > 0]
    if not kept:
        return None
    return Background(
        tuple(chosen[i] for i in kept),
        tuple(mean(columns[i]) for i in kept),
        tuple(pstdev(columns[i]) for i in kept),
    )


def burrows_delta(written: str, own: str, against: Background) -> float | None:
    """Burrows' Delta (2002): mean difference of the z-scores of common words; 0 is the same.

    About 1 is what two texts of different people have; None where either has no words.
    """
    one, other = words(written), words(own)
    if not one or not other:
        return None
    pairs = zip(
        _shares(one, against.words),
        _shares(other, against.words),
        against.deviations,
        strict=True,
    )
    return mean(abs(x - y) / deviation for x, y, deviation in pairs)


def _counts(text: str, chosen: Sequence[str]) -> list[int]:
    count = Counter(words(text))
    return [count[word] for word in chosen]


def _shares(said: Sequence[str], chosen: Sequence[str]) -> list[float]:
    count = Counter(said)
    return [count[word] / len(said) for word in chosen]
