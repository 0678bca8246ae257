"""The laws of steering as assert functions: any rule and any change of one must keep them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from costeer_cli.steering.completion import Evidence
from costeer_cli.steering.noise import token_hashes
from costeer_cli.steering.policy import Policy
from costeer_cli.steering.position import Position

Floats = NDArray[np.float64]


def assert_zero_strength_is_the_cloud(
    policy: Policy, position: Position, evidence: Evidence
) -> None:
    """Strength 0 gives the cloud's own distribution, bit for bit."""
    steered = replace(policy, strength=0.0, expert=None).distribution(position, evidence)
    assert steered.logprob.tobytes() == steered.base.tobytes()
    plain = replace(policy, strength=0.0, expert=None, temperature=1.0, top_k=0, top_p=1.0)
    listed = plain.distribution(position, evidence).logprob[: len(position.candidates)]
    if evidence.tail is not None or position.tail_mass == 0.0:
        assert listed.tolist() == [c.logprob for c in position.candidates]


def assert_normalised(policy: Policy, position: Position, evidence: Evidence) -> None:
    """Steering moves probability about and neither makes nor loses any."""
    steered = policy.distribution(position, evidence)
    np.testing.assert_allclose(np.exp(steered.logprob).sum(), np.exp(steered.base).sum(), rtol=1e-9)


def assert_impossible_stays_impossible(
    policy: Policy, position: Position, evidence: Evidence
) -> None:
    """What the cloud rules out, no delta brings back."""
    steered = policy.distribution(position, evidence)
    assert not np.isnan(steered.logprob).any()
    assert np.isneginf(steered.logprob[np.isneginf(steered.base)]).all()


def assert_ratio_bounded(policy: Policy, position: Position, evidence: Evidence) -> None:
    """No probability moves by more than a factor exp(B) either way."""
    steered = policy.distribution(position, evidence)
    possible = np.isfinite(steered.base)
    moved = np.abs(steered.logprob[possible] - steered.base[possible])
    assert (moved <= policy.clip + 1e-9).all()


def assert_order_free(
    policy: Policy, position: Position, evidence: Evidence, order: list[int], index: int = 0
) -> None:
    """Permuting the candidates changes nothing."""
    shuffled = replace(position, candidates=tuple(position.candidates[i] for i in order))
    moved = evidence.in_order(order)
    assert policy.choose(position, evidence, index) == policy.choose(shuffled, moved, index)


def assert_signals_add_up(policy: Policy, position: Position, evidence: Evidence) -> None:
    """An expert that is told apart is one signal more: with the weight of the context it is as if
    it were not, and with any weights it is as one signal of the weighted sum."""
    if evidence.expert is None:
        return
    even = replace(policy, expert=None)
    _assert_same(even, position, evidence, even, together(evidence, 1.0, 1.0))
    weights = policy.strength, policy.strength if policy.expert is None else policy.expert
    plain = replace(policy, soften=0.0, mix=0.0)
    one = replace(plain, strength=1.0, expert=None)
    if any(weights):
        _assert_same(plain, position, evidence, one, together(evidence, *weights))


def together(evidence: Evidence, context: float, expert: float) -> Evidence:
    """The evidence with one signal: the weighted sum of both."""
    moved, listed = evidence.moved(context, expert), len(evidence.listed)
    tail = evidence.tail and replace(evidence.tail, delta=moved[listed:], expert=None)
    return replace(evidence, listed=moved[:listed], tail=tail, expert=None)


def _assert_same(
    one: Policy, position: Position, evidence: Evidence, other: Policy, of_other: Evidence
) -> None:
    """Two policies with evidence of their own give one distribution."""
    first, second = one.distribution(position, evidence), other.distribution(position, of_other)
    np.testing.assert_allclose(np.exp(first.logprob), np.exp(second.logprob), rtol=1e-9, atol=1e-12)


def assert_follows_ftrl(
    position: Position,
    evidence: Evidence,
    strength: float,
    steps: int,
    alpha: float,
    beta: float,
    lam: float,
    eta: float,
) -> None:
    """The closed form equals the literal recursion of CoSteer (arXiv 2507.04756)."""
    policy = Policy(strength=strength, temperature=1.0, clip=np.inf)
    steered = policy.distribution(position, evidence)
    literal = ftrl_recursion(steered.cloud, evidence.moved(1.0, 1.0), steps, alpha, beta, lam, eta)
    np.testing.assert_allclose(np.exp(steered.logprob), np.exp(literal), atol=1e-5, rtol=1e-5)


def ftrl_recursion(
    cloud: Floats, delta: Floats, steps: int, alpha: float, beta: float, lam: float, eta: float
) -> Floats:
    """CoSteer's T-step optimisation as the paper writes it; the oracle, never the engine."""
    possible = np.isfinite(cloud)
    base, move = cloud[possible] - _logsumexp(cloud[possible]), delta[possible]
    current, gains = base.copy(), np.zeros_like(base)
    for step in range(1, steps + 1):
        gains += alpha * (current - base) + beta * move
        current = (step * lam * base + gains + current / eta) / (step * lam + 1.0 / eta)
        current -= _logsumexp(current)
    result = np.full_like(cloud, -np.inf)
    result[possible] = current
    return result


def assert_sampling_follows(
    policy: Policy, position: Position, evidence: Evidence, draws: int
) -> None:
    """Drawn frequencies equal the steered distribution.

    All `draws` indices of one seed are taken, so the result is fixed; each frequency must lie
    within five standard errors of its probability, and nothing impossible is ever drawn.
    """
    target = np.exp(policy.distribution(position, evidence).logprob)
    texts = [c.text for c in position.candidates]
    if evidence.tail is not None:
        texts += [evidence.tail.vocabulary.text(int(i)) for i in evidence.tail.ids]
    assert len(set(token_hashes(texts).tolist())) == len(texts)
    place = {text: i for i, text in enumerate(texts)}
    counts = np.zeros(len(texts))
    for index in range(draws):
        counts[place[policy.choose(position, evidence, index).text]] += 1
    error = np.sqrt(target * (1 - target) / draws)
    assert (np.abs(counts / draws - target) <= 5 * error + 1e-12).all()


def _logsumexp(values: Floats) -> float:
    top = values.max()
    return float(top + np.log(np.exp(values - top).sum()))
