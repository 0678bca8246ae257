"""The outbound door: the only code that may hand text to a provider.

Every request is a function of the public prompt, the accepted text and the sampling settings: it
is held against a shape in which nothing else has a place. Its exact bytes are in the wire log
before the provider sees them. Nothing is sent twice, no redirect is followed, and every request
that is made again is checked and written down again.

A proxy that the environment names (HTTPS_PROXY and the like) is the person's own and is used, but
never for a service on this machine. Of https it sees to which host, when and how much.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from costeer_cli.accounts.account import Account
from costeer_cli.accounts.switch import require_allowed
from costeer_cli.cloud.capability import Capability
from costeer_cli.cloud.embedded import EmbeddedProvider
from costeer_cli.cloud.line import Line
from costeer_cli.cloud.provider import DraftSettings, Provider, PublicText, Request
from costeer_cli.cloud.remote import RemoteProvider
from costeer_cli.cloud.speech import Tokens
from costeer_cli.errors import PrivacyError
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.privacy.outbound.seal import Passage
from costeer_cli.privacy.outbound.shape import Shape
from costeer_cli.steering.choice import Choice
from costeer_cli.steering.position import Position

__all__ = [
    "INSTRUCTIONS",
    "Cloud",
    "OutboundDoor",
    "Record",
    "Screen",
    "Tokens",
    "embedded_cloud",
    "remote_cloud",
    "shape_of",
]

INSTRUCTIONS = "Write the text the user asks for."
"""The fixed system prompt: public, and the same for every person and profile."""

Record = Callable[[str, str, Mapping[str, str], bytes], object]
"""Writes provider, endpoint, headers and body to the wire log; returns once they are kept."""

Screen = Callable[[str], object]
"""Raises where a public text, the prompt with the accepted text below it, must not go out."""

T = TypeVar("T")


class OutboundDoor:
    """One public prompt's way to one provider."""

    source = "cloud"

    def __init__(
        self,
        provider: Provider,
        prompt: str,
        record: Record,
        top_logprobs: int = 20,
        screen: Screen | None = None,
        *,
        shape: Shape,
    ) -> None:
        self._provider = provider
        self._prompt = prompt
        self._record = record
        self._top_logprobs = top_logprobs
        self._screen = screen
        self._shape = shape
        self._passage = Passage(shape.base_url)
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
    def flows(self) -> bool:
        """Whether drafts go on elsewhere while nobody reads them."""
        return self._provider.flows

    @property
    def stride(self) -> int | None:
        """The longest draft that makes sense; None where any length does."""
        return self._provider.stride

    @property
    def prompt_tokens(self) -> int | None:
        """Tokens the cloud has read so far, over all requests, where it tells."""
        return self._provider.traffic.prompt_tokens

    @property
    def cached_tokens(self) -> int | None:
        """Those of them that it had in its cache, where it tells."""
        return self._provider.traffic.cached_tokens

    def preview(self, max_tokens: int) -> tuple[str, bytes]:
        """Address and exact bytes of the first request; nothing is sent."""
        request = self._encode((), DraftSettings(max_tokens, self._top_logprobs))
        return request.endpoint, request.body

    def draft(self, accepted: Sequence[Choice], max_tokens: int) -> Generator[Position, None, None]:
        """Ask the cloud to go on after `accepted`; closing the iterator cancels the draft.

        A draft that ends before its first position is asked for once more, as a peek.

        Raises:
            PrivacyError: the request is not as it must be, or could not be checked; it was
                neither written down nor sent.
            StoreError: the request could not be written down; nothing was sent.
            ProviderError: the provider failed.
        """
        settings = DraftSettings(max_tokens, self._top_logprobs)
        drafted = False
        with closing(self._send(accepted, settings)) as positions:
            for position in positions:
                drafted = True
                yield position
        if not drafted:
            with closing(self._send(accepted, replace(settings, peek=True))) as positions:
                yield from positions

    def propose(self, accepted: Sequence[Choice], max_tokens: int) -> Generator[bytes, None, None]:
        """Ask the cloud to go on after `accepted` without listing anything; raises as `draft`.

        How often it is asked after the same text tells it how often it was refused there.
        """
        request = self._take_down(accepted, DraftSettings(max_tokens, self._top_logprobs))
        yield from self._let_out(self._provider.propose(request))

    def close(self) -> None:
        """Let go of connections."""
        self._provider.close()

    def _send(
        self, accepted: Sequence[Choice], settings: DraftSettings
    ) -> Generator[Position, None, None]:
        yield from self._let_out(self._provider.stream(self._take_down(accepted, settings)))

    def _let_out(self, answer: Generator[T, None, None]) -> Generator[T, None, None]:
        """Read an answer; while the provider is at work it may reach its service."""
        try:
            while True:
                with self._passage:
                    try:
                        item = next(answer)
                    except StopIteration:
                        return
                yield item
        finally:
            with self._passage:
                answer.close()

    def _take_down(self, accepted: Sequence[Choice], settings: DraftSettings) -> Request:
        """The request, checked, written down and counted."""
        request = self._encode(accepted, settings)
        self._record(self._provider.name, request.endpoint, self._provider.headers, request.body)
        self.requests += 1
        self.outbound_bytes += len(request.body)
        return request

    def _encode(self, accepted: Sequence[Choice], settings: DraftSettings) -> Request:
        text = PublicText.after(INSTRUCTIONS, self._prompt, accepted)
        if self._screen is not None:
            _screen(self._screen, text)
        request = self._provider.encode(text, settings)
        if request != self._provider.encode(replace(text), settings) or not self._shape.explains(
            request, self._provider.headers, text, settings
        ):
            raise PrivacyError(
                "The request is not a function of the public text alone; nothing was sent.",
                hint="This is a fault of costeer or of an add-on; another provider may do.",
            )
        return request


