"""Chooses tokens: as the policy says, within the budget of privacy, past the guard."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace
from typing import Protocol

from costeer_cli.privacy.ledger import Ledger
from costeer_cli.steering.choice import Choice
from costeer_cli.steering.completion import Evidence
from costeer_cli.steering.policy import Policy
from costeer_cli.steering.position import Position


class Guard(Protocol):
    """Whatever knows what must not become text."""

    def refuses(self, text: bytes) -> object | None:
        """Why these bytes may not follow the text; None where they may."""

    def accept(self, text: bytes) -> None:
        """Append to the text."""


class Unguarded:
    """Lets everything pass: nothing of the text leaves the machine."""

    def refuses(self, text: bytes) -> object | None:  # noqa: ARG002
        """Nothing."""
        return None

    def accept(self, text: bytes) -> None:
        """Keep nothing."""


class Chooser:
    """The choices of one text, in order.

    Attributes:
        blocked: choices the guard refused.
        ledger: what was chosen can tell.
    """

    def __init__(self, policy: Policy, guard: Guard | None, ledger: Ledger) -> None:
        self._policy = policy
        self._guard = guard or Unguarded()
        self._index = 0
        self.ledger = ledger
        self.blocked = 0

    @property
    def policy(self) -> Policy:
        """How the next token is chosen."""
        return replace(self._policy, clip=min(self._policy.clip, self.ledger.clip))

    def settled(self, position: Position) -> Choice | None:
        """The next choice, where it needs no evidence."""
        choice = self.policy.settled(position)
        return None if choice is None or self._guard.refuses(choice.text) else choice

    def choose(self, position: Position, evidence: Evidence) -> Choice:
        """The next choice; what the guard refuses gives way to the next best.

        Listed tokens that are refused leave the cloud's distribution before it is steered: with
        them in it the context could shift their mass, and tell more than the clip says.
        """
        policy, index = self.policy, self._index
        wanted = policy.choose(position, evidence, index)
        listed = position.candidates if policy.steers(position) else ()
        barred = {c.text for c in listed if not c.ends and self._refused(c.text)}
        refused = set[bytes]()
        while wanted.text in barred - refused:  # counted are those that would have been chosen
            refused.add(wanted.text)
            wanted = policy.choose(position, evidence, index, refused)
        choice = wanted
        if barred:
            position, evidence = _without(position, evidence, barred)
            choice = policy.choose(position, evidence, index, barred)
        while not choice.ends and self._refused(
            choice.text
        ):  # those that are not listed, or not steered
            refused.add(choice.text)
            choice = policy.choose(position, evidence, index, barred | refused)
        self.blocked += len(refused)
        return replace(choice, source="guard") if refused else _as_drafted(choice, position)

    def refuses(self, text: bytes) -> bool:
        """Whether the guard refuses a piece of text; counted."""
        refused = self._guard.refuses(text) is not None
        self.blocked += refused
        return refused

    def _refused(self, text: bytes) -> bool:
        return self._guard.refuses(text) is not None

    def accept(self, choice: Choice) -> None:
        """Append a choice to the text."""
        self._index += 1
        self._guard.accept(choice.text)
        self.ledger.add(choice)


def _as_drafted(choice: Choice, position: Position) -> Choice:
    """A choice beside which something was refused that nobody wanted."""
    if choice.source != "guard":
        return choice
    drafted = choice.text == position.chosen.text
    return replace(choice, source="cloud" if drafted else "steered")


def _without(
    position: Position, evidence: Evidence, texts: Collection[bytes]
) -> tuple[Position, Evidence]:
    """A position given that none of these listed tokens is written.

    Where no other is listed, one of them stays as an impossible one; where nothing else is
    possible at all, the position stays what it is.
    """
    kept = [i for i, c in enumerate(position.candidates) if c.text not in texts]
    listed = [position.candidates[i] for i in kept]
    mass = position.tail_mass + math.fsum(math.exp(c.logprob) for c in listed)
    elsewhere = evidence.tail is not None and bool(evidence.tail.known.any())
    if not mass or not (kept or elsewhere):
        return position, evidence
    room = math.log(mass)
    least = max(position.unnamed, min(c.logprob for c in position.candidates))
    given = [replace(c, logprob=min(c.logprob - room, 0.0)) for c in listed]
    given = given or [replace(position.candidates[0], logprob=-math.inf)]
    chosen = next((c for c in given if c.text == position.chosen.text), position.chosen)
    found = Position(chosen, tuple(given), min(least - room, 0.0))
    return found, evidence.in_order(kept or [0])
