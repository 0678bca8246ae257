"""Choosing: greedy, sampling, supports, certificate, settled positions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costeer_cli.errors import UsageError
from costeer_cli.steering.completion import Evidence
from costeer_cli.steering.policy import Policy
from costeer_cli.steering.position import Candidate, Position
from costeer_cli.steering.ratio import log_ratio
from costeer_cli.steering.support import restrict
from tests.steering.drawn import LOGIT, build, cases

CLOUD = np.log([0.1, 0.5, 0.3, 0.1])


def test_a_delta_moves_the_choice_and_strength_decides() -> None:
    case = build(CLOUD, CLOUD, np.array([0.0, 0.0, 1.5, 0.0]), listed=3)
    assert Policy(strength=0.0).choose(*case, 0).text == b"t1"
    moved = Policy(strength=1.0).choose(*case, 0)
    assert (moved.text, moved.source, moved.rank, moved.delta) == (b"t2", "steered", 1, 1.5)
    assert moved.cloud_logprob == pytest.approx(math.log(0.3))
    assert moved.steered_logprob > moved.cloud_logprob
    assert Policy(strength=-1.0).choose(*case, 0).source == "cloud"


def test_an_unlisted_token_can_be_chosen_and_carries_its_id() -> None:
    case = build(CLOUD, CLOUD, np.array([0.0, 0.0, 0.0, 9.0]), listed=2)
    choice = Policy(strength=1.0, clip=math.inf).choose(*case, 0)
    assert (choice.text, choice.id, choice.certified) == (b"t3", 3, False)


def test_end_of_text_is_a_choice_like_any_other() -> None:
    case = build(CLOUD, CLOUD, np.array([9.0, 0.0, 0.0, 0.0]), listed=4)
    assert Policy(strength=1.0).choose(*case, 0).ends


@pytest.mark.parametrize(
    "bad",
    [
        {"strength": math.nan},
        {"temperature": -0.1},
        {"temperature": math.inf},
        {"top_k": -1},
        {"top_p": 0.0},
        {"top_p": 1.1},
        {"clip": -1.0},
        {"clip": math.nan},
    ],
)
def test_impossible_settings_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        Policy(**bad)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("top_k", "top_p", "kept"),
    [
        (0, 1.0, [0, 1, 2, 3]),
        (1, 1.0, [1]),
        (2, 1.0, [1, 2]),
        (0, 0.5, [1]),
        (0, 0.51, [1, 2]),
        (0, 0.8, [1, 2]),
        (3, 0.99, [0, 1, 2, 3]),  # ties at the edge stay together
        (9, 1.0, [0, 1, 2, 3]),
    ],
)
def test_support_is_cut_on_the_cloud_before_steering(
    top_k: int, top_p: float, kept: list[int]
) -> None:
    cut = restrict(CLOUD, 1.0, top_k, top_p)
    assert np.flatnonzero(np.isfinite(cut)).tolist() == kept
    np.testing.assert_allclose(np.exp(cut[kept]).sum(), 1.0)


def test_temperature_sharpens_the_cloud() -> None:
    np.testing.assert_allclose(
        np.exp(restrict(CLOUD, 0.5, 0, 1.0)), np.exp(CLOUD) ** 2 / (np.exp(CLOUD) ** 2).sum()
    )


@settings(max_examples=300)
@given(
    cases(most=8, tail=True),
    st.floats(-2, 2),
    st.sampled_from([0.3, 1.0, 3.0, math.inf]),
    st.data(),
)
def test_a_certified_choice_wins_over_every_full_vocabulary(
    case: tuple[Position, Evidence], strength: float, clip: float, data: st.DataObject
) -> None:
    """Whatever the cloud truly gave to the unlisted, within mass and cap, the choice stands."""
    position, evidence = case
    policy = Policy(strength=strength, clip=clip)
    choice = policy.choose(position, evidence, 0)
    tail = evidence.tail
    if not choice.certified or tail is None or not len(tail.ids) or position.tail_mass <= 0:
        return
    weights = np.exp(data.draw(st.lists(LOGIT, min_size=len(tail.ids), max_size=len(tail.ids))))
    true = weights / weights.sum() * position.tail_mass
    if np.log(true.max()) > position.tail_cap:
        return
    cloud = np.append([c.logprob for c in position.candidates], np.log(true))
    ratio, _ = log_ratio(cloud, strength * evidence.delta, clip)
    texts = [c.text for c in position.candidates]
    scores = cloud + ratio
    assert scores[texts.index(choice.text)] >= scores.max() - 1e-9


def test_certificates_are_given_and_withheld() -> None:
    sure = build(np.log([0.01, 0.9, 0.05, 0.04]), CLOUD, np.array([0.0, 0.1, 0.2, 0.3]), listed=2)
    assert Policy(strength=0.5).choose(*sure, 0).certified
    torn = build(np.log([0.3, 0.31, 0.2, 0.19]), CLOUD, np.array([0.0, 0.0, 0.0, 1.0]), listed=2)
    assert not Policy(strength=0.5).choose(*torn, 0).certified
    assert Policy(strength=0.5, top_k=2).choose(*torn, 0).certified
    assert not Policy(strength=0.5, temperature=1.0).choose(*sure, 0).certified


@given(cases(tail=True), st.floats(-3, 3), st.sampled_from([0.1, 0.5, 2.0, math.inf]))
def test_settled_is_what_choose_would_say(
    case: tuple[Position, Evidence], strength: float, clip: float
) -> None:
    policy = Policy(strength=strength, clip=clip)
    settled = policy.settled(case[0])
    if settled is not None:
        assert settled.text == policy.choose(*case, 0).text
        assert settled.delta is None


def test_a_sure_cloud_is_settled_and_a_sampled_position_never() -> None:
    position = Position(
        Candidate(b"a", 1, math.log(0.999)),
        (Candidate(b"a", 1, math.log(0.999)), Candidate(b"b", 2, math.log(0.0005))),
    )
    assert Policy(clip=1.0).settled(position) is not None
    assert Policy(clip=4.0).settled(position) is None
    assert Policy(clip=4.0, strength=0.0).settled(position) is not None
    assert Policy(clip=1.0, temperature=1.0).settled(position) is None
