"""The loop: cutting drafts changes nothing, on the real model; and what may go wrong."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import torch

from costeer_cli.accounts.account import Prices
from costeer_cli.errors import NotSteerableError, ProviderUnreachableError
from costeer_cli.local.scorer import PairedScorer, Unscored
from costeer_cli.models.language_model import LanguageModel, Message
from costeer_cli.privacy.outbound.door import embedded_cloud
from costeer_cli.steering.choice import Choice
from costeer_cli.steering.completion import Evidence, Tail
from costeer_cli.steering.policy import Policy
from costeer_cli.steering.position import Candidate, Position
from costeer_cli.writing.budget import Budget
from costeer_cli.writing.events import Chosen, Finished, Requested, Waiting
from costeer_cli.writing.loop import Limits, Loop
from costeer_cli.writing.patience import Patience
from costeer_cli.writing.receipt import Receipt

PROMPTS = [
    "Tell me about yourself.",
    "Write a short email that cancels a dinner.",
    "Write a note to a neighbour about a lost cat.",
    "Thank a friend for a book.",
    "Describe your morning.",
    "Write a two-line review of a café.",
    "Ask a colleague for a report.",
    "Write a birthday wish 🎂.",
    "Explain why you are late.",
    "Write a haiku about rain.",
    "Invite your team to lunch.",
    "Write a message that declines an offer.",
    "Describe the street you live in.",
    "Write the opening of a speech.",
    "Give advice on sleeping well.",
    "Complain about a late train.",
    "Write a recipe for soup.",
    "Recommend a film.",
    "Say goodbye to a class.",
    "Write a shopping list.",
]
PUBLIC = "Write the text the user asks for."
PRIVATE = (
    f"{PUBLIC}\n\nThe writer: Dev, a night nurse in Winnipeg. Dev has a dog called Moth, drinks "
    "cold coffee, hates Mondays and writes short dry sentences."
)
TOKENS = 12


@dataclass
class Kept:
    """A journal that remembers what it was given, and in which steps."""

    choices: list[Choice] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)

    def append(self, first_index: int, choices: Sequence[Choice]) -> None:
        assert first_index == len(self.choices)
        self.choices.extend(choices)
        self.steps.append(len(self.choices))


@dataclass
class Run:
    choices: list[Choice]
    receipt: Receipt
    scorer: PairedScorer | Unscored
    differed: int
    """Choices that were not the drafted token, the last one not counted (it needs no request)."""


def _chat(system: str, prompt: str) -> list[Message]:
    return [{"role": "system", "content": system}, {"role": "user", "content": prompt}]


def _write(
    model: LanguageModel,
    prompt: str,
    policy: Policy,
    *,
    block: int = 6,
    draft_tokens: int | None = None,
    max_tokens: int = TOKENS,
) -> Run:
    scorer = PairedScorer(model, _chat(PRIVATE, prompt), _chat(PUBLIC, prompt))
    loop = Loop(
        embedded_cloud(model).open(prompt, lambda *_: None),
        scorer,
        policy,
        Kept(),
        Limits(max_tokens=max_tokens, block=block, draft_tokens=draft_tokens),
    )
    events = list(loop)
    finished = events[-1]
    assert isinstance(finished, Finished)
    chosen = [event for event in events if isinstance(event, Chosen)]
    limit = finished.receipt.finish_reason == "length"
    differed = sum(e.choice.text != e.drafted for e in (chosen[:-1] if limit else chosen))
    return Run(loop.choices, finished.receipt, scorer, differed)


def _same(one: list[Choice], other: list[Choice]) -> None:
    assert [c.text for c in one] == [c.text for c in other]
    assert [(c.id, c.rank) for c in one] == [(c.id, c.rank) for c in other]
    for a, b in zip(one, other, strict=True):
        assert a.steered_logprob == pytest.approx(b.steered_logprob, abs=2e-3)
        assert (a.delta is None) == (b.delta is None)
        assert a.delta is None or a.delta == pytest.approx(b.delta, abs=2e-3)


@pytest.mark.model
@pytest.mark.parametrize(
    "prompt",
    [*PROMPTS[:2], *(pytest.param(prompt, marks=pytest.mark.slow) for prompt in PROMPTS[2:])],
)
@pytest.mark.parametrize(
    "policy",
    [Policy(strength=0.7), Policy(strength=0.7, temperature=0.8, top_p=0.95, seed=11)],
    ids=["greedy", "seeded"],
)
def test_cutting_drafts_gives_the_text_of_one_token_per_request(
    model: LanguageModel, prompt: str, policy: Policy
) -> None:
    drafted = _write(model, prompt, policy)
    single = _write(model, prompt, policy, block=1, draft_tokens=1)
    _same(drafted.choices, single.choices)
    assert single.receipt.usage.requests == len(single.choices) + (
        single.receipt.finish_reason == "stop"
    )
    assert drafted.receipt.usage.requests == drafted.differed + 1
    assert drafted.receipt.finish_reason == single.receipt.finish_reason


@pytest.mark.model
def test_blocks_and_limits_of_drafts_change_requests_and_not_the_text(
    model: LanguageModel,
) -> None:
    policy = Policy(strength=0.7)
    whole = _write(model, PROMPTS[0], policy)
    for block, limit in ((1, None), (3, 5), (16, 4), (2, 1)):
        other = _write(model, PROMPTS[0], policy, block=block, draft_tokens=limit)
        _same(whole.choices, other.choices)
        assert other.receipt.usage.requests >= whole.receipt.usage.requests


@pytest.mark.model
@pytest.mark.parametrize("policy", [Policy(strength=0.7), Policy(0.7, temperature=0.8, seed=3)])
def test_it_is_the_text_of_the_definition(model: LanguageModel, policy: Policy) -> None:
    """Against plain full forward passes, without caches, blocks, drafts or a door."""
    prompt = PROMPTS[1]
    private = model.render(_chat(PRIVATE, prompt))
    public = model.render(_chat(PUBLIC, prompt))
    text: list[int] = []
    texts: list[bytes] = []
    vocabulary = model.vocabulary
    for index in range(12):
        with torch.inference_mode():
            with_context, without = (
                model.logprobs(model.network(torch.tensor([ids + text])).logits[0, -1])
                .double()
                .numpy()
                for ids in (private, public)
            )
        top = np.argsort(-without, kind="stable")[:20]
        candidates = tuple(
            Candidate(vocabulary.text(int(i)), int(i), float(without[i])) for i in top
        )
        rest = np.setdiff1d(np.flatnonzero(vocabulary.writable), top)
        tail = Tail(vocabulary, rest, without[rest], with_context[rest] - without[rest])
        evidence = Evidence(with_context[top] - without[top], tail)
        choice = policy.choose(Position(candidates[0], candidates), evidence, index)
        assert choice.id is not None
        text.append(choice.id)
        texts.append(choice.text)
    assert [c.text for c in _write(model, prompt, policy, max_tokens=12).choices] == texts


@pytest.mark.model
def test_strength_zero_is_the_clouds_own_text_in_one_request(model: LanguageModel) -> None:
    run = _write(model, PROMPTS[3], Policy(strength=0.0))
    assert run.receipt.usage.requests == 1
    assert run.scorer.passes == 0
    assert {c.source for c in run.choices} == {"cloud"}
    ids = torch.tensor([model.render(_chat(PUBLIC, PROMPTS[3]))])
    plain = model.network.generate(ids, max_new_tokens=TOKENS, do_sample=False)
    assert [c.id for c in run.choices] == plain[0, ids.shape[1] :].tolist()


@pytest.mark.model
def test_receipt_adds_up(model: LanguageModel) -> None:
    run = _write(model, PROMPTS[4], Policy(strength=0.9))
    usage, privacy = run.receipt.usage, run.receipt.privacy
    assert usage.tokens == len(run.choices)
    assert usage.drafted_tokens >= usage.tokens
    assert usage.local_passes == run.scorer.passes < usage.tokens
    assert privacy.requests_logged == usage.requests
    assert privacy.steered_tokens == sum(c.source == "steered" for c in run.choices) > 0
    assert privacy.epsilon is None
    assert usage.seconds >= usage.cloud_seconds


def _position(*texts: bytes) -> Position:
    share = math.log(0.9 / len(texts))
    candidates = tuple(Candidate(t, i, share - i * 1e-3) for i, t in enumerate(texts))
    return Position(candidates[0], candidates)


def _at_once(*, tries: int = 1, **limits: int) -> Limits:
    """Limits with a patience that does not wait."""
    return Limits(patience=Patience(tries, 0.0, 0.0), **limits)  # type: ignore[arg-type]


class Script:
    """A drafter that plays prepared drafts and records what it was asked to continue."""

    source = "cloud"
    outbound_bytes = 0
    prompt_tokens = None
    cached_tokens = None
    flows = False
    stride = None

    def __init__(self, *drafts: Sequence[Position | Exception]) -> None:
        self._drafts = list(drafts)
        self.asked: list[tuple[bytes, int]] = []
        self.requests = 0
        self.closed = 0
        self.pulled = 0

    def draft(self, accepted: Sequence[Choice], max_tokens: int) -> Iterator[Position]:
        self.requests += 1
        self.asked.append((b"".join(c.text for c in accepted), max_tokens))
        return self._play(self._drafts.pop(0))

    def _play(self, draft: Sequence[Position | Exception]) -> Iterator[Position]:
        try:
            for item in draft:
                if isinstance(item, Exception):
                    raise item
                self.pulled += 1
                yield item
        finally:
            self.closed += 1


class Prefers:
    """A scorer that wants certain tokens, wherever they are listed."""

    def __init__(self, *wanted: bytes) -> None:
        self._wanted = wanted
        self.passes = 0
        self.prepared = 0
        self.accepted: list[bytes] = []

    def prepare(self) -> None:
        self.prepared += 1

    def score(self, positions: Sequence[Position], *, flowing: bool = False) -> list[Evidence]:
        self.passes += 1
        return [
            Evidence(np.array([9.0 * (c.text in self._wanted) for c in p.candidates]))
            for p in positions
        ]

    def accept(self, choice: Choice) -> None:
        self.accepted.append(choice.text)


def test_a_draft_is_cut_at_the_first_difference_and_closed() -> None:
    first = [_position(b"a", b"x"), _position(b"b", b"y"), _position(b"c"), _position(b"d")]
    script = Script(first, [_position(b"z"), _position(b"")])
    journal, scorer = Kept(), Prefers(b"y")
    loop = Loop(script, scorer, Policy(strength=1.0), journal, Limits(max_tokens=9, block=3))
    events = list(loop)
    assert b"".join(c.text for c in loop.choices) == b"ayz"
    assert script.asked == [(b"", 9), (b"ay", 7)]
    assert (script.pulled, script.closed) == (5, 2)
    assert scorer.accepted == [b"a", b"y", b"z"]
    assert [e.number for e in events if isinstance(e, Requested)] == [1, 2]
    assert events[-1].receipt.finish_reason == "stop"  # type: ignore[union-attr]
    assert journal.choices == loop.choices
    assert 2 in journal.steps  # kept before the second request


def test_a_draft_that_runs_out_is_continued() -> None:
    script = Script([_position(b"a")], [_position(b"b")], [_position(b"c")])
    loop = Loop(
        script, Unscored(), Policy(strength=0.0), Kept(), Limits(max_tokens=3, draft_tokens=1)
    )
    assert list(loop)[-1].receipt.finish_reason == "length"  # type: ignore[union-attr]
    assert script.asked == [(b"", 1), (b"a", 1), (b"ab", 1)]


def test_an_end_the_context_rejects_is_not_the_end() -> None:
    script = Script([_position(b"", b"more")], [_position(b"")])
    loop = Loop(script, Prefers(b"more"), Policy(strength=1.0), Kept(), Limits(max_tokens=5))
    list(loop)
    assert [c.text for c in loop.choices] == [b"more"]


def test_an_empty_draft_is_an_error_and_not_an_endless_loop() -> None:
    script = Script([], [], [])
    with pytest.raises(ProviderUnreachableError, match="nothing"):
        list(Loop(script, Unscored(), Policy(), Kept(), _at_once(max_tokens=5, tries=3)))
    assert script.requests == 3


def test_a_fault_in_the_middle_loses_nothing() -> None:
    broken = ProviderUnreachableError("The connection broke.")
    script = Script([_position(b"a"), _position(b"b"), _position(b"c"), broken])
    journal = Kept()
    loop = Loop(script, Unscored(), Policy(strength=0.0), journal, _at_once(max_tokens=9, block=2))
    with pytest.raises(ProviderUnreachableError):
        list(loop)
    assert [c.text for c in journal.choices] == [b"a", b"b", b"c"]


@pytest.mark.parametrize("after", [1, 2, 4])
def test_closing_or_interrupting_keeps_every_choice(after: int) -> None:
    script = Script([_position(bytes([97 + i])) for i in range(9)])
    journal = Kept()
    loop = Loop(script, Unscored(), Policy(strength=0.0), journal, Limits(max_tokens=9, block=4))
    events = iter(loop)
    shown = []
    for event in events:
        if isinstance(event, Chosen):
            shown.append(event.choice)
        if len(shown) == after:
            break
    events.close()  # type: ignore[attr-defined]
    assert journal.choices == shown
    assert script.closed == 1


def test_scoring_is_spared_where_the_cloud_is_sure() -> None:
    sure = Candidate(b"a", 0, math.log(0.99999))
    rival = Candidate(b"b", 1, math.log(0.000001))
    script = Script([Position(sure, (sure, rival))] * 3 + [_position(b"c", b"d")])
    scorer = Prefers(b"d")
    loop = Loop(
        script, scorer, Policy(strength=1.0, clip=2.0), Kept(), Limits(max_tokens=4, block=4)
    )
    list(loop)
    assert scorer.passes == 1
    assert [c.delta for c in loop.choices[:3]] == [None] * 3
    assert b"".join(c.text for c in loop.choices) == b"aaad"


@pytest.mark.parametrize("flows", [False, True])
def test_the_local_model_reads_ahead_only_while_a_draft_flows_in(flows: bool) -> None:
    class Awaited(Prefers):
        """Lets the draft go on once it was told to read ahead."""

        told = threading.Event()

        def prepare(self) -> None:
            super().prepare()
            self.told.set()

    class Slow(Script):
        def draft(self, accepted: Sequence[Choice], max_tokens: int) -> Any:
            for position in super().draft(accepted, max_tokens):
                assert not flows or scorer.told.wait(10)
                yield position

    scorer = Awaited(b"y")
    script = Slow([_position(b"a"), _position(b"b", b"y")], [_position(b"")])
    script.flows = flows
    loop = Loop(script, scorer, Policy(strength=1.0), Kept(), Limits(max_tokens=9))
    list(loop)
    assert _texts(loop) == b"ay"
    assert (scorer.prepared > 0) == flows


def test_a_scorer_may_answer_for_the_first_positions_only() -> None:
    class Piecemeal(Prefers):
        def score(self, positions: Sequence[Position], *, flowing: bool = False) -> list[Evidence]:
            assert flowing
            return super().score(positions[:1])

    script = Script([_position(b"a"), _position(b"b"), _position(b"c", b"y"), _position(b"")])
    script.flows = True
    scorer = Piecemeal(b"y")
    loop = Loop(script, scorer, Policy(strength=1.0), Kept(), Limits(max_tokens=3))
    list(loop)
    assert _texts(loop) == b"aby"
    assert scorer.passes == 3


def test_the_local_model_alone_is_named_as_the_source() -> None:
    script = Script([_position(b"a"), _position(b"")])
    script.source = "local"
    loop = Loop(script, Unscored(), Policy(strength=0.0), Kept(), Limits(max_tokens=3))
    list(loop)
    assert [c.source for c in loop.choices] == ["local"]


def _texts(loop: Loop) -> bytes:
    return b"".join(c.text for c in loop.choices)


def test_a_broken_draft_is_asked_for_again_from_the_last_token() -> None:
    broken = ProviderUnreachableError("The connection broke.")
    script = Script([_position(b"a"), broken], [broken], [_position(b"b"), _position(b"")])
    journal = Kept()
    limits = _at_once(max_tokens=9, block=1, tries=3)
    loop = Loop(script, Unscored(), Policy(strength=0.0), journal, limits)
    events = list(loop)
    assert _texts(loop) == b"ab"
    assert [text for text, _ in script.asked] == [b"", b"a", b"a"]
    assert [e.reason for e in events if isinstance(e, Waiting)] == ["The connection broke."] * 2
    assert script.closed == 3


def test_progress_renews_the_patience() -> None:
    broken = ProviderUnreachableError("Broken.")
    drafts = [[_position(bytes([97 + i])), broken] for i in range(6)]
    script = Script(*drafts, [_position(b"")])
    loop = Loop(script, Unscored(), Policy(strength=0.0), Kept(), _at_once(max_tokens=9, tries=2))
    list(loop)
    assert _texts(loop) == b"abcdef"


def test_a_fault_that_lasts_is_not_tried_again() -> None:
    script = Script([NotSteerableError("Never.")], [_position(b"a")])
    loop = Loop(script, Unscored(), Policy(strength=0.0), Kept(), _at_once(max_tokens=9, tries=9))
    with pytest.raises(NotSteerableError):
        list(loop)
    assert script.requests == 1


@pytest.mark.parametrize("flows", [False, True])
def test_a_text_is_gone_on_with(flows: bool) -> None:
    first = Script([_position(b"a"), _position(b"b")])
    first.flows = flows
    begun = Loop(first, Unscored(), Policy(strength=0.0), Kept(), Limits(max_tokens=2))
    list(begun)
    script = Script([_position(b"c"), _position(b"")])
    script.flows = flows
    scorer, journal = Prefers(b"c"), Kept(list(begun.choices))
    loop = Loop(script, scorer, Policy(strength=1.0), journal, Limits(max_tokens=9), begun.choices)
    list(loop)
    assert _texts(loop) == b"abc"
    assert scorer.accepted == [b"a", b"b", b"c"]
    assert script.asked[0][0] == b"ab"
    assert journal.steps == [3]


def test_a_text_that_is_long_enough_asks_for_nothing() -> None:
    first = Script([_position(b"a"), _position(b"b")])
    begun = Loop(first, Unscored(), Policy(strength=0.0), Kept(), Limits(max_tokens=2))
    list(begun)
    script = Script()
    limits = Limits(max_tokens=2)
    events = list(Loop(script, Unscored(), Policy(), Kept(), limits, begun.choices))
    assert [e.receipt.finish_reason for e in events] == ["length"]  # type: ignore[union-attr]
    assert script.requests == 0


def test_a_budget_of_requests_stops_the_text() -> None:
    script = Script(*([_position(bytes([97 + i]))] for i in range(9)))
    limits = Limits(max_tokens=9, draft_tokens=1, budget=Budget(requests=3))
    loop = Loop(script, Unscored(), Policy(strength=0.0), Kept(), limits)
    *_, last = loop
    assert isinstance(last, Finished)
    assert last.receipt.finish_reason == "budget"
    assert _texts(loop) == b"abc"
    assert script.requests == 3


def test_a_budget_of_money_bounds_drafts_and_stops_the_text() -> None:
    # a dollar a token, read or written; the prompt has 2: 2 + 4 for the first request, then
    # 2 + 4 read and 1 written would be 13 in all.
    prices = Prices(input=1e6, output=1e6)
    script = Script([_position(bytes([97 + i])) for i in range(4)], [_position(b"z")])
    limits = Limits(
        max_tokens=9, draft_tokens=4, budget=Budget(cost=12.5, prices=prices), prompt_tokens=2
    )
    loop = Loop(script, Unscored(), Policy(strength=0.0), Kept(), limits)
    *_, last = loop
    assert isinstance(last, Finished)
    assert last.receipt.finish_reason == "budget"
    assert (last.receipt.usage.cost, _texts(loop)) == (6.0, b"abcd")
    script = Script([_position(bytes([97 + i])) for i in range(2)])
    limits = Limits(max_tokens=9, budget=Budget(cost=4.0, prices=prices), prompt_tokens=2)
    list(Loop(script, Unscored(), Policy(strength=0.0), Kept(), limits))
    assert script.asked == [(b"", 2)]


def test_what_was_drafted_in_vain_is_counted() -> None:
    script = Script(
        [_position(b"a", b"x"), _position(b"b", b"y"), _position(b"c")], [_position(b"")]
    )
    loop = Loop(script, Prefers(b"y"), Policy(strength=1.0), Kept(), Limits(max_tokens=9, block=3))
    *_, last = loop
    assert isinstance(last, Finished)
    usage = last.receipt.usage
    assert (usage.drafted_tokens, usage.accepted_tokens, usage.wasted_tokens) == (4, 1, 3)
    assert usage.tokens == 2


def test_a_flowing_draft_gives_the_same_text() -> None:
    positions = [_position(bytes([97 + i]), b"-") for i in range(20)]
    texts = []
    for flows in (False, True):
        rest = [[_position(bytes([65 + i]), b"-") for i in range(20)] for _ in range(12)]
        script = Script(positions, *rest)
        script.flows = flows
        limits = Limits(max_tokens=12, draft_tokens=20)
        loop = Loop(script, Prefers(b"e", b"-"), Policy(strength=0.2), Kept(), limits)
        list(loop)
        texts.append(_texts(loop))
    assert texts[0] == texts[1]
