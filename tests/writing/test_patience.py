"""Patience: waits grow, have chance in them, follow what was asked, and end."""

from __future__ import annotations

import pytest

from costeer_cli.errors import NotSteerableError, ProviderError, ProviderUnreachableError
from costeer_cli.writing.patience import Patience

GONE = ProviderUnreachableError("Gone.")


def test_waits_grow_up_to_a_limit_and_differ() -> None:
    patience = Patience(tries=99, first=1.0, longest=8.0)
    for failures, most in ((1, 1), (2, 2), (3, 4), (4, 8), (5, 8), (60, 8)):
        waits = [patience.wait(GONE, failures) for _ in range(300)]
        assert 0.0 <= min(waits) < max(waits) <= most
        assert max(waits) > most / 2


def test_what_the_provider_asks_is_done() -> None:
    asked = ProviderUnreachableError("Busy.", wait=7.0)
    waits = [Patience(first=0.5).wait(asked, 1) for _ in range(50)]
    assert all(7.0 <= wait <= 7.5 for wait in waits)
    assert Patience(first=0.0).wait(ProviderUnreachableError("Busy.", wait=0.0), 4) == 0.0


def test_a_wait_that_is_too_long_is_for_the_person_to_decide() -> None:
    asked = ProviderUnreachableError("Busy.", wait=3600.0)
    with pytest.raises(ProviderError, match="3600 s") as caught:
        Patience().wait(asked, 1)
    assert not caught.value.retryable


def test_it_ends() -> None:
    patience = Patience(tries=3, first=0.0)
    assert patience.wait(GONE, 2) == 0.0
    with pytest.raises(ProviderUnreachableError) as caught:
        patience.wait(GONE, 3)
    assert caught.value is GONE


def test_what_lasts_is_not_waited_for() -> None:
    with pytest.raises(NotSteerableError):
        Patience().wait(NotSteerableError("Never."), 1)
