"""What a cloud provider is: something that drafts a public text onwards, position by position."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
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

    @property
    def text(self) -> bytes:
        """The text chosen so far; may end inside a UTF-8 character."""
        return b"".join(text for text, _ in self.accepted)

    @property
    def messages(self) -> list[dict[str, str]]:
        """The chat before the text."""
        return [
            {"role": "system", "content": self.instructions},
            {"role": "user", "content": self.prompt},
        ]


@dataclass(frozen=True)
class DraftSettings:
    """How to draft.

    Attributes:
        max_tokens: most positions.
        top_logprobs: candidates each position lists, at most.
        peek: one position only, asked for so that it is listed whatever its own token is; for a
            draft that came back empty because it would begin inside a character.
    """

    max_tokens: int
    top_logprobs: int = 20
    peek: bool = False


@dataclass(frozen=True)
class Request:
    """One request, ready to go.

    Attributes:
        endpoint: the whole URL.
        body: the exact bytes.
        most: positions asked for.
        held: the end of the accepted text that the body leaves out, because the service would
            change it; the draft has to begin with it.
    """

    endpoint: str
    body: bytes
    most: int
    held: bytes = b""


@dataclass
class Traffic:
    """What a provider has reported of its requests so far.

    Attributes:
        prompt_tokens: tokens it read; None where it never told.
        cached_tokens: those of them it had in its cache; None where it never told.
        model: the model it says it is; '' before it said so.
    """

    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    model: str = ""

    def read(self, prompt: int | None, cached: int | None = None) -> None:
        """Add one request's tokens."""
        if prompt is not None:
            self.prompt_tokens = (self.prompt_tokens or 0) + prompt
        if cached is not None:
            self.cached_tokens = (self.cached_tokens or 0) + cached


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
    def headers(self) -> Mapping[str, str]:
        """Headers that go with every request, for the wire log."""

    @property
    def flows(self) -> bool:
        """Whether drafts go on elsewhere while nobody reads them."""

    @property
    def stride(self) -> int | None:
        """The longest draft that makes sense; None where any length does."""

    @property
    def traffic(self) -> Traffic:
        """What was reported so far, over all requests."""

    def encode(self, text: PublicText, settings: DraftSettings) -> Request:
        """The request: a function of the arguments and of nothing else."""

    def stream(self, request: Request) -> Generator[Position, None, None]:
        """Send a request; yield positions as they are drafted. Closing the iterator cancels.

        The draft ends after `max_tokens` positions or after one whose own token ends the text.

        Raises:
            ProviderError: the provider failed or cannot be steered.
        """

    def propose(self, request: Request) -> Generator[bytes, None, None]:
        """Send a request; yield pieces of text as they are written, and nothing at its end.

        Raises:
            ProviderError: the provider failed, or does not propose.
        """

    def close(self) -> None:
        """Let go of connections."""
