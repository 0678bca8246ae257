"""Which systems are compared."""

from __future__ import annotations

import math

import pytest

from costeer_cli.evaluation.systems import Kind, papers, systems
from costeer_cli.steering.policy import Policy


def test_baselines_first_and_the_paper_last() -> None:
    found = systems(Policy(0.5), [1.0, 0.3], send_context=False)
    assert [one.name for one in found] == [
        "cloud",
        "local+context",
        "steered s=0.3",
        "steered s=0.5",
        "steered s=1",
        "paper s=1.78",
    ]
    assert [one.policy.strength for one in found[:2]] == [0.0, 0.0]
    assert [one.kind for one in found[2:]] == [Kind.STEERED] * 4


def test_the_scalar_alone_is_compared_where_more_is_done() -> None:
    found = systems(Policy(0.5, soften=0.1, mix=0.07), [1.0], send_context=False)
    names = [one.name for one in found]
    assert names[2:] == ["steered s=0.5", "steered s=1", "scalar s=0.5", "paper s=1.78"]
    assert [(one.policy.soften, one.policy.mix) for one in found[2:]] == [
        (0.1, 0.07),
        (0.1, 0.07),
        (0.0, 0.0),
        (0.0, 0.0),
    ]


def test_no_strength_twice_and_none_of_0() -> None:
    found = systems(Policy(0.5), [0.5, 0.0, 0.5], send_context=False)
    assert [one.name for one in found][2:-1] == ["steered s=0.5"]


def test_the_cloud_is_told_only_where_that_is_said() -> None:
    told = systems(Policy(0.5), [], send_context=True)
    assert told[-1].kind is Kind.EVERYTHING
    assert Kind.EVERYTHING not in {one.kind for one in systems(Policy(), [], send_context=False)}


def test_the_paper_knows_no_clip() -> None:
    paper = papers(Policy(0.2, temperature=0.7, top_p=0.9, clip=1.0, seed=3))
    assert paper.strength == pytest.approx(1.7833, abs=1e-4)
    assert paper.clip == math.inf
    assert (paper.temperature, paper.top_p, paper.seed) == (0.7, 0.9, 3)


def test_all_else_is_the_same_in_all_that_are_steered() -> None:
    policy = Policy(0.5, clip=2.0, seed=9)
    for one in systems(policy, [0.25, 0.75], send_context=True)[2:-2]:
        assert (one.policy.clip, one.policy.seed) == (2.0, 9)
