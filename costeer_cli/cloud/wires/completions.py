"""`/completions` of the OpenAI API: a raw prompt, as text or as token ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from costeer_cli.cloud.provider import DraftSettings, PublicText, Request
from costeer_cli.cloud.template import Template, as_ids, sendable
from costeer_cli.cloud.wires import forms
from costeer_cli.cloud.wires.wire import Step, encoded

Render = Callable[[Sequence[Mapping[str, str]]], list[int]]
Tokenize = Callable[[str], list[int]]


@dataclass(frozen=True)
class Completions:
    """Continues a rendered prompt.

    Attributes:
        endpoint: the whole URL.
        model: the model's id.
        template: renders the prompt as text.
        render: renders the chat as token ids instead, where they and the text go as ids.
        tokenize: turns what has no ids into some; goes with `render`.
        temperature: of the cloud's own drafts; listed values are those of temperature 1.
        silent: whether no candidates are asked for.
        most_listed: candidates the service lists at most.
        fewest: tokens the service insists on being asked for.
        flag: whether `logprobs` is a flag with `top_logprobs` beside it, rather than a number.
        extras: fields of this service.
    """

    endpoint: str
    model: str
    template: Template
    render: Render | None = None
    tokenize: Tokenize | None = None
    temperature: float = 0.0
    silent: bool = False
    most_listed: int = 20
    fewest: int = 1
    flag: bool = False
    extras: Mapping[str, Any] = field(default_factory=dict)
    by_lines = False

    def encode(self, text: PublicText, settings: DraftSettings) -> Request:
        """The prompt with the text so far behind it."""
        prompt: str | list[int]
        if self.render is None or self.tokenize is None:
            sent, held = sendable(text.text)
            prompt = self.template.render(text) + sent
        else:
            pieces, held = as_ids(text.accepted)
            prompt = self.render(text.messages)
            for piece in pieces:
                prompt += self.tokenize(piece) if isinstance(piece, str) else [piece]
        body = {
            "model": self.model,
            "prompt": prompt,
            "max_tokens": max(settings.max_tokens + len(held), self.fewest),
            "temperature": self.temperature,
            "top_p": 1,
            **({} if self.silent else self._listing(settings)),
            "stream": True,
            **self.extras,
        }
        return encoded(self.endpoint, body, settings, held)

    def _listing(self, settings: DraftSettings) -> dict[str, Any]:
        listed = min(settings.top_logprobs, self.most_listed)
        return {"logprobs": True, "top_logprobs": listed} if self.flag else {"logprobs": listed}

    def read(self, event: Mapping[str, Any]) -> Step:
        """One event, in whichever form the service lists its candidates."""
        if not event["choices"]:
            return forms.counted(event, Step())
        choice = event["choices"][0]
        step = Step(
            tokens=forms.tokens(choice.get("logprobs")),
            text=forms.text(choice.get("text")),
            finish=choice.get("finish_reason"),
        )
        return forms.counted(event, step)
