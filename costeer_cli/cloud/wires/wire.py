"""What a wire shape has to do, and what it reads out of one event of an answer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from costeer_cli.cloud.listing import Listed
from costeer_cli.cloud.provider import DraftSettings, PublicText, Request

Token = tuple[Listed, Sequence[Listed]]
"""A service's own token and the candidates it listed at that position."""


@dataclass(frozen=True, slots=True)
class Step:
    """One event of an answer, read.

    Attributes:
        tokens: the positions it lists.
        text: the text it adds.
        finish: why the draft ended, in the words of the OpenAI API; None while it goes on.
        gap: whether a position before these was not shown, so that the draft ends before them.
        thinking: whether it adds to a line of thought instead of the text.
        prompt_tokens, cached_tokens: the request's, where told.
        model: the model that answers, where told.
    """

    tokens: Sequence[Token] = ()
    text: str = ""
    finish: str | None = None
    gap: bool = False
    thinking: bool = False
    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    model: str = ""


class Wire(Protocol):
    """One wire shape, set up for one model of one service."""

    by_lines: bool
    """Whether answers are one JSON object a line rather than server-sent events."""

    def encode(self, text: PublicText, settings: DraftSettings) -> Request:
        """The request: a function of the arguments and of nothing else."""

    def read(self, event: Mapping[str, Any]) -> Step:
        """Read one event; any of the usual lookup errors means that its form is unknown."""


def encoded(
    endpoint: str, body: Mapping[str, Any], settings: DraftSettings, held: bytes = b""
) -> Request:
    """A request with this body as JSON."""
    content = json.dumps(body, ensure_ascii=False).encode(errors="replace")
    return Request(endpoint, content, settings.max_tokens, held)
