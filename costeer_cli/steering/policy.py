"""The steering policy: one choice per position, in closed form.

    log p_steered = log p_cloud + clip(shift / temperature - kappa, -B, B)
    shift = strength * delta + s * expert - t log p_cloud + log(1 - l + l p_context / p_cloud)

The first term is CoSteer's optimisation (arXiv 2507.04756) solved exactly; its utilities add up, so
an expert that is told apart is one term more. The others soften a cloud that is too sure of itself
and mix in what the local model would write with the context; with t = l = 0 it is the paper's. The
ratio clip bounds how far all of them together can go.
Greedy takes the likeliest token; sampling adds keyed Gumbel noise and takes the maximum.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from costeer_cli.errors import UsageError
from costeer_cli.steering.certificate import certified
from costeer_cli.steering.choice import Choice
from costeer_cli.steering.completion import Evidence, Tail, complete
from costeer_cli.steering.noise import gumbel, token_hashes
from costeer_cli.steering.position import Position
from costeer_cli.steering.ratio import DEFAULT_CLIP, log_ratio
from costeer_cli.steering.strength import DEFAULT_STRENGTH, finite_strength
from costeer_cli.steering.support import restrict

Floats = NDArray[np.float64]

DEFAULT_SOFTEN, DEFAULT_MIX = 0.1, 0.07
"""Near the best for all pairs measured, on people they were not fitted on (docs/benchmarks.md)."""

_WHOLE = 0.5  # the strength from which on softening and mixing are whole
_LEAST = -700.0  # nats; what is less likely is impossible
_FARTHEST = 8.0  # nats by which the local model's view counts; more than any clip in use


@dataclass(frozen=True)
class Steered:
    """The distributions at one position; arrays (k + m,): the listed, then the tail.

    Attributes:
        cloud: log p_cloud at temperature 1, completed.
        base: log p_cloud at the sampling temperature and support: what strength 0 would use.
        logprob: log p_steered.
    """

    cloud: Floats
    base: Floats
    logprob: Floats


@dataclass(frozen=True)
class Policy:
    """How tokens are chosen.

    Attributes:
        strength: weight of the delta; 0 is the cloud alone.
        temperature: 0 is greedy.
        top_k, top_p: support of the cloud's distribution, before steering; 0 and 1 keep all.
        clip: B, the most the log of p_steered / p_cloud may move, in nats; infinity for none.
        seed: keys the noise of sampling.
        soften: t, how much of the cloud's certainty is given up, from 0 to below 1.
        mix: l, the local model's share, from 0 to below 1. Both are as they are from a strength
            of 0.5 on, and less below, so that strength 0 is the cloud; negative strengths do not
            mix.
        gate: where the cloud's likeliest token has this probability or more the context has no
            say; 1 gives it one everywhere.
        expert: s, the weight of what an expert adds, where that is a signal of its own; None for
            the strength.
    """

    strength: float = DEFAULT_STRENGTH
    temperature: float = 0.0
    top_k: int = 0
    top_p: float = 1.0
    clip: float = DEFAULT_CLIP
    seed: int = 0
    gate: float = 1.0
    soften: float = 0.0
    mix: float = 0.0
    expert: float | None = None

    def __post_init__(self) -> None:
        finite_strength(self.strength)
        finite_strength(self._expert)
        if not (math.isfinite(self.temperature) and self.temperature >= 0):
            raise UsageError("The temperature must be 0 (greedy) or a positive number.")
        if self.top_k < 0 or not 0 < self.top_p <= 1:
            raise UsageError("top-k must be 0 or more and top-p above 0 and at most 1.")
        if not self.clip >= 0:
            raise UsageError("The clip must be 0 or more, in nats.")
        if not 0.0 < self.gate <= 1.0:
            raise UsageError("The gate is a probability: above 0 and at most 1.")
        if not (0.0 <= self.soften < 1.0 and 0.0 <= self.mix < 1.0):
            raise UsageError("What is softened and mixed must be at least 0 and below 1.")

    @property
    def weighs(self) -> bool:
        """Whether anything of the local model counts; else the cloud is alone."""
        return self.strength != 0.0 or self._expert != 0.0

    @property
    def _expert(self) -> float:
        return self.strength if self.expert is None else self.expert

    def steers(self, position: Position) -> bool:
        """Whether the context has a say at a position: a question of public things alone."""
        best = max(candidate.logprob for candidate in position.candidates)
        return self.weighs and best < math.log(self.gate)

    def distribution(self, position: Position, evidence: Evidence) -> Steered:
        """The cloud's and the steered distribution at one position."""
        temperature = self.temperature or 1.0
        cloud = complete(position, evidence.tail)
        base = restrict(cloud, temperature, self.top_k, self.top_p)
        if not self.steers(position):
            return Steered(cloud, base, base)
        ratio, _ = log_ratio(base, self._shift(cloud, evidence) / temperature, self.clip)
        return Steered(cloud, base, base + ratio)

    def _shift(self, cloud: Floats, evidence: Evidence) -> Floats:
        """How the context moves each token before the clip, (k + m,), in nats."""
        shift = evidence.moved(self.strength, self._expert)
        whole = min(max(abs(self.strength), abs(self._expert)) / _WHOLE, 1.0)
        soften, mix = whole * self.soften, whole * self.mix if self.strength > 0.0 else 0.0
        if not soften and not mix:
            return shift
        cloud = np.maximum(cloud, _LEAST)
        shift -= soften * cloud
        local = evidence.with_context if mix else None
        if local is not None:
            factor = np.exp(np.minimum(local - cloud, _FARTHEST))
            factor[np.isneginf(local)] = 1.0  # what it cannot write it has no view of
            shift += np.log(1.0 - mix + mix * factor)
        return shift

    def choose(
        self,
        position: Position,
        evidence: Evidence,
        index: int,
        refused: Collection[bytes] = (),
    ) -> Choice:
        """Choose the token at `index` (0-based in the text).

        The result does not depend on the order of the candidates: they are put in order of the
        cloud's liking first, and ties go to the first.

        Args:
            refused: token texts that may not be chosen; the next best is. Where nothing else is
                possible the text ends.
        """
        position, evidence = _in_order(position, evidence)
        steered = self.distribution(position, evidence)
        scores = steered.logprob
        if self.temperature > 0.0:
            scores = scores + gumbel(self.seed, index, _hashes(position, evidence))
        if refused:
            scores = scores.copy()
            scores[_places(position, evidence, refused)] = -np.inf
        pick = int(scores.argmax())
        cost = self._cost(position, evidence)
        if scores[pick] == -math.inf:
            return Choice(b"", None, "guard", None, None, None, None, cost=cost)
        proof = not refused and self._certified(position, evidence, pick)
        choice = _choice(position, evidence, steered, pick, proof)
        return replace(choice, cost=cost, source="guard" if refused else choice.source)

    def settled(self, position: Position) -> Choice | None:
        """The choice, where the cloud alone decides it whatever the delta; else None.

        With the ratio clip no context can lift a token past one that is more than 2B likelier,
        so such a position needs no local work and tells nothing about the context.
        """
        if self.temperature > 0.0:
            return None
        ranked = sorted(position.candidates, key=lambda c: (-c.logprob, c.text))
        best, cap = ranked[0], position.tail_cap
        rival = max((ranked[1].logprob, cap) if len(ranked) > 1 else (cap,))
        reach = 2.0 * self.clip if self.steers(position) else 0.0
        if not best.logprob - rival > reach or best.logprob == -math.inf:
            return None
        source = "cloud" if best == position.chosen else "steered"
        return Choice(
            text=best.text,
            id=best.id,
            source=source,
            cloud_logprob=best.logprob,
            delta=None,
            steered_logprob=best.logprob,
            rank=0,
            certified=True,
            cost=0.0,
            moved=0.0,
        )

    def _cost(self, position: Position, evidence: Evidence) -> float:
        """The most the choice can tell of the context, in nats.

        Sampled: replacing the context moves the log-probability of a token by 2B at most. Greedy:
        only tokens within 2B of the cloud's best can win, and naming one of n takes log n.
        """
        if not self.steers(position):
            return 0.0
        if self.temperature > 0.0:
            return 2.0 * self.clip
        logprobs = [c.logprob for c in position.candidates]
        least = max(logprobs) - 2.0 * self.clip
        able = sum(logprob >= least and logprob > -math.inf for logprob in logprobs)
        if evidence.tail is not None and position.tail_cap >= least:
            fitting = position.tail_mass / math.exp(least) if math.isfinite(least) else math.inf
            able += int(min(fitting, len(evidence.tail.ids)))
        return math.log(able)

    def _certified(self, position: Position, evidence: Evidence, pick: int) -> bool:
        """Whether `pick` is the greedy choice over the cloud's full vocabulary."""
        tail = evidence.tail
        if self.temperature > 0.0 or pick >= len(position.candidates):
            return False
        if self._covered(position):
            return True
        if self.top_k or self.top_p < 1.0:
            return False  # which unlisted tokens are cut is unknown
        if self.soften or self.mix:  # by how much unlisted tokens are moved is not known
            shifts = self._shift(_listed(position), replace(evidence, tail=None))
            reach = 2.0 * self.clip + 1.0  # past every listed one: as far as the clip lets through
            most = np.array([shifts.min() - reach, shifts.max() + reach])
            return certified(position, shifts, most, pick, self.clip)
        shifts = evidence.moved(self.strength, self._expert)
        listed, rest = shifts[: len(position.candidates)], shifts[len(position.candidates) :]
        if tail is not None and not (known := tail.known).all():
            rest = rest[known]
        return certified(position, listed, rest, pick, self.clip)

    def _covered(self, position: Position) -> bool:
        """Whether top-k or top-p keep only listed tokens, so that the tail cannot matter."""
        if 0 < self.top_k <= len(position.candidates):
            return True
        return 1.0 - position.tail_mass >= self.top_p


