"""What happens while a text is written; renderers consume these."""

from __future__ import annotations

from dataclasses import dataclass

from costeer_cli.steering.choice import Choice
from costeer_cli.writing.receipt import Receipt


@dataclass(frozen=True, slots=True)
class Requested:
    """A request goes to the cloud: the `number`-th, after `tokens` chosen tokens.

    `seconds` have passed, and `cost` US dollars were spent (None without prices).
    """

    number: int
    tokens: int
    seconds: float = 0.0
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The token at `index` was chosen, where the cloud had drafted the bytes `drafted`."""

    index: int
    choice: Choice
    drafted: bytes


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request failed for this `reason`; the next one comes after so many `seconds`."""

    seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class TakenOver:
    """The cloud stayed away for this `reason`; the local model goes on alone."""

    reason: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The text is complete."""

    receipt: Receipt


Event = Requested | Chosen | Waiting | TakenOver | Finished
