"""A service that answers in the OpenAI wire shapes and means harm."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tests.cloud.serving import Answer, Asked, Respond, as_events

Listing = Sequence[tuple[str | bytes, Any]]
"""Candidates at one position, the service's own token first, with what it calls their logprobs."""


def item(token: str | bytes, logprob: Any, **more: Any) -> dict[str, Any]:
    """One candidate; bytes are told as bytes, beside a text that has lost them."""
    if isinstance(token, bytes):
        more = {"bytes": list(token)} | more
        token = token.decode("utf-8", "replace")
    return {"token": token, "logprob": logprob, **more}


def chat_event(listing: Listing, *, finish: str | None = None) -> dict[str, Any]:
    """One position as a chunk of a chat completion."""
    own, *_ = listed = [item(*one) for one in listing]
    logprobs = {"content": [own | {"top_logprobs": listed}]}
    choice = {"delta": {"content": own["token"]}, "logprobs": logprobs, "finish_reason": finish}
    return {"model": "big-1", "choices": [choice]}


def completion_event(listing: Listing) -> dict[str, Any]:
    """One position as a chunk of a completion."""
    own = listing[0]
    logprobs = {
        "tokens": [own[0]],
        "token_logprobs": [own[1]],
        "top_logprobs": [dict(listing)],
    }
    return {"model": "big-1", "choices": [{"text": own[0], "logprobs": logprobs}]}


def wrote(asked: Asked) -> str:
    """The text so far, as a request has it."""
    fields = asked.fields
    if "prompt" in fields:
        return str(fields["prompt"].rpartition("<a>")[2])
    last = fields["messages"][-1]
    return str(last["content"]) if last["role"] == "assistant" else ""


def listing_of(own: str | bytes, *others: str | bytes, sure: float = 0.97) -> Listing:
    """The service's own token with nearly all of the mass, and others that share the rest."""
    share = math.log((1 - sure) / (len(others) + 1))
    return [(own, math.log(sure)), *((other, share) for other in others)]


def speller(pieces: Sequence[str | bytes], *others: str | bytes, sure: float = 0.97) -> Respond:
    """Writes these pieces over and over, whatever was chosen instead of them."""
    return drafts(lambda _: [listing_of(piece, *others, sure=sure) for piece in pieces])


def drafts(positions: Callable[[str], Iterable[Listing]]) -> Respond:
    """Answers with positions, as a function of the text so far."""

    def respond(asked: Asked) -> Answer:
        found = positions(wrote(asked))
        event = completion_event if "prompt" in asked.fields else chat_event
        return as_events(*(event(listing) for listing in found))

    return respond
