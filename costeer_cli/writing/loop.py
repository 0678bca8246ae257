"""The loop: the cloud drafts, the local model scores, the policy picks, the draft is cut.

One request drafts many tokens. As long as the picks equal the cloud's own tokens the draft goes
on; at the first that differs the stream is closed, the pick is kept, and the next request starts
from there. Each position is drawn from the same steered distribution given its prefix, so the
text is the one that one request per token would give, for a fraction of the requests.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Protocol

from costeer_cli.errors import NotSteerableError
from costeer_cli.steering.choice import Choice
from costeer_cli.steering.completion import Evidence
from costeer_cli.steering.policy import Policy
from costeer_cli.steering.position import Position
from costeer_cli.writing.events import Chosen, Event, Finished, Requested
from costeer_cli.writing.receipt import Privacy, Receipt, Usage

DEFAULT_BLOCK = 6
"""Positions scored at once: a block costs little more than one token (benchmarks/loop.py)."""


class Drafter(Protocol):
    """Whatever proposes the next tokens: the outbound door, or the local model alone."""

    source: str
    requests: int
    outbound_bytes: int

    @property
    def prompt_tokens(self) -> int | None:
        """Tokens read so far, over all requests, where known."""

    def draft(self, accepted: Sequence[Choice], max_tokens: int) -> Iterator[Position]:
        """Positions after `accepted`; closing the iterator cancels."""


class Scorer(Protocol):
    """Whatever says how the personal context bears on a position."""

    @property
    def passes(self) -> int:
        """Forward passes so far."""

    def score(self, positions: Sequence[Position]) -> list[Evidence]:
        """Evidence for consecutive positions after the accepted text."""

    def accept(self, choice: Choice) -> None:
        """Append a choice to the text."""


class Journal(Protocol):
    """Keeps every choice, so that nothing accepted is ever lost."""

    def append(self, first_index: int, choices: Sequence[Choice]) -> None:
        """Keep consecutive choices; returns once they are safe."""


class Loop:
    """Writes one text. Iterate over it for the events; `choices` holds the text so far."""

    def __init__(
        self,
        drafter: Drafter,
        scorer: Scorer,
        policy: Policy,
        journal: Journal,
        *,
        max_tokens: int,
        block: int = DEFAULT_BLOCK,
        draft_tokens: int | None = None,
    ) -> None:
        """Set up; nothing is sent yet.

        Args:
            max_tokens: longest text.
            block: positions scored in one pass.
            draft_tokens: longest draft per request; None for as long as the text may get.
        """
        self._drafter = drafter
        self._scorer = scorer
        self._policy = policy
        self._journal = journal
        self._max_tokens = max_tokens
        self._block = block
        self._draft_tokens = draft_tokens or max_tokens
        self._kept = 0
        self._drafted = 0
        self._cloud_seconds = 0.0
        self._local_seconds = 0.0
        self.choices: list[Choice] = []

    def __iter__(self) -> Generator[Event, None, None]:
        """Write the text.

        However this ends, by an error, by Ctrl-C or by being closed, what was chosen is in the
        journal. Before every request everything chosen is.

        Raises:
            ProviderError: the cloud failed or sent nothing.
        """
        started = time.perf_counter()
        finish: str | None = None
        try:
            while finish is None:
                self._keep()
                left = self._max_tokens - len(self.choices)
                yield Requested(self._drafter.requests + 1, len(self.choices))
                finish = yield from self._follow(min(left, self._draft_tokens))
        finally:
            self._keep()
        yield Finished(self._receipt(finish, time.perf_counter() - started))

    def _follow(self, most: int) -> Generator[Event, None, str | None]:
        """Follow one draft to its end or to the first difference; say why the text ended."""
        begun = time.perf_counter()
        draft = self._drafter.draft(self.choices, most)
        self._cloud_seconds += time.perf_counter() - begun
        drafted = 0
        try:
            while block := self._next_block(draft):
                drafted += len(block)
                for position, choice in zip(block, self._choose(block), strict=False):
                    if choice.ends:
                        return "stop"
                    self._accept(choice)
                    yield Chosen(len(self.choices) - 1, self.choices[-1], position.chosen.text)
                    if len(self.choices) >= self._max_tokens:
                        return "length"
                    if choice.text != position.chosen.text:
                        return None
                self._keep()
        finally:
            close = getattr(draft, "close", None)
            if close is not None:
                close()
        if not drafted:
            raise NotSteerableError(
                "The cloud sent no tokens with logprobs.",
                hint="Try again, or use another model or provider.",
            )
        return None

    def _next_block(self, draft: Iterator[Position]) -> list[Position]:
        begun = time.perf_counter()
        block = list(islice(draft, self._block))
        self._cloud_seconds += time.perf_counter() - begun
        self._drafted += len(block)
        return block

    def _choose(self, block: list[Position]) -> Iterator[Choice]:
        """The choices of a block, each valid as long as those before it follow the draft.

        Scoring waits for the first position that the cloud alone does not decide.
        """
        evidence: dict[int, Evidence] = {}
        for i, position in enumerate(block):
            choice = self._policy.settled(position)
            if choice is None:
                begun = time.perf_counter()
                if not evidence:
                    evidence = dict(enumerate(self._scorer.score(block[i:]), start=i))
                choice = self._policy.choose(position, evidence[i], len(self.choices))
                self._local_seconds += time.perf_counter() - begun
            yield choice

    def _accept(self, choice: Choice) -> None:
        if choice.source == "cloud":
            choice = replace(choice, source=self._drafter.source)
        self._scorer.accept(choice)
        self.choices.append(choice)

    def _keep(self) -> None:
        if len(self.choices) > self._kept:
            self._journal.append(self._kept, self.choices[self._kept :])
            self._kept = len(self.choices)

    def _receipt(self, finish: str, seconds: float) -> Receipt:
        usage = Usage(
            requests=self._drafter.requests,
            tokens=len(self.choices),
            drafted_tokens=self._drafted,
            cloud_prompt_tokens=self._drafter.prompt_tokens,
            cloud_completion_tokens=self._drafted,
            local_passes=self._scorer.passes,
            seconds=round(seconds, 3),
            local_seconds=round(self._local_seconds, 3),
            cloud_seconds=round(self._cloud_seconds, 3),
        )
        privacy = Privacy(
            requests_logged=self._drafter.requests,
            outbound_bytes=self._drafter.outbound_bytes,
            protected_replaced=0,
            blocked=0,
            steered_tokens=sum(c.source == "steered" for c in self.choices),
            certified_tokens=sum(c.certified for c in self.choices),
            epsilon=0.0 if self._policy.strength == 0.0 else None,
        )
        return Receipt(finish, usage, privacy)
