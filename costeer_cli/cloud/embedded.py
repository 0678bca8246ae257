"""A stand-in for the cloud: the local catalogue model in this process, without any context.

It lets the first run work without an account or a network. It is held to the same contract as a
real provider: all it learns is the body of the request.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from typing import Any

from costeer_cli.cloud.provider import DraftSettings, PublicText, Request, Traffic
from costeer_cli.errors import NotSteerableError, ProviderError
from costeer_cli.models.drafting import positions
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.models.reader import Reader
from costeer_cli.steering.position import Position


class EmbeddedProvider:
    """Drafts with `model`, sharing its weights with whoever else uses it."""

    name = "embedded"
    flows = False
    stride = None
    headers: Mapping[str, str] = {}

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self.traffic = Traffic(prompt_tokens=0)
        self._prompt: list[int] = []
        self._reader: Reader | None = None

    @property
    def model(self) -> str:
        """The model's name."""
        return self._model.name

    def encode(self, text: PublicText, settings: DraftSettings) -> Request:
        """The body: model, messages, accepted tokens (ids, and text to read), and limits."""
        accepted = text.text.decode("utf-8", "replace")
        body = {
            "model": self._model.name,
            "messages": [*text.messages, {"role": "assistant", "content": accepted}],
            "continue_token_ids": [token_id for _, token_id in text.accepted],
            "max_tokens": settings.max_tokens,
            "temperature": 0,
            "top_logprobs": settings.top_logprobs,
        }
        return Request(
            "in-process",
            json.dumps(body, ensure_ascii=False).encode(errors="replace"),
            settings.max_tokens,
        )

    def stream(self, request: Request) -> Generator[Position, None, None]:
        """Draft from what the body of the request says.

        Raises:
            ProviderError: the accepted text has tokens without ids.
            TooLongError: the prompt is longer than the model's window.
        """
        body: dict[str, Any] = json.loads(request.body)
        accepted: list[int | None] = body["continue_token_ids"]
        if None in accepted:
            raise ProviderError("The embedded provider continues its own tokens only.")
        prompt = self._model.render(body["messages"][:-1])
        if self._reader is None or prompt != self._prompt:
            self._prompt, self._reader = prompt, Reader(self._model, [prompt])
        known = [token_id for token_id in accepted if token_id is not None]
        self.traffic.read(len(prompt) + len(known))
        return positions(self._reader, known, body["max_tokens"], body["top_logprobs"])

    def propose(self, request: Request) -> Generator[bytes, None, None]:  # noqa: ARG002
        """It lists candidates, so it need not propose.

        Raises:
            NotSteerableError: always.
        """
        raise NotSteerableError(
            "The embedded provider lists its candidates.", hint="Leave out --proposals."
        )

    def close(self) -> None:
        """Nothing is open."""
