"""What a text may cost: requests and money."""

from __future__ import annotations

from dataclasses import dataclass

from costeer_cli.accounts.account import Prices
from costeer_cli.errors import UsageError

_MILLION = 1e6


@dataclass(frozen=True)
class Budget:
    """Limits, and the prices to hold them.

    Attributes:
        requests: most requests; None for any number.
        cost: most US dollars; None for any sum.
        prices: of the provider; None where they are not known.
    """

    requests: int | None = None
    cost: float | None = None
    prices: Prices | None = None

    def __post_init__(self) -> None:
        if self.requests is not None and self.requests < 1:
            raise UsageError("--max-requests must be at least 1.")
        if self.cost is None:
            return
        if not 0 < self.cost < float("inf"):
            raise UsageError("--max-cost must be a sum above 0, in US dollars.")
        if self.prices is None or None in (self.prices.input, self.prices.output):
            raise UsageError(
                "--max-cost needs the provider's prices.",
                hint="Set them: costeer provider add NAME --input-price 0.5 --output-price 1.5",
            )

    def spent(self, prompt: int, cached: int, completion: int) -> float | None:
        """US dollars for so many tokens; None without prices. `cached` are among `prompt`."""
        if self.prices is None or self.prices.input is None or self.prices.output is None:
            return None
        again = self.prices.cached if self.prices.cached is not None else self.prices.input
        dollars = (prompt - cached) * self.prices.input + cached * again
        return (dollars + completion * self.prices.output) / _MILLION

    def affordable(self, requests: int, spent: float | None, prompt: int, wanted: int) -> int:
        """How many tokens one more request may draft; 0 where it may not be made.

        Args:
            requests: made so far.
            spent: so far, in US dollars.
            prompt: tokens that the request makes the cloud read.
            wanted: tokens it would ask for.
        """
        if self.requests is not None and requests >= self.requests:
            return 0
        if self.cost is None or spent is None:
            return wanted
        left = self.cost - spent - (self.spent(prompt, 0, 0) or 0.0)
        each = self.spent(0, 0, 1) or 0.0
        if left <= 0:
            return 0
        return min(int(left / each), wanted) if each else wanted
