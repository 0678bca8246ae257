"""The one knob of steering, and the paper's five hyperparameters mapped to it."""

from __future__ import annotations

import math
from types import MappingProxyType

from costeer_cli.errors import UsageError

DEFAULT_STRENGTH = 0.5
"""Best or near best on held-out author text for the model pairs measured so far."""


def ftrl_strength(
    steps: int = 20, alpha: float = 2.0, beta: float = 1.0, lam: float = 2.0, eta: float = 10.0
) -> float:
    """The strength that equals `steps` rounds of CoSteer's per-token optimisation.

    The recursion of CoSteer (arXiv 2507.04756) is affine in log p_cloud and delta, so its result
    is exactly `normalise(log p_cloud + c_T delta)` with c_0 = 0 and

        c_t = (sum_{i<t} (alpha c_i + beta) + c_{t-1} / eta) / (t lambda + 1 / eta).

    The paper's defaults (20, 2, 1, 2, 10) give 1.7833. At alpha = lambda c_T grows like log T,
    so T is a strength and nothing else.

    Raises:
        UsageError: a value out of range, or a result that is not finite.
    """
    if steps < 0 or not lam > 0 or not eta > 0:
        raise UsageError("The paper's hyperparameters need T >= 0, lambda > 0 and eta > 0.")
    strength = total = 0.0
    for step in range(1, steps + 1):
        total += alpha * strength + beta
        strength = (total + strength / eta) / (step * lam + 1.0 / eta)
    return finite_strength(strength)


def finite_strength(value: float) -> float:
    """`value` if it can be a strength.

    Raises:
        UsageError: not a finite number.
    """
    if not math.isfinite(value):
        raise UsageError(
            "The strength must be a finite number.",
            hint="0 is the cloud alone, 0.5 is usual, negative values steer away from you.",
        )
    return value


PRESETS = MappingProxyType(
    {"default": DEFAULT_STRENGTH, "light": ftrl_strength(steps=1), "paper": ftrl_strength()}
)
"""Strengths by name: the paper's T=1 variant is `light`, its T=20 default `paper`."""
PAPERS = frozenset({"light", "paper"})
"""Those that stand for the paper's rule, which has nothing but a strength."""


def parse_strength(text: str) -> float:
    """A strength from a number or the name of a preset.

    Raises:
        UsageError: neither.
    """
    if text in PRESETS:
        return PRESETS[text]
    try:
        value = float(text)
    except ValueError:
        raise UsageError(
            "The strength must be a number or one of: " + ", ".join(PRESETS) + ".",
            hint="0.5 is usual.",
        ) from None
    return finite_strength(value)
