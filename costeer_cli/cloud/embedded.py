"""A stand-in for the cloud: the local catalogue model in this process, without any context.

It lets the first run work without an account or a network. It is held to the same contract as a
real provider: all it learns is the body of the request.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from costeer_cli.cloud.provider import DraftSettings, PublicText
from costeer_cli.errors import ProviderError
from costeer_cli.models.drafting import positions
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.models.reader import Reader
from costeer_cli.steering.position import Position


class EmbeddedProvider:
    """Drafts with `model`, sharing its weights with whoever else uses it."""

    name = "embedded"
    endpoint = "in-process"

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self.prompt_tokens: int | None = 0
        self._prompt: list[int] = []
        self._reader: Reader | None = None

    @property
    def model(self) -> str:
        """The model's name."""
        return self._model.name

    def encode(self, text: PublicText, settings: DraftSettings) -> bytes:
        """The body: model, messages, accepted tokens (ids, and text to read), and limits."""
        accepted = b"".join(part for part, _ in text.accepted).decode("utf-8", "replace")
        body = {
            "model": self._model.name,
            "messages": [
                {"role": "system", "content": text.instructions},
                {"role": "user", "content": text.prompt},
                {"role": "assistant", "content": accepted},
            ],
            "continue_token_ids": [token_id for _, token_id in text.accepted],
            "max_tokens": settings.max_tokens,
            "temperature": 0,
            "top_logprobs": settings.top_logprobs,
        }
        return json.dumps(body, ensure_ascii=False).encode()

    def stream(self, body: bytes) -> Iterator[Position]:
        """Draft from what the body says.

        Raises:
            ProviderError: the accepted text has tokens without ids.
            TooLongError: the prompt is longer than the model's window.
        """
        request: dict[str, Any] = json.loads(body)
        accepted: list[int | None] = request["continue_token_ids"]
        if None in accepted:
            raise ProviderError("The embedded provider continues its own tokens only.")
        prompt = self._model.render(request["messages"][:-1])
        if self._reader is None or prompt != self._prompt:
            self._prompt, self._reader = prompt, Reader(self._model, [prompt])
        known = [token_id for token_id in accepted if token_id is not None]
        self.prompt_tokens = (self.prompt_tokens or 0) + len(prompt) + len(known)
        return positions(self._reader, known, request["max_tokens"], request["top_logprobs"])
