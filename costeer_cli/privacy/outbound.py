"""The outbound door: the only code that may hand text to a provider.

Every request is a function of the public prompt, the accepted text and the sampling settings,
and its exact bytes are in the wire log before the provider sees them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from costeer_cli.cloud.embedded import EmbeddedProvider
from costeer_cli.cloud.provider import DraftSettings, Provider, PublicText
from costeer_cli.errors import PrivacyError
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.steering.choice import Choice
from costeer_cli.steering.position import Position

INSTRUCTIONS = "Write the text the user asks for."
"""The fixed system prompt: public, and the same for every person and profile."""

Record = Callable[[str, str, bytes], object]
"""Writes provider, endpoint and body to the wire log; returns only once they are kept."""


class OutboundDoor:
    """One public prompt's way to one provider."""

    source = "cloud"

    def __init__(
        self, provider: Provider, prompt: str, record: Record, top_logprobs: int = 20
    ) -> None:
        self._provider = provider
        self._prompt = prompt
        self._record = record
        self._top_logprobs = top_logprobs
        self.requests = 0
        self.outbound_bytes = 0

    @property
    def provider(self) -> str:
        """The provider's name."""
        return self._provider.name

    @property
    def model(self) -> str:
        """The cloud model's name."""
        return self._provider.model

    @property
    def endpoint(self) -> str:
        """Where requests go."""
        return self._provider.endpoint

    @property
    def prompt_tokens(self) -> int | None:
        """Tokens the cloud has read so far, over all requests, where it tells."""
        return self._provider.prompt_tokens

    def preview(self, max_tokens: int) -> bytes:
        """The exact bytes of the first request; nothing is sent."""
        return self._encode((), max_tokens)

    def draft(self, accepted: Sequence[Choice], max_tokens: int) -> Iterator[Position]:
        """Ask the cloud to go on after `accepted`; closing the iterator cancels the draft.

        Raises:
            PrivacyError: the request could not be checked; nothing was sent.
            StoreError: the request could not be written down; nothing was sent.
            ProviderError: the provider failed.
        """
        body = self._encode(accepted, max_tokens)
        self._record(self._provider.name, self._provider.endpoint, body)
        self.requests += 1
        self.outbound_bytes += len(body)
        return self._provider.stream(body)

    def _encode(self, accepted: Sequence[Choice], max_tokens: int) -> bytes:
        settings = DraftSettings(max_tokens, self._top_logprobs)
        text = PublicText.after(INSTRUCTIONS, self._prompt, accepted)
        body = self._provider.encode(text, settings)
        if body != self._provider.encode(replace(text), settings):
            raise PrivacyError(
                "The request is not a function of the public text alone; nothing was sent."
            )
        return body


def embedded_door(model: LanguageModel, prompt: str, record: Record) -> OutboundDoor:
    """A door to the model in this process."""
    return OutboundDoor(EmbeddedProvider(model), prompt, record)
