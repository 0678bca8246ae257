"""Budgets: never a request or a cent too many."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.accounts.account import Prices
from costeer_cli.errors import UsageError
from costeer_cli.writing.budget import Budget

PRICES = Prices(input=2.0, cached=0.5, output=8.0)


def test_without_limits_everything_goes() -> None:
    assert Budget().affordable(10**6, None, 10**6, 77) == 77
    assert Budget().spent(5, 0, 5) is None


def test_prices_are_per_million() -> None:
    budget = Budget(prices=PRICES)
    assert budget.spent(1_000_000, 0, 0) == pytest.approx(2.0)
    assert budget.spent(1_000_000, 400_000, 0) == pytest.approx(1.4)
    assert budget.spent(0, 0, 1_000_000) == pytest.approx(8.0)
    assert Budget(prices=Prices(2.0, None, 8.0)).spent(10**6, 10**6, 0) == pytest.approx(2.0)


@pytest.mark.parametrize(
    "prices", [Prices(2.0, None, None), Prices(None, 1.0, 8.0), Prices(), None]
)
def test_a_sum_needs_prices(prices: Prices | None) -> None:
    assert Budget(prices=prices).spent(1, 0, 1) is None
    with pytest.raises(UsageError, match="prices"):
        Budget(cost=1.0, prices=prices)


@pytest.mark.parametrize("cost", [0.0, -1.0, math.inf, math.nan])
def test_a_sum_is_a_sum(cost: float) -> None:
    with pytest.raises(UsageError, match="max-cost"):
        Budget(cost=cost, prices=PRICES)


def test_requests_are_counted() -> None:
    budget = Budget(requests=2)
    assert [budget.affordable(made, None, 0, 9) for made in (0, 1, 2, 3)] == [9, 9, 0, 0]
    with pytest.raises(UsageError, match="max-requests"):
        Budget(requests=0)


def test_free_output_is_bounded_by_the_prompt_alone() -> None:
    budget = Budget(cost=1.0, prices=Prices(1.0, None, 0.0))
    assert budget.affordable(0, 0.0, 10, 50) == 50
    assert budget.affordable(0, 1.0, 10, 50) == 0


@given(
    st.floats(1e-6, 10.0),
    st.floats(0.0, 100.0),
    st.floats(0.001, 100.0),
    st.integers(0, 100_000),
    st.integers(1, 4096),
)
def test_the_sum_is_never_exceeded(
    cost: float, into: float, out: float, prompt: int, wanted: int
) -> None:
    budget = Budget(cost=cost, prices=Prices(into, None, out))
    spent, requests = 0.0, 0
    while (allowed := budget.affordable(requests, spent, prompt, wanted)) and requests < 50:
        assert allowed <= wanted
        spent += budget.spent(prompt, 0, allowed) or 0.0
        requests += 1
    assert spent <= cost * (1 + 1e-9)
