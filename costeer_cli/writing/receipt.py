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
        drafted_tokens: positions the cloud drafted; what is more than `tokens` was cut off.
        cloud_prompt_tokens: tokens the cloud read, over all requests, where it tells.
        cloud_completion_tokens: tokens the cloud wrote, over all requests.
        local_passes: paired forward passes of the local model.
    """

    requests: int
    tokens: int
    drafted_tokens: int
    cloud_prompt_tokens: int | None
    cloud_completion_tokens: int
    local_passes: int
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
        epsilon: bound on what the text tells of the context; None where there is none (greedy).
    """

    requests_logged: int
    outbound_bytes: int
    protected_replaced: int
    blocked: int
    steered_tokens: int
    certified_tokens: int
    epsilon: float | None


@dataclass(frozen=True)
class Receipt:
    """The end of a text: why it ended, what it cost, what left."""

    finish_reason: str
    usage: Usage
    privacy: Privacy

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)
