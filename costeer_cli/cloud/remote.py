"""A provider at the other end of a line."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import closing

from costeer_cli.cloud.capability import Capability
from costeer_cli.cloud.drafted import after_held, drafted
from costeer_cli.cloud.line import Line
from costeer_cli.cloud.listing import Naming
from costeer_cli.cloud.provider import DraftSettings, PublicText, Request, Traffic
from costeer_cli.cloud.speech import Tokens, naming_for, wire_for
from costeer_cli.steering.position import Position

_STRIDE = 16


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

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers that go with every request; the key is not among them."""
        return self._line.headers

    def encode(self, text: PublicText, settings: DraftSettings) -> Request:
        """The request: a function of the arguments and of nothing else."""
        return self._wire.encode(text, settings)

    def stream(self, request: Request) -> Generator[Position, None, None]:
        """Send a request; yield positions as they are drafted. Closing the iterator hangs up."""
        send = self._line.lines if self._wire.by_lines else self._line.events
        with closing(send(request)) as events:
            yield from after_held(
                drafted(events, self._wire, self._naming, request.most, self.traffic),
                request.held,
            )

    def close(self) -> None:
        """Hang up."""
        self._line.close()
