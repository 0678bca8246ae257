"""Strength: the closed form, its presets, and what is refused."""

from __future__ import annotations

import math

import pytest

from costeer_cli.errors import UsageError
from costeer_cli.steering.strength import PRESETS, finite_strength, ftrl_strength, parse_strength


@pytest.mark.parametrize(
    ("steps", "strength"),
    [(0, 0.0), (1, 0.476190), (2, 0.731707), (5, 1.125616), (10, 1.448781), (20, 1.783257)],
)
def test_paper_defaults_by_number_of_steps(steps: int, strength: float) -> None:
    assert ftrl_strength(steps) == pytest.approx(strength, abs=1e-6)


def test_beta_is_proportional_and_alpha_below_lambda_converges() -> None:
    assert ftrl_strength(beta=3.0) == pytest.approx(3 * ftrl_strength())
    assert ftrl_strength(20_000, alpha=1.0, eta=1e9) == pytest.approx(1.0, abs=0.01)
    # at alpha = lambda it never settles: the paper's own setting
    assert ftrl_strength(4000) - ftrl_strength(2000) == pytest.approx(0.5 * math.log(2), abs=0.01)


def test_presets_and_numbers_parse() -> None:
    assert parse_strength("paper") == PRESETS["paper"] == ftrl_strength()
    assert parse_strength("light") == ftrl_strength(1)
    assert parse_strength("-0.25") == -0.25


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "strong", "", "1,5"])
def test_what_is_no_strength_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="strength must be"):
        parse_strength(text)


@pytest.mark.parametrize("bad", [{"steps": -1}, {"lam": 0.0}, {"eta": -1.0}, {"lam": math.nan}])
def test_impossible_hyperparameters_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="hyperparameters"):
        ftrl_strength(**bad)  # type: ignore[arg-type]


def test_overflowing_hyperparameters_are_refused() -> None:
    with pytest.raises(UsageError, match="finite"):
        ftrl_strength(steps=5000, alpha=1e6)
    assert finite_strength(0.5) == 0.5
