"""`/chat/completions` of the OpenAI API: the text so far is the assistant's last message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from costeer_cli.cloud.provider import DraftSettings, PublicText, Request
from costeer_cli.cloud.template import sendable
from costeer_cli.cloud.wires import forms
from costeer_cli.cloud.wires.wire import Step, encoded

_THOUGHTS = ("reasoning_content", "reasoning", "thinking")


@dataclass(frozen=True)
class Chat:
    """Continues the assistant's message.

    Attributes:
        endpoint: the whole URL.
        model: the model's id.
        continuing: fields of the request that say so, where the service wants any; they go with
            a text only, since there is nothing to continue before it.
        marker: fields of the last message that say so.
        temperature: of the cloud's own drafts.
        silent: whether no candidates are asked for.
        most_listed: candidates the service lists at most.
        trims: whether the service cuts off the blank space at the end of the text, so that it is
            held back and must come again.
        echoes: whether the answer begins with the text it continues.
        fewest: tokens the service insists on being asked for.
        extras: fields of this service.
    """

    endpoint: str
    model: str
    continuing: Mapping[str, Any] = field(default_factory=dict)
    marker: Mapping[str, Any] = field(default_factory=dict)
    temperature: float = 0.0
    silent: bool = False
    most_listed: int = 20
    trims: bool = False
    echoes: bool = False
    fewest: int = 1
    extras: Mapping[str, Any] = field(default_factory=dict)
    by_lines = False

    def encode(self, text: PublicText, settings: DraftSettings) -> Request:
        """The chat with the text so far as its last message."""
        sent, held = sendable(text.text, trimmed=self.trims)
        messages: list[Mapping[str, Any]] = [*text.messages]
        if sent:
            messages.append({"role": "assistant", "content": sent, **self.marker})
        body = {
            "model": self.model,
            "messages": messages,
            "max_tokens": max(settings.max_tokens + len(held), self.fewest),
            "temperature": self.temperature,
            "top_p": 1,
            **({} if self.silent else self._listing(settings)),
            "stream": True,
            **(self.continuing if sent else {}),
            **self.extras,
        }
        return encoded(self.endpoint, body, settings, text.text if self.echoes else held)

    def _listing(self, settings: DraftSettings) -> dict[str, Any]:
        return {"logprobs": True, "top_logprobs": min(settings.top_logprobs, self.most_listed)}

    def read(self, event: Mapping[str, Any]) -> Step:
        """One event; the first often has a role and nothing else."""
        if not event["choices"]:
            return forms.counted(event, Step())
        choice = event["choices"][0]
        delta = choice.get("delta") or {}
        content = delta.get("content")
        thinks = isinstance(content, list) and any(c.get("type") == "thinking" for c in content)
        refusal = delta.get("refusal") or (choice.get("logprobs") or {}).get("refusal")
        step = Step(
            tokens=forms.tokens(choice.get("logprobs")),
            text="" if thinks else forms.text(content),
            finish="refusal" if refusal else choice.get("finish_reason"),
            thinking=thinks or any(delta.get(name) for name in _THOUGHTS),
        )
        return forms.counted(event, step)
