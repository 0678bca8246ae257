"""What happens while a text is written; renderers consume these."""

from __future__ import annotations

from dataclasses import dataclass

from costeer_cli.steering.choice import Choice
from costeer_cli.writing.receipt import Receipt


@dataclass(frozen=True, slots=True)
class Requested:
    """A request went to the cloud: the `number`-th, after `tokens` chosen tokens."""

    number: int
    tokens: int


@dataclass(frozen=True, slots=True)
class Chosen:
    """The token at `index` was chosen, where the cloud had drafted the bytes `drafted`."""

    index: int
    choice: Choice
    drafted: bytes


@dataclass(frozen=True, slots=True)
class Finished:
    """The text is complete."""

    receipt: Receipt


Event = Requested | Chosen | Finished
