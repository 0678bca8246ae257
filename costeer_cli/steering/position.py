"""What the cloud says of one position of the text."""

from __future__ import annotations

import math
from dataclasses import dataclass

_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Candidate:
    """One token the cloud may write next.

    Attributes:
        text: the token's bytes; may end inside a UTF-8 character; empty means end-of-text.
        id: the token's id in the cloud's vocabulary, where the provider tells it.
        logprob: log of the cloud's probability at temperature 1, in nats; finite or -inf.
    """

    text: bytes
    id: int | None
    logprob: float

    @property
    def ends(self) -> bool:
        """Whether choosing this token ends the text."""
        return not self.text


@dataclass(frozen=True, slots=True)
class Position:
    """One drafted position: the cloud's own choice and its best candidates.

    Attributes:
        chosen: the token the cloud drafted; one of `candidates`.
        candidates: what the cloud listed, each text once; the order carries no meaning.
        unnamed: log-probability of the likeliest listed token whose bytes could not be told, so
            that it counts as unlisted; -inf where there is none.
    """

    chosen: Candidate
    candidates: tuple[Candidate, ...]
    unnamed: float = -math.inf

    @property
    def tail_mass(self) -> float:
        """Probability of everything the cloud did not list, in [0, 1]; 0 if only rounding."""
        missing = 1.0 - math.fsum(math.exp(c.logprob) for c in self.candidates)
        return missing if missing > _ROUNDING else 0.0

    @property
    def tail_cap(self) -> float:
        """Log of the most that any one unlisted token can have, in nats; -inf without a tail.

        A token that was not listed is no likelier than the least likely listed one (those without
        known bytes counted), nor than all unlisted mass together.
        """
        mass = self.tail_mass
        if mass <= 0.0:
            return -math.inf
        least = min(c.logprob for c in self.candidates)
        return min(math.log(mass), max(least, self.unnamed))

    @property
    def end_logprob(self) -> float | None:
        """Log-probability of ending here, where the cloud listed it."""
        return next((c.logprob for c in self.candidates if c.ends), None)
