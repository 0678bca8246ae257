"""How much a text may tell of the personal context: differential privacy's (epsilon, delta).

Neighbours are any two whole contexts. With the ratio clip B, replacing one by the other moves the
log-probability of a sampled token by 2B at most: 2B-DP, which is 2 B^2-zCDP (Bun and Steinke 2016,
proposition 3.3). Costs of tokens add up, also where the next one's depends on the text so far.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from costeer_cli.errors import UsageError

_ORDERS = [1.0 + math.exp(0.04 * i) for i in range(-250, 250)]
_ROUNDS = 60


@dataclass(frozen=True)
class Allowance:
    """The most that a text may tell.

    Attributes:
        epsilon: bound on the log of the ratio of the text's probabilities under any two contexts,
            in nats; above 0.
        delta: the probability with which it may be more; 0 for never.
    """

    epsilon: float
    delta: float = 0.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.epsilon) and self.epsilon > 0):
            raise UsageError(
                "--epsilon must be a positive number of nats.",
                hint="0 would be the cloud alone: --strength 0",
            )
        if not 0.0 <= self.delta < 1.0:
            raise UsageError("--delta is a probability: at least 0 and below 1.")


def spent_rho(costs: float) -> float:
    """zCDP of one choice that is `costs`-DP, in nats: half its square."""
    return 0.5 * costs * costs


def epsilon_of(rho: float, delta: float) -> float:
    """The epsilon that rho-zCDP comes to at `delta`, in nats.

    The least over the orders alpha of `alpha rho + log(1 / (alpha delta)) / (alpha - 1) +
    log(1 - 1/alpha)` (Canonne, Kamath and Steinke 2020, proposition 12); any order gives a bound,
    so a grid of them does.
    """
    if rho == 0.0:
        return 0.0
    if delta <= 0.0 or math.isinf(rho):
        return math.inf
    found = min(
        order * rho + math.log(1 / (order * delta)) / (order - 1) + math.log1p(-1 / order)
        for order in _ORDERS
    )
    return max(found, 0.0)


def rho_of(epsilon: float, delta: float) -> float:
    """The largest rho that `epsilon` and `delta` leave room for: the inverse of `epsilon_of`."""
    if delta <= 0.0:
        return 0.0
    low, high = 0.0, epsilon  # epsilon_of(rho) > rho for any delta below 1/2
    while epsilon_of(high, delta) < epsilon:
        low, high = high, 2.0 * high
    for _ in range(_ROUNDS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if epsilon_of(middle, delta) <= epsilon else (low, middle)
    return low