def _screen(screen: Screen, text: PublicText) -> None:
    """Fails closed; what went wrong may quote the text, so it is not passed on."""
    try:
        screen(f"{text.prompt}\n\n{text.text.decode('utf-8', 'replace')}")
    except PrivacyError:
        raise
    except Exception as error:
        raise PrivacyError(
            f"The text could not be screened ({type(error).__name__}); nothing was sent."
        ) from None


class Open(Protocol):
    """Opens a door for one public prompt."""

    def __call__(self, prompt: str, record: Record, screen: Screen | None = None) -> OutboundDoor:
        """Nothing is sent yet."""


@dataclass(frozen=True)
class Cloud:
    """Who writes in public.

    Attributes:
        name: the provider's.
        model: the cloud model's.
        open: opens a door for one public prompt.
    """

    name: str
    model: str
    open: Open


def embedded_cloud(model: LanguageModel) -> Cloud:
    """The model in this process plays the cloud."""
    shape = Shape("in-process", model.name, tokens=model)

    def open_(prompt: str, record: Record, screen: Screen | None = None) -> OutboundDoor:
        return OutboundDoor(EmbeddedProvider(model), prompt, record, screen=screen, shape=shape)

    return Cloud(EmbeddedProvider.name, model.name, open_)


def remote_cloud(
    account: Account,
    key: str | None,
    capability: Capability,
    tokens: Tokens | None = None,
    *,
    nearby: bool | None = None,
) -> Cloud:
    """A service, spoken to as the probe found it can be.

    Args:
        nearby: whether it runs on this machine; None to go by its address.

    Raises:
        PrivacyError: it is beyond this machine, and this machine is to stay by itself.
    """
    require_allowed(account, capability.forwards)
    model = account.model or capability.served
    if nearby is None:
        nearby = account.is_local and not capability.forwards

    def open_(prompt: str, record: Record, screen: Screen | None = None) -> OutboundDoor:
        line = Line(account.base_url, key)
        provider = RemoteProvider(account.name, model, line, capability, tokens, nearby=nearby)
        shape = shape_of(account.base_url, model, capability, tokens)
        return OutboundDoor(provider, prompt, record, capability.most_listed, screen, shape=shape)

    return Cloud(account.name, model or capability.model, open_)


def shape_of(
    base_url: str, model: str, capability: Capability, tokens: Tokens | None = None
) -> Shape:
    """What requests to a service look like that is spoken to in this way."""
    return Shape(
        base_url,
        model,
        template=capability.template or ("", "", ""),
        tokens=tokens if capability.ids else None,
        most_listed=capability.most_listed,
        fewest=capability.fewest,
        end=capability.end,
    )