def _in_order(position: Position, evidence: Evidence) -> tuple[Position, Evidence]:
    ranked = sorted(
        enumerate(position.candidates), key=lambda pair: (-pair[1].logprob, pair[1].text)
    )
    order = [i for i, _ in ranked]
    candidates = tuple(candidate for _, candidate in ranked)
    return replace(position, candidates=candidates), evidence.in_order(order)


def _listed(position: Position) -> Floats:
    return np.array([candidate.logprob for candidate in position.candidates])


def _hashes(position: Position, evidence: Evidence) -> NDArray[np.uint64]:
    listed = token_hashes(c.text for c in position.candidates)
    if evidence.tail is None:
        return listed
    return np.append(listed, evidence.tail.vocabulary.hashes[evidence.tail.ids])


def _places(position: Position, evidence: Evidence, texts: Collection[bytes]) -> list[int]:
    """Where tokens of these texts stand among the listed and the tail's."""
    places = [i for i, candidate in enumerate(position.candidates) if candidate.text in texts]
    if evidence.tail is not None:
        hashes = evidence.tail.vocabulary.hashes[evidence.tail.ids]
        unlisted = np.flatnonzero(np.isin(hashes, token_hashes(texts)))
        places += (unlisted + len(position.candidates)).tolist()
    return places


def _choice(
    position: Position, evidence: Evidence, steered: Steered, pick: int, proof: bool
) -> Choice:
    if pick < len(position.candidates):
        text, token_id = position.candidates[pick].text, position.candidates[pick].id
    else:
        tail = cast(Tail, evidence.tail)
        own = int(tail.ids[pick - len(position.candidates)])
        text = tail.vocabulary.text(own)
        token_id = own if tail.shared else None
    return Choice(
        text=text,
        id=token_id,
        source="cloud" if text == position.chosen.text else "steered",
        cloud_logprob=float(steered.cloud[pick]),
        delta=evidence.total(pick),
        steered_logprob=float(steered.logprob[pick]),
        rank=int(np.count_nonzero(steered.cloud > steered.cloud[pick])),
        certified=proof,
        moved=float(steered.logprob[pick] - steered.base[pick]),
    )
