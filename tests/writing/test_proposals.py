"""Steering by trial: exactly the steered distribution, at the cost that is said, with no loss."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Generator, Sequence

import numpy as np
import pytest

from costeer_cli.errors import NotSteerableError, ProviderUnreachableError
from costeer_cli.local.scorer import Unscored
from costeer_cli.steering.choice import Choice
from costeer_cli.steering.completion import Evidence
from costeer_cli.steering.policy import Policy
from costeer_cli.steering.position import Position
from costeer_cli.writing.budget import Budget
from costeer_cli.writing.events import Chosen, Finished, Waiting
from costeer_cli.writing.loop import Limits
from costeer_cli.writing.patience import Patience
from costeer_cli.writing.proposals import Proposals

CLOUD = {b"a": 0.5, b"b": 0.3, b"cc": 0.15, b"": 0.05}
DELTA = {b"a": -1.0, b"b": 0.7, b"cc": 3.0, b"": 0.2}


class Proposer:
    """Samples pieces, as a cloud at temperature 1 does; counts who listens how long."""

    source = "cloud"
    outbound_bytes = 0
    prompt_tokens = None
    cached_tokens = None

    def __init__(self, *faults: Exception) -> None:
        self.chance = random.Random(7)
        self.faults = list(faults)
        self.requests = 0
        self.closed = 0
        self.asked: list[bytes] = []

    def propose(self, accepted: Sequence[Choice], max_tokens: int) -> Generator[bytes, None, None]:
        self.requests += 1
        self.asked.append(b"".join(c.text for c in accepted))
        try:
            if self.faults:
                raise self.faults.pop(0)
            for _ in range(max_tokens):
                (piece,) = self.chance.choices(list(CLOUD), list(CLOUD.values()))
                yield piece
                if not piece:
                    return
        finally:
            self.closed += 1


class Scorer:
    passes = 0

    def prepare(self) -> None: ...

    def score(self, positions: Sequence[Position], *, flowing: bool = False) -> list[Evidence]:
        return [Evidence(np.array([DELTA[p.chosen.text]])) for p in positions]

    def accept(self, choice: Choice) -> None:
        assert choice.text


class Kept:
    def __init__(self) -> None:
        self.choices: list[Choice] = []

    def append(self, first_index: int, choices: Sequence[Choice]) -> None:
        assert first_index == len(self.choices)
        self.choices += choices


def _limits(most: int, **more: object) -> Limits:
    return Limits(max_tokens=most, patience=Patience(3, 0.0, 0.0), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("strength", "bound"), [(1.0, 1.0), (0.5, 4.0), (1.0, 2.5)])
def test_what_is_written_is_distributed_as_steered(strength: float, bound: float) -> None:
    shift = {x: min(max(strength * DELTA[x], -bound), bound) for x in CLOUD}
    weight = {x: CLOUD[x] * math.exp(shift[x]) for x in CLOUD}
    total = sum(weight.values())
    found: Counter[bytes] = Counter()
    proposer, policy = Proposer(), Policy(strength, 1.0, clip=bound)
    written = 0
    while written < 4000:
        journal = Kept()
        loop = Proposals(proposer, Scorer(), policy, journal, _limits(400))
        *_, last = loop
        assert isinstance(last, Finished)
        found.update(choice.text for choice in journal.choices)
        found[b""] += last.receipt.finish_reason == "stop"
        written = found.total()
        policy = Policy(strength, 1.0, clip=bound, seed=written)
    chi_square = sum(
        (found[x] - found.total() * weight[x] / total) ** 2 / (found.total() * weight[x] / total)
        for x in CLOUD
    )
    assert chi_square < 16.3  # 3 degrees of freedom: exceeded once in a thousand


def test_at_strength_zero_every_piece_is_taken() -> None:
    proposer = Proposer()
    policy = Policy(0.0, 1.0, clip=1.0)
    *_, last = Proposals(proposer, Unscored(), policy, Kept(), _limits(50))
    assert isinstance(last, Finished)
    assert proposer.requests == 1
    assert last.receipt.usage.wasted_tokens == (last.receipt.finish_reason == "stop")


def test_the_cost_is_what_is_said() -> None:
    """Tries for each piece: exp(B) over the mean of exp(s)."""
    bound = 1.0
    proposer, policy = Proposer(), Policy(1.0, 1.0, clip=bound)
    drafted = written = 0
    for seed in range(40):
        loop = Proposals(
            proposer, Scorer(), Policy(1.0, 1.0, clip=bound, seed=seed), Kept(), _limits(60)
        )
        *_, last = loop
        assert isinstance(last, Finished)
        drafted += last.receipt.usage.drafted_tokens
        written += last.receipt.usage.tokens + (last.receipt.finish_reason == "stop")
    mean = sum(CLOUD[x] * math.exp(min(max(DELTA[x], -bound), bound)) for x in CLOUD)
    assert drafted / written == pytest.approx(math.exp(policy.clip) / mean, rel=0.1)


def test_a_refused_piece_is_asked_for_again_and_nothing_else_is_sent() -> None:
    proposer, journal = Proposer(), Kept()
    loop = Proposals(proposer, Scorer(), Policy(1.0, 1.0, clip=1.0), journal, _limits(12))
    events = list(loop)
    assert journal.choices == loop.choices
    texts = [b"".join(c.text for c in loop.choices[:i]) for i in range(len(loop.choices) + 1)]
    assert set(proposer.asked) <= set(texts)
    assert proposer.closed == proposer.requests
    sources = [e.choice.source for e in events if isinstance(e, Chosen)]
    assert set(sources) == {"cloud", "steered"}
    assert all(c.cloud_logprob is None and c.rank is None for c in loop.choices)


def test_faults_are_tried_again() -> None:
    gone = ProviderUnreachableError("Gone.")
    proposer = Proposer(gone, gone)
    events = list(Proposals(proposer, Unscored(), Policy(0.0, 1.0), Kept(), _limits(3)))
    assert len([e for e in events if isinstance(e, Waiting)]) == 2
    with pytest.raises(ProviderUnreachableError):
        list(Proposals(Proposer(gone, gone, gone), Unscored(), Policy(0.0), Kept(), _limits(3)))
    with pytest.raises(NotSteerableError):
        list(
            Proposals(
                Proposer(NotSteerableError("No.")), Unscored(), Policy(0.0), Kept(), _limits(3)
            )
        )


def test_a_budget_stops_it_and_it_can_be_gone_on_with() -> None:
    proposer, journal = Proposer(), Kept()
    policy = Policy(1.0, 1.0, clip=1.0, seed=3)
    limits = _limits(30, budget=Budget(requests=3))
    *_, last = Proposals(proposer, Scorer(), policy, journal, limits)
    assert isinstance(last, Finished)
    assert (last.receipt.finish_reason, proposer.requests) == ("budget", 3)
    again = Proposals(Proposer(), Scorer(), policy, journal, _limits(30), journal.choices[:])
    list(again)
    assert journal.choices == again.choices
