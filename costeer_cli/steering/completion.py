"""The cloud's distribution over everything, from its few listed candidates.

An API lists some 20 tokens. The mass of the rest is known exactly (what is missing to one) and so
is a cap on each of them; their shape is taken from the local model *without* the personal context,
which is a public function of the text, so completing costs no privacy and never loses the end of
the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from costeer_cli.steering.position import Position
from costeer_cli.steering.vocabulary import Vocabulary

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Tail:
    """The tokens the cloud did not list, as the local model sees them; all arrays (m,).

    Attributes:
        vocabulary: the local model's.
        ids: token ids in it, ascending.
        shape: log p_local without context, in nats; need not be normalised.
        delta: log p_local with context minus without, in nats.
        shared: whether the cloud's ids are the same.
        expert: log p_local with the expert minus without, in nats; None where it is no signal of
            its own.
    """

    vocabulary: Vocabulary
    ids: NDArray[np.int64]
    shape: Floats
    delta: Floats
    shared: bool = True
    expert: Floats | None = None

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which tokens the local model can write."""
        return np.isfinite(self.shape)


@dataclass(frozen=True)
class Evidence:
    """What the local model says of one position.

    Attributes:
        listed: delta of each candidate of the position, in their order, (k,), in nats.
        tail: everything the cloud did not list; None to choose among the listed only.
        plain: log p_local without the context of each candidate, (k,), in nats; -inf where the
            local model cannot write it, None where it is not known of any.
        expert: what the expert adds to `plain`, (k,), in nats, where that is a signal of its own;
            then `listed` is what the context adds to that. None where `listed` is both together.
    """

    listed: Floats
    tail: Tail | None = None
    plain: Floats | None = None
    expert: Floats | None = None

    @property
    def delta(self) -> Floats:
        """Delta of the listed candidates followed by the tail's, shape (k + m,), in nats."""
        return self.listed if self.tail is None else np.append(self.listed, self.tail.delta)

    @property
    def expertise(self) -> Floats | None:
        """What the expert adds to them, shape (k + m,), in nats; None where not told apart."""
        if self.expert is None or self.tail is None or self.tail.expert is None:
            return self.expert
        return np.append(self.expert, self.tail.expert)

    def moved(self, context: float, expert: float) -> Floats:
        """The signals weighed and added up, shape (k + m,), in nats."""
        apart = self.expertise
        return context * self.delta if apart is None else context * self.delta + expert * apart

    def total(self, place: int) -> float:
        """All signals of one token, by its place among the listed and the tail's, in nats."""
        delta, expert = self.listed, self.expert
        if self.tail is not None and place >= len(self.listed):
            delta, expert, place = self.tail.delta, self.tail.expert, place - len(self.listed)
        return float(delta[place]) + (0.0 if expert is None else float(expert[place]))

    @property
    def with_context(self) -> Floats | None:
        """Log p_local with the context, listed and tail, shape (k + m,); None where not known."""
        if self.plain is None:
            return None
        plain = self.plain if self.tail is None else np.append(self.plain, self.tail.shape)
        return plain + self.moved(1.0, 1.0)

    def in_order(self, order: Sequence[int]) -> Evidence:
        """The same for the candidates in another order."""
        places = list(order)
        plain = None if self.plain is None else self.plain[places]
        expert = None if self.expert is None else self.expert[places]
        return replace(self, listed=self.listed[places], plain=plain, expert=expert)


def complete(position: Position, tail: Tail | None) -> Floats:
    """Log-probabilities of the listed tokens followed by the tail's, shape (k + m,), in nats.

    Listed values pass through untouched. The unlisted mass is spread in the tail's shape, with no
    token above `position.tail_cap`. Where no mass is missing the tail gets -inf. Where mass is
    missing and there is no tail to hold it, the listed are normalised.
    """
    listed = np.array([c.logprob for c in position.candidates], dtype=np.float64)
    mass = position.tail_mass
    if tail is not None and mass > 0.0 and np.isfinite(tail.shape).any():
        return np.append(listed, _spread(tail.shape, mass, position.tail_cap))
    if mass > 0.0:
        listed = listed - _logsumexp(listed)
    return listed if tail is None else np.append(listed, np.full(len(tail.ids), -np.inf))


def _spread(shape: Floats, mass: float, cap: float) -> Floats:
    """Spread `mass` in the given log-shape with no entry above log-probability `cap`.

    What exceeds the cap is handed to the others in proportion; every round caps at least one
    more token, and rounds are few because the excess shrinks. Where even all tokens at their cap
    cannot hold the mass (a tiny vocabulary), the cap gives way.
    """
    logits = shape - shape.max()
    weights = np.exp(logits)
    limit = np.exp(cap)
    left, scale = mass, mass / weights.sum()
    if scale <= limit:
        return np.asarray(logits + np.log(scale))
    free = weights > 0.0
    if limit * np.count_nonzero(free) <= mass:
        return np.asarray(logits + np.log(scale))
    while (over := free & (weights * scale > limit)).any():
        free &= ~over
        left -= limit * np.count_nonzero(over)
        scale = left / weights[free].sum()
    spread = logits + np.log(scale)
    spread[(weights > 0.0) & ~free] = cap
    return np.asarray(spread)


def _logsumexp(values: Floats) -> float:
    top = values.max()
    return float(top + np.log(np.exp(values - top).sum()))
