"""The ledger of a text: what its choices can tell of the context at most, and what they did."""

from __future__ import annotations

import math

from costeer_cli.privacy.allowance import Allowance, epsilon_of, rho_of, spent_rho
from costeer_cli.steering.choice import Choice


class Ledger:
    """Adds up what is chosen, and says how far the next choice may be moved.

    Attributes:
        delta: the allowance's; 0 without one.
        told: the most all choices can tell, in nats, taken one by one.
        realised: the log of how much likelier the text is with steering than without, in nats: by
            so much it raises the odds, for somebody with the same models, that this context and
            not none took part. None where that is not known.
    """

    def __init__(self, allowance: Allowance | None, most: int) -> None:
        """Nothing is spent yet; without an allowance costs are only added up.

        Args:
            most: the most choices there will be.
        """
        self._allowance = allowance
        self._left = most
        self.delta = allowance.delta if allowance else 0.0
        self._rho = rho_of(allowance.epsilon, allowance.delta) if allowance else 0.0
        self._squares = 0.0
        self.told = 0.0
        self.realised: float | None = 0.0
        # Which way of adding up leaves more room is settled before anything is chosen.
        self._by_squares = self._squared() > self._plain()

    def add(self, choice: Choice) -> None:
        """Put down a choice."""
        cost = math.inf if choice.cost is None else choice.cost
        self._left -= 1
        self.told += cost
        self._squares += spent_rho(cost)
        if self.realised is not None:
            self.realised = None if choice.moved is None else self.realised + choice.moved

    @property
    def clip(self) -> float:
        """How far the next token may be moved, in nats, so that all that are left fit as well.

        A function of the allowance and of what was spent, both public: positions where the
        context has no say leave their share to those that follow (a privacy filter).
        """
        if self._allowance is None:
            return math.inf
        return self._squared() if self._by_squares else self._plain()

    @property
    def bound(self) -> float:
        """The epsilon of everything sampled so far, in nats, at the allowance's delta."""
        return min(self.told, epsilon_of(self._squares, self.delta))

    def _plain(self) -> float:
        left = self._allowance.epsilon - self.told if self._allowance else 0.0
        return max(left, 0.0) / (2.0 * max(self._left, 1))

    def _squared(self) -> float:
        return math.sqrt(max(self._rho - self._squares, 0.0) / (2.0 * max(self._left, 1)))
