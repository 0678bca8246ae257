"""When the greedy choice is proved to be the one over the cloud's full vocabulary."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from costeer_cli.steering.position import Position
from costeer_cli.steering.ratio import log_ratio

Floats = NDArray[np.float64]


def certified(position: Position, listed: Floats, tail: Floats, pick: int, clip: float) -> bool:
    """Whether `pick` wins whatever the unlisted probabilities are.

    Each unlisted token has at most `position.tail_cap`, so without a clip `pick` must score at
    least the cap plus the largest unlisted shift. With one, the level kappa depends on the
    unlisted probabilities too; it lies between its values with all unlisted mass on the lowest
    and on the highest unlisted shift. The gap between two tokens is piecewise linear in kappa,
    so its extremes over that interval are at the ends or where a clip sets in.

    Args:
        listed: strength times delta of the candidates, (k,), in nats.
        tail: the same for every token that may be unlisted, or the extremes of it, (m,).
        pick: index into the candidates.
        clip: the ratio clip B in nats; infinity for none.
    """
    logprob = np.array([c.logprob for c in position.candidates])
    cap = position.tail_cap
    if cap == -math.inf:
        return True
    if not len(tail):
        return False
    scores, shifts = np.append(logprob, cap), np.append(listed, tail.max())
    if math.isinf(clip):
        return bool((scores + shifts <= scores[pick] + shifts[pick]).all())
    masses = np.append(logprob, math.log(position.tail_mass))
    low = log_ratio(masses, np.append(listed, tail.min()), clip)[1]
    high = log_ratio(masses, shifts, clip)[1]
    levels = np.concatenate([[low, high], shifts - clip, shifts + clip])
    levels = np.minimum(np.maximum(levels, low), high)
    moved = np.clip(shifts - levels[:, None], -clip, clip) + scores
    return bool((moved <= moved[:, [pick]]).all())
