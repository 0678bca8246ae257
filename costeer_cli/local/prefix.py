"""What two texts begin with alike."""

from __future__ import annotations

from collections.abc import Sequence


def shared(first: Sequence[int], second: Sequence[int]) -> int:
    """How many tokens two texts share from the start."""
    count = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        count += 1
    return count
