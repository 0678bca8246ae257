"""The meter: what was told is believed, what was not is guessed, and every second has a name."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from costeer_cli.accounts.account import Prices
from costeer_cli.writing.budget import Budget
from costeer_cli.writing.meter import Meter

PRICES = Prices(input=1e6, cached=5e5, output=1e7)  # 1, 0.5 and 10 dollars a token


@dataclass
class Cloud:
    requests: int = 0
    prompt_tokens: int | None = None
    cached_tokens: int | None = None


def test_what_is_not_told_is_guessed() -> None:
    cloud = Cloud()
    meter = Meter(cloud, Budget(prices=PRICES), prompt=10)
    with meter.request(0):
        pass
    with meter.request(5):
        pass
    meter.drafted = 3
    assert meter.cost == pytest.approx(10 + 15 + 30)


def test_what_is_told_replaces_the_guess_and_the_cache_is_cheaper() -> None:
    cloud = Cloud()
    meter = Meter(cloud, Budget(prices=PRICES), prompt=10)
    with meter.request(0):
        cloud.prompt_tokens = 12
    with meter.request(5):
        cloud.prompt_tokens, cloud.cached_tokens = 32, 16
    with meter.request(9):  # broke off before it told
        pass
    assert meter.cost == pytest.approx(16 * 1.0 + 16 * 0.5 + 19)


def test_a_request_that_fails_is_paid_for_too() -> None:
    meter = Meter(Cloud(), Budget(prices=PRICES), prompt=10)
    with pytest.raises(RuntimeError), meter.request(2):
        raise RuntimeError
    assert meter.cost == pytest.approx(12)


def test_without_prices_there_is_no_sum() -> None:
    meter = Meter(Cloud(), Budget(), prompt=10)
    with meter.request(0):
        pass
    assert meter.cost is None
    assert meter.affordable(0, 9) == 9


def test_seconds_are_counted_where_they_go() -> None:
    meter = Meter(Cloud(requests=4), Budget(), prompt=10)
    with meter.timing("cloud"):
        sum(range(200_000))
    meter.drafted, meter.accepted = 9, 6
    usage = meter.usage(7, 3)
    assert usage.local_seconds == 0.0
    assert 0.0 < usage.cloud_seconds <= usage.seconds
    assert (usage.requests, usage.tokens, usage.local_passes) == (4, 7, 3)
    assert (usage.drafted_tokens, usage.accepted_tokens, usage.wasted_tokens) == (9, 6, 3)
