"""What is to be written, and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from costeer_cli.errors import UsageError
from costeer_cli.personal.profile import Profile
from costeer_cli.privacy.allowance import Allowance
from costeer_cli.steering.policy import Policy
from costeer_cli.writing.budget import Budget

DEFAULT_MAX_TOKENS = 300
DEFAULT_CONTEXT_TOKENS = 1000


_INSTEAD = {
    "--proposals": "How often a proposal is refused would tell more; use a cloud with logprobs.",
    "--offline": "Nothing is sent then; leave one of them out.",
    "--fallback local": "The local model alone knows no bound; leave one of them out.",
    "--temperature 0": "Only chance hides the context: --temperature 1",
}


class Mode(StrEnum):
    """Who writes."""

    STEERED = "steered"
    """The cloud, steered by the local model."""
    PLAIN = "plain"
    """The cloud alone, for comparison."""
    PROPOSALS = "proposals"
    """The cloud, steered by trial: it lists no candidates."""
    OFFLINE = "offline"
    """The local model alone; nothing is sent."""


@dataclass(frozen=True)
class Assignment:
    """One text to write.

    Attributes:
        prompt: what is asked for; public unless `mode` is offline.
        profile: whose voice; None for nobody's.
        policy: how tokens are chosen.
        mode: who writes.
        max_tokens: longest text.
        context_tokens: most tokens of private context the local model reads.
        budget: what it may cost.
        allowance: how much it may tell of the context; None for what the clip allows.
        fallback: whether the local model finishes the text alone where the cloud stays away.
    """

    prompt: str
    profile: Profile | None
    policy: Policy
    mode: Mode = Mode.STEERED
    max_tokens: int = DEFAULT_MAX_TOKENS
    context_tokens: int = DEFAULT_CONTEXT_TOKENS
    budget: Budget = field(default_factory=Budget)
    fallback: bool = False
    allowance: Allowance | None = None

    def __post_init__(self) -> None:
        if not self.prompt.strip():
            raise UsageError(
                "The prompt is empty.", hint='Say what to write: costeer write "a short note ..."'
            )
        if self.max_tokens < 1 or self.context_tokens < 0:
            raise UsageError("--max-tokens must be at least 1 and --context-tokens at least 0.")
        if self.allowance is not None:
            self._require_proof()

    def _require_proof(self) -> None:
        """Refuse what the bound does not hold for (docs/privacy.md says why)."""
        refused = {
            "--proposals": self.mode is Mode.PROPOSALS,
            "--offline": self.mode is Mode.OFFLINE,
            "--fallback local": self.fallback,
            "--temperature 0": self.policy.temperature == 0.0,
        }
        for what, wanted in refused.items():
            if wanted:
                raise UsageError(
                    f"--epsilon holds for no text written with {what}.", hint=_INSTEAD[what]
                )
