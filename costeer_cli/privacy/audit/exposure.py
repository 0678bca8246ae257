"""How well a text gives a fact away: the rank of the true context among decoys, in bits.

After Carlini et al., "The Secret Sharer" (arXiv 1802.08232): the text is scored under the true
context and under contexts that differ in the fact only. Two adversaries score it, and the better
one counts: one who knows the mechanism uses the steered distribution, since by the Neyman-Pearson
lemma no test beats its likelihood ratio; one who knows the local model alone uses that. Taking the
better of two costs nothing if they agree, and overstates by a bit at most if they do not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

_EQUAL = 1e-9  # nats; scores that are closer tell nothing apart


@dataclass(frozen=True, slots=True)
class Score:
    """A text under one context, in nats.

    Attributes:
        steered: log of p_steered / p_cloud, summed over its tokens.
        local: log-likelihood under the local model with this context.
    """

    steered: float
    local: float


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a text tells of a fact.

    Attributes:
        contexts: how many were compared, the true one among them.
        rank_steered, rank_local: places of the true one, 1 for the best; it loses ties.
        bits: log2 of contexts minus log2 of the better rank.
        most: what `bits` is for rank 1.
        margin: nats by which the true context beats the best decoy under the steered
            distribution; negative where it does not.
        posterior: what who believed all contexts equally likely would think of the true one.
    """

    contexts: int
    rank_steered: int
    rank_local: int
    bits: float
    most: float
    margin: float
    posterior: float

    @property
    def rank(self) -> int:
        """The better of the two ranks."""
        return min(self.rank_steered, self.rank_local)

    @property
    def meaning(self) -> str:
        """What it means, in a sentence or two."""
        chance = f"{self.rank} in {self.contexts}"
        if self.rank == 1:
            return (
                "Who has your models, your settings and all the rest of your context would pick"
                f" the true value from the text; by chance alone that happens {chance} times."
            )
        if 2 * self.rank <= self.contexts:
            return (
                "The text fits the true value better than most; a text that tells nothing"
                f" comes as close {chance} times."
            )
        return "The text does not give the fact away: others fit it as well or better."

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self) | {"rank": self.rank, "meaning": self.meaning}


def exposure(true: Score, others: Sequence[Score]) -> Exposure:
    """Compare the score under the true context with those under the decoys.

    Raises:
        ValueError: there are no decoys.
    """
    if not others:
        raise ValueError("nothing to compare with")
    steered = _rank(true.steered, [score.steered for score in others])
    local = _rank(true.local, [score.local for score in others])
    contexts = len(others) + 1
    best = max(score.steered for score in others)
    odds = math.fsum(math.exp(min(score.steered - true.steered, 700.0)) for score in others)
    most = math.log2(contexts)
    return Exposure(
        contexts,
        steered,
        local,
        most - math.log2(min(steered, local)),
        most,
        true.steered - best,
        1.0 / (1.0 + odds),
    )


def _rank(true: float, others: Sequence[float]) -> int:
    return 1 + sum(other >= true - _EQUAL for other in others)
