"""`/completion` of llama.cpp's `llama-server`: ids and raw bytes of every candidate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from costeer_cli.cloud.listing import Listed
from costeer_cli.cloud.provider import DraftSettings, PublicText, Request
from costeer_cli.cloud.template import Template, as_ids
from costeer_cli.cloud.wires import forms
from costeer_cli.cloud.wires.wire import Step, encoded

_FORCE = 1e4


@dataclass(frozen=True)
class LlamaServer:
    """Continues token ids behind a rendered prompt.

    The server shows nothing of a token that leaves a character unfinished. A draft ends before
    such a token; a *peek* then asks for that one position with an end of text forced behind it,
    which does not touch the listed values (they come from the raw logits).

    Attributes:
        endpoint: the whole URL.
        template: renders the prompt; the server turns it into ids.
        end: id of an end of text, for peeking.
    """

    endpoint: str
    template: Template
    end: int
    by_lines = False

    def encode(self, text: PublicText, settings: DraftSettings) -> Request:
        """The rendered prompt and, behind it, the ids of the text so far."""
        pieces, held = as_ids(text.accepted)
        body: dict[str, Any] = {
            "prompt": _prompt(self.template.render(text), pieces),
            "n_predict": 1 if settings.peek else settings.max_tokens + len(held),
            "n_probs": settings.top_logprobs,
            "temperature": 0,
            "top_k": 0,
            "top_p": 1,
            "min_p": 0,
            "repeat_penalty": 1,
            "cache_prompt": True,
            "stream": True,
        }
        if settings.peek:
            body["logit_bias"] = [[self.end, _FORCE]]
        return encoded(self.endpoint, body, settings, held)

    def read(self, event: Mapping[str, Any]) -> Step:
        """One event. The end of a text is listed like any token, so a stop needs no more."""
        final = bool(event.get("stop"))
        timings = event.get("timings") or {}
        tokens = forms.contents(event.get("completion_probabilities") or ())
        return Step(
            tokens=[(_own(listed), listed) for _, listed in tokens],
            text=forms.text(event["content"]),
            finish="length" if final else None,
            gap=any(_hides_one(chosen, listed) for chosen, listed in tokens),
            prompt_tokens=forms.number(event.get("tokens_evaluated")),
            cached_tokens=forms.number(timings.get("cache_n")) if final else None,
            model=forms.text(event.get("model")),
        )


def _own(listed: Sequence[Listed]) -> Listed:
    """At temperature 0 the server's own token is the likeliest, whatever a peek forces behind."""
    return max(listed, key=lambda token: token.known or -inf)


def _hides_one(chosen: Listed, listed: Sequence[Listed]) -> bool:
    """Whether the token completes a character that was begun by one that was not shown.

    The server gives it the bytes of the whole character, and lists it with its own.
    """
    return any(other.id == chosen.id and other.raw != chosen.raw for other in listed)


def _prompt(rendered: str, pieces: list[int | str]) -> str | list[int | str]:
    """The prompt and the text so far.

    Neighbouring strings are joined: the server takes a list of strings alone for several prompts.
    """
    if pieces and isinstance(pieces[0], str):
        rendered, pieces = rendered + pieces[0], pieces[1:]
    return [rendered, *pieces] if pieces else rendered
