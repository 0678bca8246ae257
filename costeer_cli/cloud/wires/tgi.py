"""`/generate_stream` of Hugging Face's text-generation-inference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from costeer_cli.cloud.listing import Listed
from costeer_cli.cloud.provider import DraftSettings, PublicText, Request
from costeer_cli.cloud.template import Template, sendable
from costeer_cli.cloud.wires import forms
from costeer_cli.cloud.wires.wire import Step, encoded

_FINISH = {"length": "length", "eos_token": "stop", "stop_sequence": "stop"}


@dataclass(frozen=True)
class Tgi:
    """Continues a rendered prompt."""

    endpoint: str
    template: Template
    most_listed: int = 5
    by_lines = False

    def encode(self, text: PublicText, settings: DraftSettings) -> Request:
        """The rendered prompt with the text so far behind it.

        Neither temperature nor top-k or top-p is sent: listed values come after them.
        """
        sent, held = sendable(text.text)
        body = {
            "inputs": self.template.render(text) + sent,
            "parameters": {
                "max_new_tokens": settings.max_tokens + len(held),
                "do_sample": False,
                "details": True,
                "top_n_tokens": min(settings.top_logprobs, self.most_listed),
            },
        }
        return encoded(self.endpoint, body, settings, held)

    def read(self, event: Mapping[str, Any]) -> Step:
        """One event. A special token has a text of its own, which is no text of the answer."""
        token = event["token"]
        details = event.get("details") or {}
        return Step(
            tokens=((_listed(token), [_listed(other) for other in event.get("top_tokens") or ()]),),
            text="" if token["special"] else forms.text(token["text"]),
            finish=_FINISH.get(details.get("finish_reason") or ""),
        )


def _listed(token: Mapping[str, Any]) -> Listed:
    """A token; a special one ends the text, whichever it is."""
    if token.get("special"):
        return Listed(token["logprob"], raw=b"", id=token["id"])
    return Listed(token["logprob"], token["text"], None, token["id"])
