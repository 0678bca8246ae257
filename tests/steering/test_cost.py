"""What a choice can tell of the context: bounds, held against every context there could be."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costeer_cli.errors import UsageError
from costeer_cli.steering.completion import Evidence
from costeer_cli.steering.policy import Policy
from costeer_cli.steering.position import Position
from tests.steering.drawn import build, cases

CLIP = st.sampled_from([0.25, 1.0, 3.0])


@settings(deadline=None)
@given(cases(most=6, tail=True), CLIP, st.floats(0.1, 2.0))
def test_greedy_choices_of_all_contexts_are_as_few_as_the_cost_says(
    case: tuple[Position, Evidence], clip: float, strength: float
) -> None:
    position, evidence = case
    assert evidence.tail is not None
    policy = Policy(strength, clip=clip)
    cost = policy.choose(position, evidence, 0).cost
    listed, unlisted = len(evidence.listed), len(evidence.tail.ids)
    chosen = set()
    for deltas in itertools.product((-40.0, 40.0), repeat=listed + unlisted):
        values = np.array(deltas)
        tail = replace(evidence.tail, delta=values[listed:])
        chosen.add(policy.choose(position, Evidence(values[:listed], tail), 0).text)
    assert cost is not None
    assert math.log(len(chosen)) <= cost + 1e-9


@given(cases(), CLIP, st.sampled_from([0.5, 1.0]), st.integers(0, 5))
def test_a_sampled_choice_costs_twice_the_clip_and_moves_by_less(
    case: tuple[Position, Evidence], clip: float, temperature: float, index: int
) -> None:
    position, evidence = case
    policy = Policy(1.0, temperature, clip=clip)
    choice = policy.choose(position, evidence, index)
    steers = policy.steers(position)
    assert choice.cost == (2 * clip if steers else 0.0)
    assert choice.moved is not None
    assert abs(choice.moved) <= (clip + 1e-9 if steers else 0.0)


@given(cases(), st.sampled_from([0.0, 1.0]), st.floats(0.05, 1.0))
def test_where_the_cloud_is_sure_the_context_has_no_say(
    case: tuple[Position, Evidence], temperature: float, gate: float
) -> None:
    position, evidence = case
    policy = Policy(1.0, temperature, gate=gate)
    sure = max(math.exp(c.logprob) for c in position.candidates) >= gate
    other = replace(evidence, listed=-evidence.listed)
    choices = [policy.choose(position, one, 3) for one in (evidence, other)]
    if sure:
        assert choices[0].text == choices[1].text
        assert [choice.cost for choice in choices] == [0.0, 0.0]
        plain = replace(policy, strength=0.0).choose(position, evidence, 3)
        assert plain.text == choices[0].text
    settled = policy.settled(position)
    if settled is not None:
        assert settled.cost == settled.moved == 0.0
        assert settled.text == choices[0].text


def test_a_gated_greedy_position_needs_no_local_work() -> None:
    position, _ = build(np.log([0.2, 0.55, 0.25]), np.zeros(3), np.zeros(3), 3)
    assert Policy(1.0).settled(position) is None
    settled = Policy(1.0, gate=0.5).settled(position)
    assert settled is not None
    assert settled.text == b"t1"


@pytest.mark.parametrize("gate", [0.0, -0.5, 1.5, math.nan])
def test_what_is_no_gate_is_refused(gate: float) -> None:
    with pytest.raises(UsageError):
        Policy(gate=gate)


@given(cases(most=8), st.sampled_from([0.0, 1.0]), st.data())
def test_what_is_refused_gives_way_to_the_next_best(
    case: tuple[Position, Evidence], temperature: float, data: st.DataObject
) -> None:
    position, evidence = case
    policy = Policy(1.0, temperature)
    order, refused = [], set[bytes]()
    steered = policy.distribution(position, evidence)
    able = int(np.isfinite(steered.logprob).sum())
    for _ in range(able):
        choice = policy.choose(position, evidence, 1, refused)
        assert choice.text not in refused
        assert (choice.source == "guard") == bool(refused)
        assert not (refused and choice.certified)
        order.append(choice.text)
        refused.add(choice.text)
    last = policy.choose(position, evidence, 1, refused)
    assert last.ends
    assert last.source == "guard"
    if temperature == 0.0 and evidence.tail is None:
        scores = dict(zip((c.text for c in position.candidates), steered.logprob, strict=True))
        assert [scores[text] for text in order] == sorted(scores.values(), reverse=True)[:able]


def test_no_clip_is_no_bound() -> None:
    position, evidence = build(np.log([0.5, 0.3, 0.2]), np.zeros(3), np.ones(3), 3)
    assert Policy(1.0, 1.0, clip=math.inf).choose(position, evidence, 0).cost == math.inf
    greedy = Policy(1.0, clip=math.inf).choose(position, evidence, 0)
    assert greedy.cost == pytest.approx(math.log(3))
    assert Policy(0.0, 1.0, clip=math.inf).choose(position, evidence, 0).cost == 0.0
