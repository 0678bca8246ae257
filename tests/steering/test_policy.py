"""Choosing: greedy, sampling, supports, certificate, settled positions."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costeer_cli.errors import UsageError
from costeer_cli.steering.completion import Evidence
from costeer_cli.steering.policy import Policy
from costeer_cli.steering.position import Candidate, Position
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
    st.sampled_from([(0.0, 0.0), (0.1, 0.07), (0.5, 0.5), (0.0, 0.2), (0.3, 0.0)]),
    st.data(),
)
def test_a_certified_choice_wins_over_every_full_vocabulary(
    case: tuple[Position, Evidence],
    strength: float,
    clip: float,
    more: tuple[float, float],
    data: st.DataObject,
) -> None:
    """Whatever the cloud truly gave to the unlisted, within mass and cap, the choice stands."""
    position, evidence = case
    policy = Policy(strength=strength, clip=clip, soften=more[0], mix=more[1])
    choice = policy.choose(position, evidence, 0)
    tail = evidence.tail
    if not choice.certified or tail is None or not len(tail.ids) or position.tail_mass <= 0:
        return
    weights = np.exp(data.draw(st.lists(LOGIT, min_size=len(tail.ids), max_size=len(tail.ids))))
    true = weights / weights.sum() * position.tail_mass
    if np.log(true.max()) > position.tail_cap:
        return
    unlisted = (
        Candidate(tail.vocabulary.text(int(token)), int(token), float(logprob))
        for token, logprob in zip(tail.ids, np.log(true), strict=True)
    )
    whole = replace(position, candidates=(*position.candidates, *unlisted))
    assert evidence.plain is not None
    plain = np.append(evidence.plain, tail.shape)
    known = Evidence(evidence.delta, None, plain, evidence.expertise)
    scores = policy.distribution(whole, known).logprob
    texts = [c.text for c in whole.candidates]
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


@given(
    cases(most=8), st.floats(0.5, 2), st.sampled_from([0.0, 0.1, 0.6]), st.sampled_from([0.0, 0.07])
)
def test_softening_and_mixing_are_what_they_say(
    case: tuple[Position, Evidence], strength: float, soften: float, mix: float
) -> None:
    """log pi = (1 - t) log p_cloud + s delta + log(1 - l + l p_context / p_cloud), normalised."""
    position, evidence = case
    policy = Policy(strength, 1.0, clip=math.inf, soften=soften, mix=mix)
    steered = policy.distribution(position, evidence)
    cloud, local = steered.cloud, evidence.with_context
    assert local is not None
    possible = np.isfinite(cloud) & (local - cloud < 8.0)
    with np.errstate(all="ignore"):
        mixed = np.log(1 - mix + mix * np.exp(local - cloud))
        wanted = (1 - soften) * cloud + evidence.moved(strength, strength) + mixed
    apart = (steered.logprob - wanted)[possible]
    assert np.ptp(apart) < 1e-6 if len(apart) else True


def test_softening_and_mixing_fade_with_the_strength() -> None:
    case = build(np.log([0.1, 0.6, 0.3]), np.log([0.2, 0.2, 0.6]), np.zeros(3), listed=3)

    def moved(strength: float) -> float:
        found = Policy(strength, 1.0, soften=0.2, mix=0.2).distribution(*case)
        return float(np.abs(found.logprob - found.cloud).max())

    assert moved(0.0) == 0.0 < moved(0.1) < moved(0.3) < moved(0.5) == moved(2.0)
    plain = replace(case[1], plain=None)
    unmixed = Policy(0.5, 1.0, mix=0.2).distribution(case[0], plain)
    assert np.allclose(unmixed.logprob, unmixed.cloud)


def test_what_the_local_model_cannot_write_is_not_mixed() -> None:
    position, evidence = build(np.log([0.1, 0.6, 0.3]), np.zeros(3), np.zeros(3), listed=3)
    unknown = replace(evidence, plain=np.array([-math.inf, -math.inf, -math.inf]))
    found = Policy(0.5, 1.0, mix=0.5).distribution(position, unknown)
    assert np.allclose(found.logprob, found.cloud)


@pytest.mark.parametrize("name", ["soften", "mix"])
@pytest.mark.parametrize("value", [-0.1, 1.0, math.nan])
def test_shares_are_shares(name: str, value: float) -> None:
    with pytest.raises(UsageError):
        Policy(**{name: value})
