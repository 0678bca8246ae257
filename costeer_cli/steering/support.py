"""Which tokens may be chosen at all: temperature, top-k and top-p on the cloud's distribution.

They act before steering, so the set depends on nothing private (a set cut after steering would
tell the context apart and void the privacy bound), and it is a plausibility mask as well.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def restrict(logprob: Floats, temperature: float, top_k: int, top_p: float) -> Floats:
    """The cloud's distribution at a temperature, cut to its likeliest tokens.

    Args:
        logprob: log p_cloud at temperature 1, shape (n,), in nats.
        temperature: above 0; 1 leaves the values as they are.
        top_k: keep this many of the likeliest; 0 keeps all.
        top_p: keep the smallest set of the likeliest that holds this mass, in (0, 1].

    Returns:
        Log-probabilities, shape (n,); -inf where cut. With temperature 1 and nothing to cut,
        exactly the input.
    """
    scaled = logprob if temperature == 1.0 else logprob / temperature
    kept = np.isfinite(scaled)
    if 0 < top_k < len(scaled):
        kept &= scaled >= np.partition(scaled, -top_k)[-top_k]
    if top_p < 1.0:
        masked = np.where(kept, scaled, -np.inf)
        order = np.argsort(-masked, kind="stable")
        mass = np.exp(_normalised(masked)[order]).cumsum()
        last = int(np.searchsorted(mass, top_p * (1.0 - 1e-12)))
        kept &= scaled >= scaled[order[min(last, len(order) - 1)]]
    if scaled is logprob and np.array_equal(kept, np.isfinite(logprob)):
        return logprob
    return _normalised(np.where(kept, scaled, -np.inf))


def _normalised(logprob: Floats) -> Floats:
    top = logprob.max()
    return np.asarray(logprob - (top + np.log(np.exp(logprob - top).sum())))
