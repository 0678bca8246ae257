"""A written text as one JSON document; keys only ever grow."""

from __future__ import annotations

from typing import Any

from costeer_cli.render.text import exact_decoder
from costeer_cli.steering.choice import Choice
from costeer_cli.writing.desk import Writing
from costeer_cli.writing.receipt import Receipt


def document(writing: Writing, receipt: Receipt, text: str) -> dict[str, Any]:
    """The document of `--json`."""
    record = writing.record
    return {
        "id": record.id,
        "text": text,
        "profile": record.profile,
        "provider": record.provider,
        "cloud_model": record.cloud_model,
        "local_model": record.local_model,
        "strength": record.settings["strength"],
        "temperature": record.settings["temperature"],
        "seed": record.settings["seed"],
        "mode": record.settings["mode"],
        "scoring": writing.scoring,
        "finish_reason": receipt.finish_reason,
        "tokens": tokens(writing.choices),
        "context": {
            "tokens": writing.context.tokens,
            "sources": list(writing.context.sources),
        },
        "usage": receipt.as_dict()["usage"],
        "privacy": receipt.as_dict()["privacy"],
    }


def tokens(choices: list[Choice]) -> list[dict[str, Any]]:
    """Every token; a character split over tokens stands with the last of them.

    Joined, their texts are the whole text before its outer blank space is cut off.
    """
    decoder = exact_decoder()
    last = len(choices) - 1
    return [
        {
            "text": decoder.decode(choice.text, final=number == last),
            "source": choice.source,
            "cloud_logprob": choice.cloud_logprob,
            "delta": choice.delta,
            "steered_logprob": choice.steered_logprob,
            "rank": choice.rank,
            "certified": choice.certified,
        }
        for number, choice in enumerate(choices)
    ]
