"""A provider at the other end of a line."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import closing

from costeer_cli.cloud.capability import Capability
from costeer_cli.cloud.drafted import drafted, sensible
from costeer_cli.cloud.held import after_held
from costeer_cli.cloud.line import Line
from costeer_cli.cloud.listing import Naming
from costeer_cli.cloud.proposed import proposed
from costeer_cli.cloud.provider import DraftSettings, PublicText, Request, Traffic
from costeer_cli.cloud.speech import Tokens, naming_for, wire_for
from costeer_cli.errors import NotSteerableError
from costeer_cli.steering.position import Position

_STRIDE = 10
_GROWN = 600  # bytes that are several tokens in any vocabulary


class RemoteProvider:
    """One model of one service, spoken to as its capability says."""

    def __init__(
        self,
        name: str,
        model: str,
        line: Line,
        capability: Capability,
        tokens: Tokens | None = None,
        *,
        nearby: bool = False,
    ) -> None:
        """Open nothing yet.

        Args:
            tokens: the cloud model's tokenizer, where `capability.ids`.
            nearby: whether the service runs on this machine. Then its drafts are short and it
                rests while they are scored: two models on the same cores at the same time are
                several times slower than one after the other (benchmarks/cloud.py).
        """
        self.flows = not nearby
        self.stride = _STRIDE if nearby else None
        self.name = name
        self.model = model or capability.model
        self.traffic = Traffic(model=capability.model)
        self._line = line
        self._wire = wire_for(capability, line, model, tokens)
        self._naming: Naming = naming_for(capability, tokens)
        self._echoes = capability.echoes
        self._largest = (0, 0)  # bytes of the longest request so far, and tokens it was read as

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers that go with every request; the key is not among them."""
        return self._line.headers

    def encode(self, text: PublicText, settings: DraftSettings) -> Request:
        """The request: a function of the arguments and of nothing else."""
        return self._wire.encode(text, settings)

    def stream(self, request: Request) -> Generator[Position, None, None]:
        """Send a request; yield positions as they are drafted. Closing the iterator hangs up."""
        before = self.traffic.prompt_tokens or 0
        send = self._line.lines if self._wire.by_lines else self._line.events
        echoed, most = (request.held if self._echoes else b""), request.most + len(request.held)
        with closing(send(request)) as events:
            said = drafted(events, self._wire, self._naming, most, self.traffic, echoed)
            # read to the end, so that the connection can be used again
            for n, position in enumerate(sensible(after_held(said, request.held))):
                if n == request.most:
                    return
                yield position
        if not self._wire.by_lines:  # Ollama does not count what it had in its cache
            self._require_whole(len(request.body), (self.traffic.prompt_tokens or 0) - before)

    def propose(self, request: Request) -> Generator[bytes, None, None]:
        """Send a request; yield pieces of text as they are written, and an empty one at the end
        of the text."""
        send = self._line.lines if self._wire.by_lines else self._line.events
        with closing(send(request)) as events:
            yield from proposed(events, self._wire, self.traffic, request.held)

    def _require_whole(self, size: int, tokens: int) -> None:
        """Refuse a service that reads no more of a longer request than of a shorter one."""
        if not tokens:
            return
        largest, most = self._largest
        if tokens < most - most // 4 and size >= largest:
            raise _cut_off()
        if tokens <= most and size >= largest + _GROWN:
            raise _cut_off()
        if size > largest:
            self._largest = (size, tokens)

    def close(self) -> None:
        """Hang up."""
        self._line.close()


def _cut_off() -> NotSteerableError:
    return NotSteerableError(
        "The service cuts off the beginning of a text this long.",
        hint="Shorten the prompt, lower --max-tokens, or let the server take longer texts.",
    )
