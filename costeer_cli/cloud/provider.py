"""What a cloud provider is: something that drafts a public text onwards, position by position."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from costeer_cli.steering.choice import Choice
from costeer_cli.steering.position import Position


@dataclass(frozen=True)
class PublicText:
    """All a provider may learn: the public prompt and the text chosen so far.

    Attributes:
        instructions: costeer's own fixed instructions to the model; the same for everyone.
        prompt: what the person asked for.
        accepted: the tokens chosen so far, bytes-exact, with the cloud's ids where known.
    """

    instructions: str
    prompt: str
    accepted: tuple[tuple[bytes, int | None], ...] = ()

    @classmethod
    def after(cls, instructions: str, prompt: str, choices: Sequence[Choice]) -> PublicText:
        """The public text after these choices."""
        return cls(instructions, prompt, tuple((c.text, c.id) for c in choices))


@dataclass(frozen=True)
class DraftSettings:
    """How to draft: at most `max_tokens` positions, each listing `top_logprobs` candidates."""

    max_tokens: int
    top_logprobs: int = 20


class Provider(Protocol):
    """A cloud model with logprobs that continues a text exactly.

    A request is made in two steps so that the outbound door can write down the very bytes before
    they go: `encode` is pure, `stream` sends them.
    """

    @property
    def name(self) -> str:
        """The provider's name, such as `embedded`."""

    @property
    def model(self) -> str:
        """The cloud model's name."""

    @property
    def endpoint(self) -> str:
        """Where requests go, for the wire log."""

    @property
    def prompt_tokens(self) -> int | None:
        """Tokens read so far, over all requests; None where the provider does not tell."""

    def encode(self, text: PublicText, settings: DraftSettings) -> bytes:
        """The body of the request: a function of the arguments and of nothing else."""

    def stream(self, body: bytes) -> Iterator[Position]:
        """Send a body; yield positions as they are drafted. Closing the iterator cancels.

        The draft ends after `max_tokens` positions or after one whose own token ends the text.

        Raises:
            ProviderError: the provider failed or cannot be steered.
        """
