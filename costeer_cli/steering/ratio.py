"""How far steering may move a probability: the ratio clip.

With B the bound, every probability keeps `exp(-B) <= p_steered / p_cloud <= exp(B)`. That stops
over-steering, and it is what the privacy budget counts: replacing the whole personal context by
any other changes the log-probability of a token by at most 2B.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DEFAULT_CLIP = 4.0
"""Nats. Wide enough to leave ordinary steering alone, tight enough to stop a collapse."""

_ROUNDS = 200
_TOLERANCE = 1e-13


def log_ratio(logprob: Floats, shift: Floats, clip: float) -> tuple[Floats, float]:
    """The log of p_steered / p_cloud for each token, and the level that makes it normalise.

    Finds kappa with `sum p exp(clip(shift - kappa, -B, B)) = 1` (monotone in kappa) and returns
    `clip(shift - kappa, -B, B)`. Each round solves for kappa as if the set of clipped tokens
    were known; a bracket guards it, so it ends like a bisection at worst.

    Args:
        logprob: log p_cloud, normalised, shape (n,), in nats; -inf where impossible.
        shift: strength times delta (over the temperature), shape (n,), in nats.
        clip: B in nats, at least 0; infinity for none.
    """
    prob = np.exp(logprob)
    possible = prob > 0.0
    if clip <= 0.0 or not possible.any():
        return np.zeros_like(shift), 0.0
    able = shift if possible.all() else np.where(possible, shift, -np.inf)
    low = float((shift if able is shift else shift[possible]).min())
    high = float(able.max())
    top, mass = high, float(prob.sum())
    weight = prob * np.exp(able - top)
    kappa = top + float(np.log(weight.sum() / mass))
    if low >= kappa - clip and high <= kappa + clip:  # nothing is clipped: already exact
        return shift - kappa if able is shift else np.clip(shift - kappa, -clip, clip), kappa
    for _ in range(0 if np.isinf(clip) else _ROUNDS):
        below, above = shift < kappa - clip, shift > kappa + clip
        middle = float(weight[~(below | above)].sum())
        fixed = float(prob[below].sum()) * np.exp(-clip) + float(prob[above].sum()) * np.exp(clip)
        excess = fixed + middle * np.exp(top - kappa) - mass
        if abs(excess) < _TOLERANCE or high - low < _TOLERANCE:
            break
        low, high = (kappa, high) if excess > 0 else (low, kappa)
        solved = (
            top + float(np.log(middle / (mass - fixed))) if middle > 0 and fixed < mass else low
        )
        kappa = solved if low < solved < high else 0.5 * (low + high)
    return np.clip(shift - kappa, -clip, clip), kappa
