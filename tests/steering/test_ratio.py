"""The ratio clip: exact level, both limits."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.steering.ratio import log_ratio
from tests.steering.drawn import LOGIT

shifts = st.lists(LOGIT, min_size=2, max_size=30)


def _uniform(n: int) -> np.ndarray:  # type: ignore[type-arg]
    return np.full(n, -math.log(n))


@given(shifts, st.floats(1e-3, 20))
def test_level_normalises_like_a_plain_bisection(values: list[float], clip: float) -> None:
    shift = np.array(values)
    logprob = _uniform(len(values))
    ratio, kappa = log_ratio(logprob, shift, clip)
    assert np.abs(ratio).max() <= clip
    np.testing.assert_allclose(np.exp(logprob + ratio).sum(), 1.0, atol=1e-10)
    low, high = shift.min(), shift.max()
    for _ in range(200):
        middle = 0.5 * (low + high)
        total = np.exp(logprob + np.clip(shift - middle, -clip, clip)).sum()
        low, high = (middle, high) if total > 1 else (low, middle)
    np.testing.assert_allclose(ratio, np.clip(shift - low, -clip, clip), atol=1e-6)
    assert shift.min() - 1e-9 <= kappa <= shift.max() + 1e-9


@given(shifts)
def test_without_a_clip_it_is_the_softmax(values: list[float]) -> None:
    shift = np.array(values)
    ratio, _ = log_ratio(_uniform(len(values)), shift, math.inf)
    soft = np.exp(shift - shift.max())
    np.testing.assert_allclose(
        np.exp(ratio) / len(values), soft / soft.sum(), rtol=1e-9, atol=1e-15
    )


def test_zero_clip_and_equal_shifts_move_nothing() -> None:
    assert not log_ratio(_uniform(3), np.array([5.0, 0.0, -5.0]), 0.0)[0].any()
    np.testing.assert_allclose(log_ratio(_uniform(3), np.full(3, 7.0), 1.0)[0], 0, atol=1e-12)


def test_an_impossible_token_does_not_move_the_level() -> None:
    logprob = np.array([math.log(0.5), math.log(0.5), -math.inf])
    with_it = log_ratio(logprob, np.array([1.0, -1.0, 1e6]), 0.7)[1]
    assert with_it == log_ratio(logprob[:2], np.array([1.0, -1.0]), 0.7)[1]
