"""`/api/generate` of Ollama with `raw`: its OpenAI-like endpoints wrap the prompt in a template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from costeer_cli.cloud.provider import DraftSettings, PublicText, Request
from costeer_cli.cloud.template import Template, sendable
from costeer_cli.cloud.wires import forms
from costeer_cli.cloud.wires.wire import Step, encoded

_MOST_LISTED = 20
_WINDOW = 8192  # Ollama's own default is shorter, and it cuts what is longer without a word


@dataclass(frozen=True)
class Ollama:
    """Continues a rendered prompt."""

    endpoint: str
    model: str
    template: Template
    by_lines = True

    def encode(self, text: PublicText, settings: DraftSettings) -> Request:
        """The rendered prompt with the text so far behind it."""
        sent, held = sendable(text.text)
        body = {
            "model": self.model,
            "prompt": self.template.render(text) + sent,
            "raw": True,
            "stream": True,
            "logprobs": True,
            "top_logprobs": min(settings.top_logprobs, _MOST_LISTED),
            "truncate": False,
            "shift": False,
            "options": {
                "num_predict": settings.max_tokens + len(held),
                "num_ctx": _WINDOW,
                "temperature": 0,
                "top_k": 0,
                "top_p": 1,
                "min_p": 0,
                "repeat_penalty": 1,
            },
        }
        return encoded(self.endpoint, body, settings, held)

    def read(self, event: Mapping[str, Any]) -> Step:
        """One line."""
        return Step(
            tokens=forms.contents(event.get("logprobs") or ()),
            text=forms.text(event["response"]),
            finish=event.get("done_reason") if event.get("done") else None,
            thinking=bool(event.get("thinking")),
            prompt_tokens=forms.number(event.get("prompt_eval_count")),
            model=forms.text(event.get("model")),
        )
