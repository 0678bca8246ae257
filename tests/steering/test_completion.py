"""Completing the unlisted mass."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given

from costeer_cli.steering.completion import Evidence, complete
from costeer_cli.steering.position import Candidate, Position
from tests.steering.drawn import build, cases


@given(cases(tail=True))
def test_mass_is_whole_listed_untouched_and_cap_kept(case: tuple[Position, Evidence]) -> None:
    position, evidence = case
    full = complete(position, evidence.tail)
    listed, tail = full[: len(position.candidates)], full[len(position.candidates) :]
    assert listed.tolist() == [c.logprob for c in position.candidates]
    if np.isfinite(tail).any():
        np.testing.assert_allclose(np.exp(full).sum(), 1.0, atol=1e-9)
        feasible = math.exp(position.tail_cap) * len(tail) >= position.tail_mass * (1 + 1e-9)
        if feasible:
            assert (tail <= position.tail_cap + 1e-12).all()


def test_shape_is_the_local_models_below_the_cap() -> None:
    cloud = np.log([0.6, 0.2, 0.1, 0.06, 0.04])
    local = np.log([0.2, 0.2, 0.1, 0.2, 0.3])
    position, evidence = build(cloud, local, np.zeros(5), listed=2)
    full = complete(position, evidence.tail)
    np.testing.assert_allclose(np.exp(full[2:]), np.array([0.1, 0.2, 0.3]) / 0.6 * 0.2, rtol=1e-9)


def test_a_capped_token_hands_its_excess_to_the_others() -> None:
    position, evidence = build(
        np.log([0.5, 0.1, 0.1, 0.1, 0.1, 0.1]),
        np.log([0.1, 0.1, 0.7, 0.05, 0.03, 0.02]),
        np.zeros(6),
        listed=2,
    )
    tail = np.exp(complete(position, evidence.tail)[2:])
    np.testing.assert_allclose(tail, 0.1, atol=1e-9)  # the mass fills every cap exactly


def test_end_of_text_is_never_lost() -> None:
    cloud = np.log([0.05, 0.6, 0.35])  # token 0 ends the text and is not listed
    position, evidence = build(cloud, np.log([0.9, 0.05, 0.05]), np.zeros(3), listed=2)
    assert position.end_logprob is None
    assert math.exp(complete(position, evidence.tail)[2]) > 0.049


def test_without_a_tail_the_listed_are_normalised_and_full_lists_pass_untouched() -> None:
    half = Position(Candidate(b"a", 1, math.log(0.5)), (Candidate(b"a", 1, math.log(0.5)),))
    assert complete(half, None).tolist() == [0.0]
    noisy = Position(Candidate(b"a", 1, 1e-9), (Candidate(b"a", 1, 1e-9),))
    assert complete(noisy, None).tolist() == [1e-9]
    assert noisy.tail_cap == -math.inf
