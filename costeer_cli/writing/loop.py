"""The loop: the cloud drafts, the local model scores, the policy picks, the draft is cut.

One request drafts many tokens. As long as the picks equal the cloud's own tokens the draft goes
on; at the first that differs the stream is closed, the pick is kept, and the next request starts
from there. A request that fails is made again from the last chosen token. Each position is drawn
from the same steered distribution given its prefix, so the text is the one that one request per
token would give, for a fraction of the requests.
"""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from costeer_cli.errors import ProviderError, ProviderUnreachableError
from costeer_cli.privacy.allowance import Allowance
from costeer_cli.privacy.ledger import Ledger
from costeer_cli.steering.choice import Choice
from costeer_cli.steering.completion import Evidence
from costeer_cli.steering.policy import Policy
from costeer_cli.steering.position import Position
from costeer_cli.writing.budget import Budget
from costeer_cli.writing.chooser import Chooser, Guard
from costeer_cli.writing.events import Chosen, Event, Finished, Requested, Waiting
from costeer_cli.writing.following import Followed, Positions, follow
from costeer_cli.writing.meter import Meter
from costeer_cli.writing.patience import Patience
from costeer_cli.writing.reach import Reach
from costeer_cli.writing.receipt import Privacy, Receipt

DEFAULT_BLOCK = 8
"""Positions scored at once: a block costs little more than one token (benchmarks/loop.py)."""


class Drafter(Protocol):
    """Whatever proposes the next tokens: the outbound door, or the local model alone."""

    source: str
    requests: int
    outbound_bytes: int

    @property
    def prompt_tokens(self) -> int | None:
        """Tokens read so far, over all requests, where known."""

    @property
    def cached_tokens(self) -> int | None:
        """Those of them that were in a cache, where known."""

    @property
    def flows(self) -> bool:
        """Whether drafts go on elsewhere while nobody reads them."""

    @property
    def stride(self) -> int | None:
        """The longest draft that makes sense; None where any length does."""

    def draft(self, accepted: Sequence[Choice], max_tokens: int) -> Positions:
        """Positions after `accepted`; closing the iterator cancels."""


class Scorer(Protocol):
    """Whatever says how the personal context bears on a position."""

    @property
    def passes(self) -> int:
        """Forward passes so far."""

    def prepare(self) -> None:
        """Read what was accepted ahead of the positions that follow it."""

    def score(self, positions: Sequence[Position], *, flowing: bool = False) -> list[Evidence]:
        """Evidence for consecutive positions after the accepted text; where more flow in, maybe
        for the first few only."""

    def accept(self, choice: Choice) -> None:
        """Append a choice to the text."""


class Journal(Protocol):
    """Keeps every choice, so that nothing accepted is ever lost."""

    def append(self, first_index: int, choices: Sequence[Choice]) -> None:
        """Keep consecutive choices; returns once they are safe."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How far a text may go, and in which steps.

    Attributes:
        max_tokens: longest text.
        block: most positions scored in one pass; None for what suits the drafter.
        draft_tokens: longest draft per request; None for what suits the drafter: its stride, or
            where drafts go on by themselves about as long as runs are, or the whole text.
        budget: what it may cost.
        patience: with a provider that fails.
        prompt_tokens: about how many tokens the public prompt has, to guess costs from.
        allowance: how much it may tell of the context; None for what the clip allows.
    """

    max_tokens: int
    block: int | None = None
    draft_tokens: int | None = None
    budget: Budget = field(default_factory=Budget)
    patience: Patience = field(default_factory=Patience)
    prompt_tokens: int = 0
    allowance: Allowance | None = None


