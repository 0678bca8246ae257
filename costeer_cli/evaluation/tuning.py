"""Finds how strongly to steer, from texts the person wrote, and says how sure that is.

The negative log-likelihood of the texts under the steered cloud is what is made small. The texts
are parted in two: what is found on one part is judged on the other, and the other way round, so
that no text has a say in what it is judged by.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING

from costeer_cli.errors import UsageError
from costeer_cli.evaluation.likelihood import Reading
from costeer_cli.evaluation.resampling import Interval, difference
from costeer_cli.steering.completion import Evidence

if TYPE_CHECKING:
    from costeer_cli.steering.policy import Policy

KNOBS: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "strength": (0.0, 0.25, 0.5, 0.75, 1.0, 1.5),
        "soften": (0.0, 0.1),
        "mix": (0.0, 0.1),
    }
)
"""What is tuned, by the name the policy and [defaults] of a profile give it, and where to look."""

_FEWEST = 4  # texts; fewer cannot be parted
_HALVINGS = 3
_RESAMPLES = 2000
_ROOM = 12_000_000  # unlisted tokens that are held in all; 24 bytes each
_MOST = (
    6000  # of one position; what is left out makes softening look better by a hundredth of a nat
)

Point = tuple[float, ...]
"""One value for each knob."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """What was found.

    Attributes:
        values: by knob.
        ranges: where each may well lie instead (95%), over texts drawn anew; None where the texts
            are too few to tell.
        alone, usual, tuned: nats per token of the cloud alone, with the settings so far, and with
            `values`, all on texts that had no say.
        gain: `tuned` less `usual` (below zero is better), and how sure that is.
        texts: how many it was found on.
    """

    values: dict[str, float]
    ranges: dict[str, tuple[float, float]]
    alone: float
    usual: float
    tuned: float
    gain: Interval
    texts: int

    @property
    def sure(self) -> bool:
        """Whether the gain over the settings so far is no accident."""
        return self.gain.high is not None and self.gain.high < 0.0


def held(positions: int) -> int:
    """How many unlisted tokens of each can be held for so many positions."""
    return max(min(_MOST, _ROOM // max(positions, 1)), 1)


def thinned(reading: Reading, most: int) -> Reading:
    """`reading` with the `most` likeliest unlisted tokens of each position, to hold many texts."""
    return replace(reading, evidence=tuple(_thin(one, most) for one in reading.evidence))


def tune(
    readings: Sequence[Reading],
    usual: Policy,
    progress: Callable[[int, int], None],
    knobs: Mapping[str, tuple[float, ...]] = KNOBS,
) -> Tuned:
    """Find the values of the knobs.

    Args:
        readings: one of each text, with evidence.
        usual: the settings so far; all but the knobs are kept.
        progress: told how many of the steps are done, and of how many.

    Raises:
        UsageError: there are too few texts.
    """
    if len(readings) < _FEWEST:
        raise UsageError(
            f"Tuning needs {_FEWEST} texts at least; there are {len(readings)}.",
            hint="Import more that says what was asked or has a title.",
        )
    names = list(knobs)
    scores = _Scores(readings, usual, names)
    odd, even = list(range(0, len(readings), 2)), list(range(1, len(readings), 2))
    everyone = list(range(len(readings)))
    best = []
    for step, part in enumerate((odd, even, everyone)):
        progress(step, 3)
        best.append(_search(scores, part, [knobs[name] for name in names]))
    progress(3, 3)
    judged = {n: best[1] if n in set(odd) else best[0] for n in everyone}
    tuned = [scores.of(judged[n])[n] for n in everyone]
    before = scores.of(tuple(getattr(usual, name) for name in names))
    alone = [reading.cloud.nll for reading in readings]
    return Tuned(
        values=dict(zip(names, best[2], strict=True)),
        ranges=_ranges(scores, names),
        alone=_mean(alone),
        usual=_mean(before),
        tuned=_mean(tuned),
        gain=difference(tuned, before),
        texts=len(readings),
    )


class _Scores:
    """Nats per token of every text at a point, each worked out once."""

    def __init__(self, readings: Sequence[Reading], policy: Policy, names: Sequence[str]) -> None:
        self._readings = readings
        self._policy = policy
        self._names = names
        self.known: dict[Point, list[float]] = {}

    def of(self, point: Point) -> list[float]:
        """Of every text."""
        if point not in self.known:
            values = dict(zip(self._names, point, strict=True))
            policy = replace(self._policy, **values)  # type: ignore[arg-type]
            self.known[point] = [reading.steered(policy).nll for reading in self._readings]
        return self.known[point]

    def mean(self, point: Point, part: Sequence[int]) -> float:
        """Over some of the texts."""
        found = self.of(point)
        return _mean([found[n] for n in part])


def _search(scores: _Scores, part: Sequence[int], grids: Sequence[Sequence[float]]) -> Point:
    """The best point of a grid, then of ever finer ones around the best so far."""
    best = min(product(*grids), key=lambda point: scores.mean(point, part))
    steps = [_step(grid, value) for grid, value in zip(grids, best, strict=True)]
    for _ in range(_HALVINGS):
        steps = [step / 2 for step in steps]
        around = [
            sorted({round(max(value + sign * step, min(grid)), 6) for sign in (-1, 0, 1)})
            for value, step, grid in zip(best, steps, grids, strict=True)
        ]
        best = min(product(*around), key=lambda point: scores.mean(point, part))
    return best


def _step(grid: Sequence[float], value: float) -> float:
    """The wider of the gaps beside a value of a grid."""
    place = list(grid).index(value)
    gaps = [abs(value - grid[i]) for i in (place - 1, place + 1) if 0 <= i < len(grid)]
    return max(gaps, default=0.0)


def _ranges(scores: _Scores, names: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Where the best of all points tried lies, over texts drawn anew."""
    import numpy as np

    points = list(scores.known)
    table = np.array([scores.known[point] for point in points])
    texts = table.shape[1]
    drawn = np.random.default_rng(0).multinomial(texts, [1 / texts] * texts, _RESAMPLES)
    winners = np.array([points[i] for i in (table @ drawn.T).argmin(axis=0)])
    low, high = np.quantile(winners, [0.025, 0.975], axis=0)
    return {name: (float(low[i]), float(high[i])) for i, name in enumerate(names)}


def _thin(evidence: Evidence, most: int) -> Evidence:
    import numpy as np

    tail = evidence.tail
    if tail is None or len(tail.ids) <= most:
        return evidence
    weight = np.maximum(tail.shape, tail.shape + tail.delta)
    kept = np.sort(np.argpartition(-weight, most)[:most])
    cut = replace(tail, ids=tail.ids[kept], shape=tail.shape[kept], delta=tail.delta[kept])
    return replace(evidence, tail=cut)


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
