"""The bootstrap: what it says of numbers whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costeer_cli.evaluation.resampling import difference, interval, recovered, statistic


def test_the_mean_and_around_it() -> None:
    found = interval([1.0, 2.0, 3.0, 4.0])
    assert found.value == 2.5
    assert found.low is not None
    assert found.high is not None
    assert 1.0 <= found.low < 2.5 < found.high <= 4.0


def test_it_is_as_wide_as_the_normal_one() -> None:
    values = np.random.default_rng(1).normal(3.0, 2.0, 400)
    found = interval(values.tolist())
    assert found.low is not None
    assert found.high is not None
    assert found.high - found.low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.05)


def test_pairs_take_out_what_people_have_in_common() -> None:
    rng = np.random.default_rng(2)
    people = rng.normal(3.0, 2.0, 30)
    better = people - 0.1 + rng.normal(0, 0.02, 30)
    paired = difference(better.tolist(), people.tolist())
    assert paired.excludes_zero
    assert paired.value == pytest.approx(-0.1, abs=0.02)
    alone = interval(better.tolist())
    assert paired.high is not None
    assert paired.low is not None
    assert alone.high is not None
    assert alone.low is not None
    assert (paired.high - paired.low) * 10 < alone.high - alone.low


def test_no_difference_does_not_exclude_zero() -> None:
    values = np.random.default_rng(3).normal(0.0, 1.0, 50)
    assert not difference(values.tolist(), values[::-1].tolist()).excludes_zero


def test_coverage() -> None:
    rng, hits = np.random.default_rng(4), 0
    for n in range(60):
        found = interval(rng.normal(1.0, 1.0, 40).tolist(), seed=n)
        assert found.low is not None
        assert found.high is not None
        hits += found.low <= 1.0 <= found.high
    assert 51 <= hits <= 60


def test_the_share_of_a_way() -> None:
    plain, best = [3.0, 3.2, 2.8], [2.0, 2.2, 1.8]
    half = [2.5, 2.7, 2.3]
    found = recovered(plain, half, best)
    assert found.value == pytest.approx(0.5)
    assert (found.low, found.high) == (pytest.approx(0.5), pytest.approx(0.5))
    assert recovered(plain, best, best).value == pytest.approx(1.0)
    assert recovered(plain, [3.5, 3.7, 3.3], best).value == pytest.approx(-0.5)


def test_one_person_is_no_sample() -> None:
    found = interval([2.0])
    assert (found.value, found.low, found.high) == (2.0, None, None)
    assert not found.excludes_zero


def test_nobody() -> None:
    with pytest.raises(ValueError, match="nobody"):
        interval([])
    with pytest.raises(ValueError, match="inhomogeneous"):
        difference([1.0, 2.0], [1.0])


def test_the_same_seed_the_same_interval() -> None:
    values = [1.01, 5.3, 2.07, 8.9, 0.4, 3.3, 7.7]
    assert interval(values, seed=3) == interval(values, seed=3)
    assert interval(values, seed=3) != interval(values, seed=4)


@settings(max_examples=20)
@given(st.lists(st.floats(-100, 100), min_size=2, max_size=12))
def test_the_interval_lies_within_the_values(values: list[float]) -> None:
    found = interval(values)
    assert found.low is not None
    assert found.high is not None
    assert min(values) - 1e-9 <= found.low <= found.high <= max(values) + 1e-9


def test_any_statistic() -> None:
    found = statistic([[1.0, 2.0, 9.0]], lambda columns: np.median(columns[0], axis=-1))
    assert found.value == 2.0
    assert (found.low, found.high) == (1.0, 9.0)
