"""What the cloud says of one position of the text."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """One token the cloud may write next.

    Attributes:
        text: the token's bytes; may end inside a UTF-8 character; empty for end-of-text.
        id: the token's id in the cloud's vocabulary, where the provider tells it.
        logprob: natural log of the cloud's probability, in nats, at temperature 1.
    """

    text: bytes
    id: int | None
    logprob: float


@dataclass(frozen=True, slots=True)
class Position:
    """One drafted position: the cloud's own choice and its best candidates.

    Attributes:
        chosen: the token the cloud drafted; one of `candidates`.
        candidates: the listed tokens, most likely first, each text once; end-of-text included
            where the provider listed it.
        end: the end-of-text candidate, listed or known by other means; None where unknown.
    """

    chosen: Candidate
    candidates: tuple[Candidate, ...]
    end: Candidate | None = None

    @property
    def tail_mass(self) -> float:
        """Probability of everything the cloud did not list, in [0, 1]."""
        return max(0.0, 1.0 - math.fsum(math.exp(c.logprob) for c in self.candidates))

    def is_end(self, candidate: Candidate) -> bool:
        """Whether choosing `candidate` ends the text."""
        return self.end is not None and (candidate.text, candidate.id) == (
            self.end.text,
            self.end.id,
        )
