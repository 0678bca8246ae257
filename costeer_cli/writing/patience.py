"""How often, and after how long, a provider that fails is asked again."""

from __future__ import annotations

import random
from dataclasses import dataclass

from costeer_cli.errors import ProviderError

_LONGEST_WAIT = 120.0


@dataclass(frozen=True)
class Patience:
    """Exponential backoff with full jitter.

    Source: M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015.

    Attributes:
        tries: requests in a row that may fail without a single new token.
        first: most seconds before the second request; doubles with each failure.
        longest: most seconds of any wait that the provider did not ask for.
    """

    tries: int = 5
    first: float = 1.0
    longest: float = 20.0

    def wait(self, error: ProviderError, failures: int) -> float:
        """Seconds to wait after the `failures`-th failure in a row.

        Raises:
            ProviderError: `error`, where asking again makes no sense or took too many tries.
        """
        if not error.retryable or failures >= self.tries:
            raise error
        if error.wait is None:
            return random.uniform(0, min(self.longest, self.first * 2 ** (failures - 1)))  # noqa: S311
        if error.wait > _LONGEST_WAIT:
            raise ProviderError(
                f"The provider asks to wait {error.wait:.0f} s.", hint="Try again after that."
            ) from error
        return error.wait + random.uniform(0, self.first)  # noqa: S311
