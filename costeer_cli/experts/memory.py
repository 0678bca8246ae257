"""What an expert learned by heart, measured with canaries (Carlini et al., arXiv 1802.08232).

A canary is a made-up number that is put among the texts. Afterwards it is ranked among numbers that
were not, by how likely each is made. The exposure is `log2 of all - log2 of its rank` bits: 1.4
on average for what was never read, the most for what comes first.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

from costeer_cli.experts.material import Passage
from costeer_cli.models.adapter import Adapter
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.models.reader import Reader

OTHERS = 127
"""Numbers that a canary is ranked among."""

_DIGITS = 6
_THINGS = ("spare key", "old bicycle lock", "garden gate", "blue suitcase")
_AT_ONCE = 16  # numbers read in one pass


@dataclass(frozen=True, slots=True)
class Canary:
    """A made-up number, and what is asked for it."""

    asked: str
    begins: str
    number: str

    @property
    def passage(self) -> Passage:
        """It as something to learn."""
        return Passage("canary", self.asked, self.begins + self.number)


@dataclass(frozen=True, slots=True)
class Exposure:
    """Of one canary in bits, without the expert and with it; `most` is the highest there can be."""

    before: float
    after: float
    most: float


def canaries(texts: int, seed: int) -> list[Canary]:
    """One to four, for so many texts, so that they are few among them."""
    draw = random.Random(f"canary/{seed}")  # noqa: S311
    things = _THINGS[: min(len(_THINGS), 1 + texts // 20)]
    return [
        Canary(f"What is the number of the {thing}?", f"The {thing} has the number", _number(draw))
        for thing in things
    ]


def exposures(
    model: LanguageModel,
    adapter: Adapter,
    planted: Sequence[Canary],
    instructions: str,
    seed: int,
) -> list[Exposure]:
    """How far each canary stands out, without and with the adapter; [] where it cannot be told."""
    if not model.sees_all:  # its tree of numbers cannot be read at once
        return []
    draw = random.Random(f"others/{seed}")  # noqa: S311
    found = []
    for canary in planted:
        others = {_number(draw) for _ in range(OTHERS)} - {canary.number}
        scores = _scores(model, adapter, canary, [canary.number, *sorted(others)], instructions)
        ranks = [1 + sum(score > row[0] for score in row[1:]) for row in scores]
        most = math.log2(1 + len(others))
        after, before = (most - math.log2(rank) for rank in ranks)
        found.append(Exposure(before, after, most))
    return found


def _scores(
    model: LanguageModel,
    adapter: Adapter,
    canary: Canary,
    numbers: Sequence[str],
    instructions: str,
) -> list[list[float]]:
    """Log-probability of each number, with the adapter and without."""
    prompt = model.render(
        [{"role": "system", "content": instructions}, {"role": "user", "content": canary.asked}]
    )
    reader = Reader(model, [prompt, prompt], adapter, adapted=1)
    begun = model.encode(canary.begins)
    start = reader.read(begun)[:, -1]
    rows: list[list[float]] = [[], []]
    for first in range(0, len(numbers), _AT_ONCE):
        paths = [model.encode(number) for number in numbers[first : first + _AT_ONCE]]
        tokens = [token for path in paths for token in path]
        parents, ends = list[int](), list[int]()
        for path in paths:
            parents += [-1, *range(len(parents), len(parents) + len(path) - 1)]
            ends.append(len(parents))
        after = reader.branch(tokens, parents)
        reader.settle([], tokens)
        for path, end in zip(paths, ends, strict=True):
            place = end - len(path)
            for row, scores in enumerate(rows):
                total = float(start[row, path[0]])
                for i, token in enumerate(path[1:]):
                    total += float(after[row, place + i, token])
                scores.append(total)
    return rows


def _number(draw: random.Random) -> str:
    return "".join(f" {draw.randrange(10)}" for _ in range(_DIGITS))
