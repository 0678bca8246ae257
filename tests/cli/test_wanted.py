"""How a text is to be steered: flags before the profile's defaults before costeer's."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from costeer_cli.cli.wanted import Wanted
from costeer_cli.errors import UsageError
from costeer_cli.privacy.allowance import Allowance
from costeer_cli.steering.policy import DEFAULT_MIX, DEFAULT_SOFTEN, Policy
from costeer_cli.steering.strength import PRESETS, ftrl_strength

NOTHING = Wanted(None, None, None, 0, 1.0, None, None, None, None, 0.0)
DEFAULTS = {
    "strength": 0.8,
    "temperature": 0.7,
    "soften": 0.3,
    "mix": 0.2,
    "clip": 2.0,
    "gate": 0.95,
    "expert": 0.6,
}


def test_by_default_it_is_the_rule_that_measured_best() -> None:
    usual = Policy(soften=DEFAULT_SOFTEN, mix=DEFAULT_MIX)
    assert NOTHING.settle({}) == (usual, None)
    assert (usual.strength, usual.clip, usual.gate) == (0.5, 4.0, 1.0)


def test_the_profile_comes_before_and_flags_first() -> None:
    policy, _ = NOTHING.settle(DEFAULTS)
    assert {name: getattr(policy, name) for name in DEFAULTS} == DEFAULTS
    flags = replace(NOTHING, strength="0.1", temperature=0.0, clip=1.0, gate=1.0)
    policy, _ = flags.settle(DEFAULTS)
    assert (policy.strength, policy.temperature, policy.clip, policy.gate) == (0.1, 0.0, 1.0, 1.0)
    assert (policy.soften, policy.mix) == (0.3, 0.2)
    assert policy.expert is None  # one strength was asked for, and weighs all alike


@pytest.mark.parametrize("name", ["light", "paper"])
def test_the_papers_rule_neither_softens_nor_mixes(name: str) -> None:
    for wanted, defaults in (
        (replace(NOTHING, strength=name), DEFAULTS),
        (NOTHING, {"strength": name}),
    ):
        policy, _ = wanted.settle(defaults)
        assert (policy.strength, policy.soften, policy.mix) == (PRESETS[name], 0.0, 0.0)
        assert policy.expert is None


def test_hyperparameters_are_a_strength_of_the_papers_rule(
    capsys: pytest.CaptureFixture[str],
) -> None:
    policy, _ = replace(NOTHING, ftrl="20,2,1,2,10").settle(DEFAULTS)
    assert (policy.strength, policy.soften, policy.mix) == (ftrl_strength(), 0.0, 0.0)
    assert "1.7833" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "20", "20,2,1,2", "a,b,c,d,e", "1000000,2,1,2,10"])
def test_what_are_no_hyperparameters_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--ftrl"):
        replace(NOTHING, ftrl=text).settle({})
    with pytest.raises(UsageError, match="same thing"):
        replace(NOTHING, ftrl="20,2,1,2,10", strength="1").settle({})


def test_a_budget_brings_chance_a_gate_and_no_other_clip() -> None:
    wanted = replace(NOTHING, epsilon=8.0, delta=1e-5)
    policy, allowance = wanted.settle({"temperature": 0.0, "clip": 2.0, "gate": 1.0})
    assert allowance == Allowance(8.0, 1e-5)
    assert (policy.temperature, policy.clip, policy.gate) == (1.0, math.inf, 0.9)
    other, _ = wanted.settle({})
    assert policy.seed != other.seed
    assert max(policy.seed, other.seed) > 2**64
    own, _ = replace(wanted, temperature=0.7, clip=0.5, gate=0.8).settle({})
    assert (own.temperature, own.clip, own.gate) == (0.7, 0.5, 0.8)


def test_what_would_void_a_budget_is_refused() -> None:
    with pytest.raises(UsageError, match="--seed"):
        replace(NOTHING, epsilon=8.0, seed=1).settle({})
    with pytest.raises(UsageError, match="--delta"):
        replace(NOTHING, delta=0.1).settle({})
    with pytest.raises(UsageError):
        replace(NOTHING, epsilon=-1.0).settle({})


def test_proposals_are_sampled_with_a_bound_of_their_own() -> None:
    policy, _ = NOTHING.settle(DEFAULTS, proposals=True)
    assert (policy.temperature, policy.clip) == (1.0, 1.0)


def test_greedy_needs_no_seed_and_sampling_draws_one() -> None:
    assert NOTHING.settle({})[0].seed == 0
    sampled = replace(NOTHING, temperature=0.7)
    assert sampled.settle({})[0].seed != sampled.settle({})[0].seed
    assert replace(sampled, seed=5).settle({})[0].seed == 5
