"""How long a draft to ask for, so that little of what is paid for is thrown away."""

from __future__ import annotations

import math

_FIRST, _LEAST, _MOST = 24, 8, 256
_MEMORY = 0.7


class Reach:
    """Follows the lengths of the runs that were accepted.

    A run ends after each token with the same chance, more or less, so its lengths are about
    geometric: twice the mean is reached by one run in seven.
    """

    def __init__(self) -> None:
        self._mean = _FIRST / 2

    @property
    def tokens(self) -> int:
        """Positions to ask for."""
        return min(max(math.ceil(2 * self._mean), _LEAST), _MOST)

    def ran(self, accepted: int, *, cut: bool) -> None:
        """Learn from a run of `accepted` tokens; one that was not cut would have gone on."""
        length = accepted if cut else accepted + self._mean
        self._mean = _MEMORY * self._mean + (1 - _MEMORY) * length
