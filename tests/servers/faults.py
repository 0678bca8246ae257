"""What can go wrong between a client and a service, and how often."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass

STATUSES = (408, 409, 425, 429, 500, 502, 503, 504)
HARMLESS = ("short stall", "odd pieces", "comments")
"""Kinds that a client has to put up with without asking again."""

KINDS = (
    "refused",
    "reset before",
    "reset within",
    "truncated",
    "garbage",
    "error event",
    "stripped",
    "empty",
    "long stall",
    "429 at once",
    *(f"{status}" for status in STATUSES),
    *HARMLESS,
)
_RARE = ("long stall", "refused")  # they take long
_FIRST_EVENTS = 3
_FIRST_BYTES = 5000


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong with one request.

    Attributes:
        kind: one of `KINDS`.
        event: at which event of the answer, for kinds that befall one.
        byte: after how many bytes of the answer, for the others.
    """

    kind: str
    event: int = 1
    byte: int = 700


def random_faults(seed: int, chance: float) -> Iterator[Fault | None]:
    """For each request a fault, or with the chance of the rest none."""
    rng = random.Random(seed)
    weights = [1 if kind in _RARE else 4 for kind in KINDS]
    while True:
        hit = rng.random() < chance
        kind = rng.choices(KINDS, weights)[0]
        event, byte = rng.randrange(_FIRST_EVENTS), rng.randrange(1, _FIRST_BYTES)
        yield Fault(kind, event, byte) if hit else None


def stripped(event: bytes) -> bytes:
    """An event of any wire shape without its log-probabilities; as it is where it has no text."""
    name, _, data = event.partition(b"data: ")
    try:
        body = json.loads(data)
    except ValueError:
        return event
    choice = body["choices"][0] if body.get("choices") else body
    text = choice.get("content") or choice.get("text") or (choice.get("delta") or {}).get("content")
    if not text or not (choice.pop("completion_probabilities", 0) or choice.pop("logprobs", 0)):
        return event
    return name + b"data: " + json.dumps(body).encode()
