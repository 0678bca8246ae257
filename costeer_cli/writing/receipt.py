"""What a text cost and what left the machine for it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Usage:
    """Counts and seconds of one text.

    Attributes:
        requests: requests to the cloud.
        tokens: tokens of the text.
        drafted_tokens: positions of the cloud's drafts that arrived.
        accepted_tokens: those that became text as they were.
        wasted_tokens: the others, cut off or chosen otherwise.
        cloud_prompt_tokens: tokens the cloud read, over all requests, where it tells.
        cloud_cached_tokens: those of them that it had in its cache, where it tells.
        cloud_completion_tokens: tokens the cloud wrote, over all requests.
        local_passes: paired forward passes of the local model.
        cost: US dollars, by the prices of the account, prompt tokens guessed where the cloud
            does not tell; None without prices.
    """

    requests: int
    tokens: int
    drafted_tokens: int
    accepted_tokens: int
    wasted_tokens: int
    cloud_prompt_tokens: int | None
    cloud_cached_tokens: int | None
    cloud_completion_tokens: int
    local_passes: int
    cost: float | None
    seconds: float
    local_seconds: float
    cloud_seconds: float


@dataclass(frozen=True)
class Privacy:
    """What left the machine, and what was held back.

    Attributes:
        requests_logged: requests in the wire log.
        outbound_bytes: bytes of their bodies.
        protected_replaced: protected values that left as placeholders.
        blocked: choices the guard refused.
        steered_tokens: tokens that are not the cloud's own.
        certified_tokens: greedy tokens proved equal to the choice over the full vocabulary.
        epsilon: bound on what the text tells of the context, in nats, with probability 1 - delta;
            None where there is none (greedy, or no ratio clip). Choices the guard refused are
            outside of it.
        delta: as above; 0 for always.
        bits: the same bound for a greedy text, as what it takes to say which of all texts that
            some context could have led to this is; None where there is none.
        realised: log of how much likelier the text was with steering than without, in nats; None
            where that is not known.
    """

    requests_logged: int
    outbound_bytes: int
    protected_replaced: int
    blocked: int
    steered_tokens: int
    certified_tokens: int
    epsilon: float | None
    delta: float = 0.0
    bits: float | None = None
    realised: float | None = None


@dataclass(frozen=True)
class Receipt:
    """The end of a text: why it ended, what it cost, what left."""

    finish_reason: str
    usage: Usage
    privacy: Privacy

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)
