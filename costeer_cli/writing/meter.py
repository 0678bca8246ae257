"""Counts what a text takes while it is written."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from costeer_cli.writing.budget import Budget
from costeer_cli.writing.receipt import Usage


class Reported(Protocol):
    """What a drafter reports of its requests so far."""

    requests: int

    @property
    def prompt_tokens(self) -> int | None:
        """Tokens read, over all requests, where known."""

    @property
    def cached_tokens(self) -> int | None:
        """Those of them that were in a cache, where known."""


class Meter:
    """Tokens, money and seconds of one text.

    Attributes:
        drafted: positions that arrived.
        accepted: those that became text as they were.
    """

    def __init__(self, drafter: Reported, budget: Budget, prompt: int) -> None:
        """Start at zero.

        Args:
            prompt: about how many tokens the public prompt has, for requests of which the
                provider reports nothing.
        """
        self._drafter = drafter
        self._budget = budget
        self._prompt = prompt
        self._guessed = 0
        self._started = time.perf_counter()
        self._seconds = {"cloud": 0.0, "local": 0.0}
        self.drafted = 0
        self.accepted = 0

    @contextmanager
    def timing(self, what: str) -> Iterator[None]:
        """Count the seconds of a block as `cloud` or `local`."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self._seconds[what] += time.perf_counter() - begun

    @contextmanager
    def request(self, written: int) -> Iterator[None]:
        """A request goes out after so many tokens of text; what it reads is guessed unless told."""
        told = self._drafter.prompt_tokens
        try:
            yield
        finally:
            if self._drafter.prompt_tokens == told:
                self._guessed += self._prompt + written

    @property
    def cost(self) -> float | None:
        """US dollars so far; None where prices are not known."""
        told, cached = self._drafter.prompt_tokens, self._drafter.cached_tokens
        return self._budget.spent((told or 0) + self._guessed, cached or 0, self.drafted)

    def affordable(self, written: int, wanted: int) -> int:
        """How many tokens the next request may draft; 0 where it may not be made."""
        return self._budget.affordable(
            self._drafter.requests, self.cost, self._prompt + written, wanted
        )

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._started

    def usage(self, tokens: int, passes: int) -> Usage:
        """All of it."""
        return Usage(
            requests=self._drafter.requests,
            tokens=tokens,
            drafted_tokens=self.drafted,
            accepted_tokens=self.accepted,
            wasted_tokens=self.drafted - self.accepted,
            cloud_prompt_tokens=self._drafter.prompt_tokens,
            cloud_cached_tokens=self._drafter.cached_tokens,
            cloud_completion_tokens=self.drafted,
            local_passes=passes,
            cost=self.cost,
            seconds=round(self.seconds, 3),
            local_seconds=round(self._seconds["local"], 3),
            cloud_seconds=round(self._seconds["cloud"], 3),
        )