class Loop:
    """Writes one text. Iterate over it for the events; `choices` holds the text so far."""

    def __init__(
        self,
        drafter: Drafter,
        scorer: Scorer,
        policy: Policy,
        journal: Journal,
        limits: Limits,
        written: Sequence[Choice] = (),
        guard: Guard | None = None,
    ) -> None:
        """Set up; nothing is sent yet.

        Args:
            written: a text to go on with; the journal has it already.
            guard: knows what must not become text.
        """
        self._drafter = drafter
        self._scorer = scorer
        self._chooser = Chooser(policy, guard, Ledger(limits.allowance, limits.max_tokens))
        self._journal = journal
        self._limits = limits
        self._reach = Reach()
        self._block = limits.block or drafter.stride or DEFAULT_BLOCK
        self._kept = len(written)
        self.meter = Meter(drafter, limits.budget, limits.prompt_tokens)
        self.choices: list[Choice] = list(written)
        for choice in written:
            scorer.accept(choice)
            self._chooser.accept(choice)

    def __iter__(self) -> Generator[Event, None, None]:
        """Write the text.

        However this ends, by an error, by Ctrl-C or by being closed, what was chosen is in the
        journal. Before every request everything chosen is.

        Raises:
            ProviderError: the cloud failed too often in a row, or in a way that lasts.
        """
        finish = self._over()
        failures = 0
        try:
            while finish is None:
                self._keep()
                most = self._most()
                if most == 0:
                    finish = "budget"
                    break
                written = len(self.choices)
                yield Requested(
                    self._drafter.requests + 1, written, self.meter.seconds, self.meter.cost
                )
                try:
                    with self.meter.request(written):
                        finish = yield from self._follow(most)
                    failures = 0
                except ProviderError as error:
                    failures = 1 if len(self.choices) > written else failures + 1
                    pause = self._limits.patience.wait(error, failures)
                    yield Waiting(pause, str(error))
                    time.sleep(pause)
        finally:
            self._keep()
        yield Finished(
            receipt_of(finish, self._drafter, self.meter, self._scorer, self._chooser, self.choices)
        )

    def _over(self) -> str | None:
        """Why a text that is gone on with may be complete already."""
        return "length" if len(self.choices) >= self._limits.max_tokens else None

    def _most(self) -> int:
        """The longest draft to ask for; 0 where the budget allows none."""
        left = self._limits.max_tokens - len(self.choices)
        reach = self._reach.tokens if self._drafter.flows else left
        wanted = min(left, self._limits.draft_tokens or self._drafter.stride or reach)
        return self.meter.affordable(len(self.choices), wanted)

    def _follow(self, most: int) -> Generator[Event, None, str | None]:
        """Follow one draft to its end or to the first difference; say why the text ended."""
        with self.meter.timing("cloud"):
            draft = follow(
                self._drafter.draft(tuple(self.choices), most), flows=self._drafter.flows
            )
        begun, cut = len(self.choices), False
        try:
            while block := self._next_block(draft):
                for position, choice in zip(block, self._choose(block), strict=False):
                    if choice.ends:
                        return "stop"
                    self._accept(choice)
                    yield Chosen(len(self.choices) - 1, self.choices[-1], position.chosen.text)
                    cut = choice.text != position.chosen.text
                    self.meter.accepted += not cut
                    if len(self.choices) >= self._limits.max_tokens:
                        return "length"
                    if cut:
                        return None
                self._keep()
        finally:
            draft.close()
            self._reach.ran(len(self.choices) - begun, cut=cut)
        if len(self.choices) == begun:
            raise ProviderUnreachableError("The cloud sent nothing that could be read.")
        return None

    def _next_block(self, draft: Followed) -> list[Position]:
        if draft.idle:
            with self.meter.timing("local"):
                self._scorer.prepare()
        with self.meter.timing("cloud"):
            block = draft.take(self._block)
        self.meter.drafted += len(block)
        return block

    def _choose(self, block: list[Position]) -> Iterator[Choice]:
        """The choices of a block, each valid as long as those before it follow the draft.

        Each must be accepted before the next is asked for. Scoring waits for the first position
        that the cloud alone does not decide.
        """
        evidence: dict[int, Evidence] = {}
        for i, position in enumerate(block):
            choice = self._chooser.settled(position)
            if choice is None:
                with self.meter.timing("local"):
                    if i not in evidence:
                        scored = self._scorer.score(block[i:], flowing=self._drafter.flows)
                        evidence = dict(enumerate(scored, start=i))
                    choice = self._chooser.choose(position, evidence[i])
            yield choice

    def _accept(self, choice: Choice) -> None:
        if self._drafter.source != "cloud":  # no cloud took part, so nothing is told
            source = self._drafter.source if choice.source == "cloud" else choice.source
            choice = replace(choice, source=source, cost=None, moved=None)
        self._scorer.accept(choice)
        self._chooser.accept(choice)
        self.choices.append(choice)

    def _keep(self) -> None:
        if len(self.choices) > self._kept:
            self._journal.append(self._kept, self.choices[self._kept :])
            self._kept = len(self.choices)


class Sender(Protocol):
    """Whatever counts what it sends."""

    requests: int
    outbound_bytes: int


def receipt_of(
    finish: str,
    sender: Sender,
    meter: Meter,
    scorer: Scorer,
    chooser: Chooser,
    choices: Sequence[Choice],
) -> Receipt:
    """The receipt of a text that ended for the reason `finish`."""
    sampled, ledger = chooser.policy.temperature > 0.0, chooser.ledger
    privacy = Privacy(
        requests_logged=sender.requests,
        outbound_bytes=sender.outbound_bytes,
        protected_replaced=0,
        blocked=chooser.blocked,
        steered_tokens=sum(c.source == "steered" for c in choices),
        certified_tokens=sum(c.certified for c in choices),
        epsilon=_finite(ledger.bound) if sampled or ledger.told == 0.0 else None,
        delta=ledger.delta,
        bits=None if sampled else _finite(ledger.told / math.log(2.0)),
        realised=ledger.realised,
    )
    return Receipt(finish, meter.usage(len(choices), scorer.passes), privacy)


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
