"""The ledger: its bound is proved by enumerating every text over contexts made to break it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costeer_cli.privacy.allowance import Allowance, epsilon_of, spent_rho
from costeer_cli.privacy.ledger import Ledger
from costeer_cli.steering.choice import Choice
from costeer_cli.steering.completion import Evidence
from costeer_cli.steering.policy import Policy
from costeer_cli.steering.position import Candidate, Position
from costeer_cli.writing.chooser import Chooser

TEXTS = (b"a", b"b", b"c")
WORST = 50.0  # nats: more than any clip lets through
CONTEXTS = [np.array(deltas) * WORST for deltas in itertools.product((-1.0, 0.0, 1.0), repeat=3)]
Cloud = Callable[[bytes], Position]
Context = Callable[[bytes], np.ndarray]


def cloud(seed: int) -> Cloud:
    """A tiny cloud: what it says depends on the text so far, and at times it is all but sure."""

    def say(text: bytes) -> Position:
        drawn = np.random.default_rng([seed, *text]).normal(size=3) * 2.0
        logprobs = drawn - np.log(np.exp(drawn).sum())
        candidates = tuple(
            Candidate(text, None, float(p)) for text, p in zip(TEXTS, logprobs, strict=True)
        )
        return Position(candidates[0], candidates)

    return say


def texts(
    policy: Policy, allowance: Allowance | None, length: int, say: Cloud, context: Context
) -> dict[bytes, tuple[float, Ledger]]:
    """The log-probability of every text of that length, and its ledger."""
    found, blank = {}, Ledger(allowance, length)
    for tokens in itertools.product(TEXTS, repeat=length):
        chooser = Chooser(policy, None, copy(blank))
        text, logprob = b"", 0.0
        for token in tokens:
            position = say(text)
            evidence = Evidence(context(text))
            steered = chooser.policy.distribution(position, evidence)
            place = TEXTS.index(token)
            logprob += float(steered.logprob[place])
            choice = chooser.choose(position, evidence)
            chooser.accept(replace(choice, text=token))
            text += token
        found[text] = (logprob, chooser.ledger)
    return found


def wandering(seed: int) -> Context:
    """A context whose deltas depend on the text so far, each as bad as can be."""

    def deltas(text: bytes) -> np.ndarray:
        return CONTEXTS[int(np.random.default_rng([seed, *text, 7]).integers(len(CONTEXTS)))]

    return deltas


PAIRS = [(wandering(one), wandering(other)) for one, other in itertools.combinations(range(3), 2)]
OPPOSED = (lambda text: CONTEXTS[-1] * [1, -1, -1], lambda text: CONTEXTS[-1] * [-1, 1, 1])


@pytest.mark.parametrize("temperature", [1.0, 0.6])
@pytest.mark.parametrize("gate", [1.0, 0.7])
@pytest.mark.parametrize("top_p", [1.0, 0.9])
def test_no_text_tells_more_than_epsilon(temperature: float, gate: float, top_p: float) -> None:
    allowance, say = Allowance(0.8), cloud(3)
    policy = Policy(1.0, temperature, top_p=top_p, clip=math.inf, gate=gate)
    largest = 0.0
    for pair in [*PAIRS, OPPOSED]:
        one, other = (texts(policy, allowance, 3, say, context) for context in pair)
        assert math.fsum(math.exp(logprob) for logprob, _ in one.values()) == pytest.approx(1.0)
        for text, (logprob, ledger) in one.items():
            if logprob == -math.inf:
                assert other[text][0] == -math.inf  # what is possible is public
                continue
            apart = abs(logprob - other[text][0])
            assert apart <= ledger.bound + 1e-9 <= allowance.epsilon + 2e-9
            largest = max(largest, apart)
    assert largest > 0.3 * allowance.epsilon  # the contexts do press against it


@pytest.mark.parametrize("delta", [1e-3, 1e-2])
def test_with_delta_the_excess_is_at_most_that_likely(delta: float) -> None:
    allowance, say = Allowance(1.0, delta), cloud(5)
    policy = Policy(1.0, 1.0, clip=math.inf)
    for pair in [PAIRS[0], OPPOSED]:
        one, other = (texts(policy, allowance, 5, say, context) for context in pair)
        excess = math.fsum(
            max(math.exp(p) - math.exp(allowance.epsilon + other[text][0]), 0.0)
            for text, (p, _) in one.items()
        )
        assert excess <= delta
        assert all(ledger.bound <= allowance.epsilon + 1e-9 for _, ledger in one.values())


def test_delta_leaves_more_room_where_texts_are_long() -> None:
    plain, with_delta = Ledger(Allowance(8.0), 300), Ledger(Allowance(8.0, 1e-5), 300)
    assert plain.clip == pytest.approx(8.0 / 600)
    assert with_delta.clip > 3 * plain.clip
    short = Ledger(Allowance(8.0, 1e-5), 1)
    assert short.clip == pytest.approx(4.0)  # one token: adding up plainly is better


@settings(deadline=None)
@given(
    st.floats(0.05, 30.0),
    st.sampled_from([0.0, 1e-6, 1e-3]),
    st.integers(1, 40),
    st.lists(st.booleans(), min_size=1, max_size=40),
)
def test_whatever_the_gate_lets_through_the_allowance_holds(
    epsilon: float, delta: float, most: int, steered: Sequence[bool]
) -> None:
    ledger = Ledger(Allowance(epsilon, delta), most)
    for steers in steered[:most]:
        clip = ledger.clip
        assert clip > 0.0
        ledger.add(Choice(b"x", None, "cloud", 0.0, 0.0, 0.0, 0, cost=2 * clip * steers, moved=0.1))
    assert ledger.bound <= epsilon * (1 + 1e-9)


def test_free_positions_leave_their_share_to_the_others() -> None:
    ledger = Ledger(Allowance(1.0), 10)
    free = Choice(b"x", None, "cloud", 0.0, None, 0.0, 0, cost=0.0, moved=0.0)
    for _ in range(8):
        ledger.add(free)
    assert ledger.bound == 0.0
    assert ledger.clip == pytest.approx(0.25)


def test_without_an_allowance_costs_are_added_up() -> None:
    ledger = Ledger(None, 2)
    assert ledger.clip == math.inf
    for cost, moved in ((0.5, 0.2), (1.0, -0.1)):
        ledger.add(Choice(b"x", None, "cloud", 0.0, 0.0, 0.0, 0, cost=cost, moved=moved))
    assert (ledger.told, ledger.bound) == (1.5, 1.5)
    assert ledger.realised == pytest.approx(0.1)
    ledger.add(Choice(b"x", None, "local", None, None, None, None))
    assert ledger.realised is None
    assert math.isinf(ledger.bound)


def test_what_is_bounded_twice_takes_the_better_bound() -> None:
    ledger = Ledger(Allowance(50.0, 1e-5), 1000)
    for _ in range(1000):
        ledger.add(Choice(b"x", None, "cloud", 0.0, 0.0, 0.0, 0, cost=0.05, moved=0.0))
    assert ledger.told == pytest.approx(50.0)
    assert ledger.bound == pytest.approx(epsilon_of(1000 * spent_rho(0.05), 1e-5))
