"""Allowances: conversions between rho and (epsilon, delta), held between what is known exactly."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import UsageError
from costeer_cli.privacy.allowance import Allowance, epsilon_of, rho_of, spent_rho

RHO = st.floats(1e-4, 20.0)
DELTA = st.floats(1e-9, 0.1)


def gaussian_delta(epsilon: float, rho: float) -> float:
    """The exact delta of the Gaussian mechanism of that zCDP (Balle and Wang 2018, theorem 8)."""
    mu = math.sqrt(2.0 * rho)

    def below(x: float) -> float:
        return 0.5 * math.erfc(-x / math.sqrt(2.0))

    first = below(mu / 2 - epsilon / mu)
    return first - math.exp(min(epsilon, 700.0)) * below(-mu / 2 - epsilon / mu)


@given(RHO, DELTA)
def test_it_is_no_worse_than_the_usual_formula(rho: float, delta: float) -> None:
    usual = rho + 2.0 * math.sqrt(rho * math.log(1.0 / delta))  # Bun and Steinke 2016, prop. 1.3
    assert epsilon_of(rho, delta) <= usual * (1 + 1e-3) + 1e-6


@given(RHO, DELTA)
def test_it_is_no_better_than_a_mechanism_that_has_just_this_rho(rho: float, delta: float) -> None:
    assert gaussian_delta(epsilon_of(rho, delta), rho) <= delta * (1 + 1e-6)


@given(RHO, DELTA)
def test_both_directions_agree(rho: float, delta: float) -> None:
    epsilon = epsilon_of(rho, delta)
    if epsilon > 0.0:
        assert rho_of(epsilon, delta) >= rho * (1 - 1e-6)
        assert epsilon_of(rho_of(epsilon, delta), delta) <= epsilon * (1 + 1e-9)


def test_nothing_spent_is_nothing_told_and_no_delta_is_no_help() -> None:
    assert epsilon_of(0.0, 0.0) == epsilon_of(0.0, 1e-5) == 0.0
    assert epsilon_of(0.1, 0.0) == math.inf
    assert epsilon_of(math.inf, 1e-5) == math.inf
    assert rho_of(3.0, 0.0) == 0.0
    assert spent_rho(2.0 * 0.3) == pytest.approx(2.0 * 0.3**2)


@pytest.mark.parametrize(
    ("epsilon", "delta"),
    [(0.0, 0.0), (-1.0, 0.0), (math.nan, 0.0), (math.inf, 0.0), (1.0, 1.0), (1.0, -0.1)],
)
def test_what_is_no_allowance_is_refused(epsilon: float, delta: float) -> None:
    with pytest.raises(UsageError):
        Allowance(epsilon, delta)
