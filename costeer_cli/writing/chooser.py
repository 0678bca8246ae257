"""Chooses tokens: as the policy says, within the budget of privacy, past the guard."""

from __future__ import annotations

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
        """The next choice; what the guard refuses gives way to the next best."""
        policy, refused = self.policy, set[bytes]()
        choice = policy.choose(position, evidence, self._index)
        while not choice.ends and self._guard.refuses(choice.text):
            refused.add(choice.text)
            choice = policy.choose(position, evidence, self._index, refused)
        self.blocked += len(refused)
        return choice

    def refuses(self, text: bytes) -> bool:
        """Whether the guard refuses a piece of text; counted."""
        refused = self._guard.refuses(text) is not None
        self.blocked += refused
        return refused

    def accept(self, choice: Choice) -> None:
        """Append a choice to the text."""
        self._index += 1
        self._guard.accept(choice.text)
        self.ledger.add(choice)
