"""How sure a mean over people is: the paired bootstrap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_ROUNDS = 10_000
_LEVEL = 0.95
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate, and where it may well lie instead (95%).

    Attributes:
        low, high: None for fewer than two people, of whom nothing can be said.
    """

    value: float
    low: float | None
    high: float | None

    @property
    def excludes_zero(self) -> bool:
        """Whether zero is out of its reach."""
        return self.low is not None and self.high is not None and not self.low <= 0.0 <= self.high


def interval(values: Sequence[float], seed: int = 0) -> Interval:
    """Mean of one value for each person, by resampling people."""
    return statistic([values], lambda columns: columns[0].mean(axis=-1), seed)


def difference(values: Sequence[float], others: Sequence[float], seed: int = 0) -> Interval:
    """Mean of `values` less that of `others`; the same people in the same order."""
    return statistic([values, others], lambda c: (c[0] - c[1]).mean(axis=-1), seed)


def recovered(
    plain: Sequence[float], steered: Sequence[float], best: Sequence[float], seed: int = 0
) -> Interval:
    """Which share of the way from `plain` to `best` the mean of `steered` has gone.

    A ratio of means over the same people; 1 is all of it, below 0 is the wrong way.
    """

    def way(columns: Sequence[Floats]) -> Floats:
        start, now, end = (column.mean(axis=-1) for column in columns)
        share: Floats = (start - now) / (start - end)
        return share

    return statistic([plain, steered, best], way, seed)


def statistic(
    columns: Sequence[Sequence[float]],
    of: Callable[[Sequence[Floats]], Floats],
    seed: int = 0,
) -> Interval:
    """Any statistic of paired columns, one value per person each.

    Args:
        columns: equally long.
        of: from the columns, each (..., people), to a value for each resample, (...).

    Raises:
        ValueError: there is nobody, or the columns differ in length.
    """
    import numpy as np

    table = np.array(columns, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] == 0:
        raise ValueError("there is nobody to resample")
    people = table.shape[1]
    with np.errstate(divide="ignore", invalid="ignore"):
        value = float(of(list(table)))
        if people < _FEWEST:
            return Interval(value, None, None)
        drawn = np.random.default_rng(seed).integers(0, people, (_ROUNDS, people))
        many = np.sort(of([column[drawn] for column in table]))
    edge = (1.0 - _LEVEL) / 2
    low, high = np.quantile(many, [edge, 1.0 - edge])
    return Interval(value, float(low), float(high))
