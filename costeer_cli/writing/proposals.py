"""Steering by proposals: for a cloud that continues a text and lists no candidates.

The cloud samples a piece of text x from p; it is accepted with probability exp(s(x) - B), where
s(x) = clip(strength * delta(x), -B, B), and else the cloud is asked again. What is accepted is
distributed as p(x) exp(s(x)), normalised: exactly the steered distribution (rejection sampling).
A piece takes at most exp(2B) tries, and about exp(B) where the context says nothing.

The cloud learns how often it was asked again after a text, which the drafted way never tells it.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from typing import Protocol

from costeer_cli.errors import ProviderError, ProviderUnreachableError
from costeer_cli.privacy.ledger import Ledger
from costeer_cli.steering.choice import Choice
from costeer_cli.steering.policy import Policy
from costeer_cli.steering.position import Candidate, Position
from costeer_cli.writing.chooser import Chooser, Guard
from costeer_cli.writing.events import Chosen, Event, Finished, Requested, Waiting
from costeer_cli.writing.loop import Journal, Limits, Scorer, receipt_of
from costeer_cli.writing.meter import Meter, Reported

DEFAULT_BOUND = 1.0
"""B where the person says none: about e tries for each piece."""


class Proposer(Reported, Protocol):
    """Whatever proposes pieces of text: the outbound door."""

    outbound_bytes: int

    def propose(self, accepted: Sequence[Choice], max_tokens: int) -> Generator[bytes, None, None]:
        """Pieces after `accepted`, an empty one at the end; closing the iterator cancels."""


class Proposals:
    """Writes one text by trial. Iterate over it for the events; `choices` holds the text so far.

    Its text is not the same for the same seed: the chance is the cloud's.
    """

    def __init__(
        self,
        proposer: Proposer,
        scorer: Scorer,
        policy: Policy,
        journal: Journal,
        limits: Limits,
        written: Sequence[Choice] = (),
        guard: Guard | None = None,
    ) -> None:
        """Set up; nothing is sent yet. As `Loop`; the policy's clip is the bound B."""
        self._proposer = proposer
        self._scorer = scorer
        self._chooser = Chooser(policy, guard, Ledger(limits.allowance, limits.max_tokens))
        self._journal = journal
        self._limits = limits
        self._chance = random.Random(f"{policy.seed}:{len(written)}")  # noqa: S311
        self.meter = Meter(proposer, limits.budget, limits.prompt_tokens)
        self.choices: list[Choice] = list(written)
        for choice in written:
            scorer.accept(choice)
            self._chooser.accept(choice)

    def __iter__(self) -> Generator[Event, None, None]:
        """Write the text; every accepted piece is in the journal at once.

        Raises:
            ProviderError: the cloud failed too often in a row, or in a way that lasts.
        """
        finish = "length" if len(self.choices) >= self._limits.max_tokens else None
        failures = tries = 0
        while finish is None:
            written = len(self.choices)
            most = self.meter.affordable(written, self._limits.max_tokens - written)
            if most == 0:
                finish = "budget"
                break
            yield Requested(
                self._proposer.requests + 1, written, self.meter.seconds, self.meter.cost
            )
            try:
                with self.meter.request(written):
                    finish = yield from self._try(most, tries)
                failures = 0
            except ProviderError as error:
                failures = 1 if len(self.choices) > written else failures + 1
                pause = self._limits.patience.wait(error, failures)
                yield Waiting(pause, str(error))
                time.sleep(pause)
            tries = 0 if len(self.choices) > written else tries + 1
        yield Finished(
            receipt_of(
                finish, self._proposer, self.meter, self._scorer, self._chooser, self.choices
            )
        )

    def _try(self, most: int, tries: int) -> Generator[Event, None, str | None]:
        """Follow one answer up to its first refused piece; say why the text ended."""
        any_piece = False
        with closing(self._proposer.propose(tuple(self.choices), most)) as pieces:
            for piece in pieces:
                any_piece = True
                self.meter.drafted += 1
                choice = self._judged(piece, tries)
                if choice is None:
                    return None
                if not piece:
                    return "stop"
                self.meter.accepted += 1
                tries = 0
                self._scorer.accept(choice)
                self._chooser.accept(choice)
                self.choices.append(choice)
                self._journal.append(len(self.choices) - 1, [choice])
                yield Chosen(len(self.choices) - 1, choice, piece)
                if len(self.choices) >= self._limits.max_tokens:
                    return "length"
        if not any_piece:
            raise ProviderUnreachableError("The cloud sent nothing that could be read.")
        return None

    def _judged(self, piece: bytes, tries: int) -> Choice | None:
        """The piece as a choice, or None where it is refused."""
        if piece and self._chooser.refuses(piece):
            return None
        bound, strength = self._chooser.policy.clip, self._chooser.policy.strength
        delta = 0.0
        if strength != 0.0:
            candidate = Candidate(piece, None, 0.0)
            with self.meter.timing("local"):
                (evidence,) = self._scorer.score([Position(candidate, (candidate,))])
            delta = float(evidence.listed[0])
            shift = min(max(strength * delta, -bound), bound)
            if self._chance.random() >= math.exp(shift - bound):
                return None
        source = "steered" if tries else "cloud"
        return Choice(piece, None, source, None, delta, None, None)
