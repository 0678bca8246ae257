"""The laws hold for every policy over random vocabularies, and can be broken."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costeer_cli.steering import laws
from costeer_cli.steering.completion import Evidence
from costeer_cli.steering.policy import Policy, Steered
from costeer_cli.steering.position import Candidate, Position
from costeer_cli.steering.strength import ftrl_strength
from tests.steering.drawn import build, cases, with_expert

policies = st.builds(
    Policy,
    strength=st.floats(-3, 3),
    temperature=st.sampled_from([0.0, 0.3, 0.7, 1.0, 1.5]),
    top_k=st.sampled_from([0, 1, 3, 20]),
    top_p=st.sampled_from([1.0, 0.9, 0.5, 0.01]),
    clip=st.sampled_from([0.0, 0.25, 1.0, 4.0, math.inf]),
    seed=st.integers(0, 2**63),
    gate=st.sampled_from([1.0, 0.9, 0.5]),
    soften=st.sampled_from([0.0, 0.1, 0.9]),
    mix=st.sampled_from([0.0, 0.07, 0.9]),
    expert=st.none() | st.floats(-3, 3),
)


@given(policies, cases())
def test_zero_strength_is_the_cloud(policy: Policy, case: tuple[Position, Evidence]) -> None:
    laws.assert_zero_strength_is_the_cloud(policy, *case)


@given(policies, cases())
def test_normalised(policy: Policy, case: tuple[Position, Evidence]) -> None:
    laws.assert_normalised(policy, *case)


@given(policies, cases())
def test_impossible_stays_impossible(policy: Policy, case: tuple[Position, Evidence]) -> None:
    position, evidence = case
    ruled_out = Candidate(b"never", None, -math.inf)
    position = Position(position.chosen, (*position.candidates, ruled_out))
    assert evidence.plain is not None
    plain = np.append(evidence.plain, -1.0)
    evidence = Evidence(np.append(evidence.listed, 50.0), evidence.tail, plain)
    laws.assert_impossible_stays_impossible(policy, position, evidence)
    assert policy.choose(position, evidence, 0).text != b"never"


@given(policies, cases())
def test_ratio_is_bounded(policy: Policy, case: tuple[Position, Evidence]) -> None:
    laws.assert_ratio_bounded(policy, *case)


@given(policies, cases())
def test_signals_add_up(policy: Policy, case: tuple[Position, Evidence]) -> None:
    laws.assert_signals_add_up(policy, *case)


def test_an_expert_has_a_weight_of_its_own() -> None:
    cloud, delta = np.log([0.4, 0.3, 0.2, 0.1]), np.array([0.0, 1.0, 0.0, 0.0])
    position, evidence = build(cloud, cloud, delta, 3)
    evidence = with_expert(evidence, [0.0, 0.0, 0.0, 4.0])
    assert Policy(0.5).choose(position, evidence, 0).text == b"t3"
    assert Policy(0.5, expert=0.1).choose(position, evidence, 0).text == b"t1"
    assert Policy(0.0, expert=0.5).choose(position, evidence, 0).text == b"t3"
    assert Policy(0.0, expert=0.0).choose(position, evidence, 0).text == b""
    assert Policy(0.5, expert=0.0).distribution(position, evidence).logprob.tolist() == (
        Policy(0.5).distribution(*build(cloud, cloud, delta, 3)).logprob.tolist()
    )


def test_a_choice_with_an_expert_is_certified_only_where_it_is_sure() -> None:
    cloud, delta = np.log([0.6, 0.3, 0.06, 0.04]), np.zeros(4)
    position, evidence = build(cloud, cloud, delta, 2)
    sure, unsure = (with_expert(evidence, [0.0, 0.0, 0.0, x]) for x in (0.5, 9.0))
    assert Policy(0.5).choose(position, sure, 0).certified
    assert not Policy(0.5).choose(position, unsure, 0).certified
    assert Policy(0.5, expert=0.01).choose(position, unsure, 0).certified


@given(policies, cases(), st.randoms(), st.integers(0, 10_000))
def test_order_of_candidates_changes_nothing(
    policy: Policy, case: tuple[Position, Evidence], random: object, index: int
) -> None:
    order = list(range(len(case[0].candidates)))
    random.shuffle(order)  # type: ignore[attr-defined]
    laws.assert_order_free(policy, *case, order, index)


@given(
    cases(most=60),
    st.integers(0, 30),
    st.floats(0, 4),
    st.floats(-2, 2),
    st.floats(0.1, 5),
    st.floats(0.1, 100),
)
def test_closed_form_equals_the_papers_recursion(
    case: tuple[Position, Evidence], steps: int, alpha: float, beta: float, lam: float, eta: float
) -> None:
    strength = ftrl_strength(steps, alpha, beta, lam, eta)
    if abs(strength) > 50:
        return  # exp of the shift leaves float64; no such strength is of use
    laws.assert_follows_ftrl(*case, strength, steps, alpha, beta, lam, eta)


def test_closed_form_over_a_large_vocabulary() -> None:
    rng = np.random.default_rng(1)
    cloud = rng.normal(size=50_000) * 4
    cloud -= np.log(np.exp(cloud).sum())
    case = build(cloud, cloud, rng.normal(size=50_000), listed=20)
    laws.assert_follows_ftrl(*case, ftrl_strength(), 20, 2.0, 1.0, 2.0, 10.0)


@settings(max_examples=10, deadline=None)
@given(
    st.builds(
        Policy,
        strength=st.floats(-2, 2),
        temperature=st.sampled_from([0.5, 1.0, 1.3]),
        top_p=st.sampled_from([1.0, 0.8]),
        clip=st.sampled_from([0.5, 4.0]),
        seed=st.integers(0, 2**40),
    ),
    cases(most=6),
)
def test_sampling_follows_the_steered_distribution(
    policy: Policy, case: tuple[Position, Evidence]
) -> None:
    laws.assert_sampling_follows(policy, *case, draws=2000)


class _Unnormalised(Policy):
    def distribution(self, position: Position, evidence: Evidence) -> Steered:
        right = super().distribution(position, evidence)
        return Steered(right.cloud, right.base, right.logprob + 0.1)


def test_the_laws_can_fail() -> None:
    case = build(np.log([0.5, 0.3, 0.2]), np.log([0.2, 0.3, 0.5]), np.array([0.0, 1.0, -1.0]), 2)
    wrong = _Unnormalised(strength=1.0, temperature=1.0)
    with pytest.raises(AssertionError):
        laws.assert_normalised(wrong, *case)
    with pytest.raises(AssertionError):
        laws.assert_zero_strength_is_the_cloud(wrong, *case)
    with pytest.raises(AssertionError):
        laws.assert_follows_ftrl(*case, 1.0, 20, 2.0, 1.0, 2.0, 10.0)
    with pytest.raises(AssertionError):
        laws.assert_ratio_bounded(_Unnormalised(strength=9.0, clip=0.01), *case)
