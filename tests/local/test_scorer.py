"""Deltas are differences of plain log-probabilities, however the draft was cut."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from costeer_cli.errors import NotSteerableError, TooLongError
from costeer_cli.local.scorer import PairedScorer, Unscored
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.steering.completion import Evidence
from costeer_cli.steering.position import Position
from tests.local.written import choice, position

pytestmark = pytest.mark.model

PUBLIC = [{"role": "user", "content": "Write one line to a friend."}]
PRIVATE = [{"role": "system", "content": "Writes curtly; keeps a horse called Moss."}, *PUBLIC]
TEXT = "Moss says hello 🐴; the plums are ripe."


@pytest.fixture(scope="module")
def text(model: LanguageModel) -> list[int]:
    return model.encode(TEXT)


@pytest.fixture(scope="module")
def block(model: LanguageModel, text: list[int]) -> list[Position]:
    """One position per token of the text, each listing three other tokens, then the end."""
    others = [*model.encode(" plums horse"), model.vocabulary.end]
    block = [position(model, token, [o for o in others if o != token]) for token in text]
    return [*block, position(model, model.vocabulary.end, others[:-1])]


@pytest.fixture(scope="module")
def expected(model: LanguageModel, text: list[int]) -> np.ndarray[Any, Any]:
    """Log-probabilities with and without context before each token, (2, n + 1, V)."""
    writable = torch.from_numpy(model.vocabulary.writable)
    rows = []
    for messages in (PRIVATE, PUBLIC):
        prompt = model.render(messages)
        with torch.no_grad():
            logits = model.network(torch.tensor([prompt + text]), use_cache=False).logits[0]
        logits = logits[len(prompt) - 1 :].double()
        logits[:, ~writable] = -torch.inf
        rows.append(torch.log_softmax(logits, -1).numpy())
    return np.stack(rows)


@pytest.fixture
def scorer(model: LanguageModel) -> PairedScorer:
    return PairedScorer(model, PRIVATE, PUBLIC)


@pytest.fixture(scope="module")
def untouched(model: LanguageModel) -> PairedScorer:
    """For tests that accept nothing: it is before any text whenever it is asked."""
    return PairedScorer(model, PRIVATE, PUBLIC)


def same(one: list[Evidence], other: list[Evidence], atol: float = 5e-3) -> None:
    assert len(one) == len(other)
    for a, b in zip(one, other, strict=True):
        assert a.tail is not None
        assert b.tail is not None
        np.testing.assert_allclose(a.listed, b.listed, atol=atol, rtol=0)
        np.testing.assert_array_equal(a.tail.ids, b.tail.ids)
        np.testing.assert_allclose(a.tail.shape, b.tail.shape, atol=atol, rtol=0)
        np.testing.assert_allclose(a.tail.delta, b.tail.delta, atol=atol, rtol=0)


def test_evidence_is_the_difference_of_two_plain_passes(
    untouched: PairedScorer, block: list[Position], expected: np.ndarray[Any, Any]
) -> None:
    evidence = untouched.score(block)
    assert len(evidence) == len(block) == expected.shape[1]
    moved = 0.0
    for i, (one, at) in enumerate(zip(evidence, block, strict=True)):
        with_context, without = expected[:, i]
        ids = [c.id for c in at.candidates]
        np.testing.assert_allclose(one.listed, with_context[ids] - without[ids], atol=5e-3, rtol=0)
        assert one.tail is not None
        np.testing.assert_allclose(one.tail.shape, without[one.tail.ids], atol=5e-3, rtol=0)
        delta = with_context[one.tail.ids] - without[one.tail.ids]
        np.testing.assert_allclose(one.tail.delta, delta, atol=5e-3, rtol=0)
        moved = max(moved, float(np.abs(one.listed).max()))
    assert moved > 1.0  # the context does bear on this text
    assert evidence[0].listed[0] > 1.0  # and makes the name of the horse likelier


def test_the_tail_holds_what_is_neither_listed_nor_special(
    model: LanguageModel, untouched: PairedScorer, block: list[Position]
) -> None:
    (evidence,) = untouched.score(block[:1])
    tail = evidence.tail
    assert tail is not None
    assert tail.vocabulary is model.vocabulary
    listed = {c.id for c in block[0].candidates}
    specials = set(np.flatnonzero(~model.vocabulary.writable).tolist())
    everything = set(range(len(model.vocabulary)))
    assert set(tail.ids.tolist()) == everything - listed - specials
    assert (np.diff(tail.ids) > 0).all()
    assert np.isfinite(tail.shape).all()
    assert np.isfinite(tail.delta).all()
    assert tail.shape.dtype == tail.delta.dtype == evidence.listed.dtype == np.float64


def test_a_block_scores_as_its_positions_one_by_one(
    model: LanguageModel, scorer: PairedScorer, block: list[Position], text: list[int]
) -> None:
    single = PairedScorer(model, PRIVATE, PUBLIC)
    one_by_one = []
    for at, token in zip(block, [*text, None], strict=True):
        one_by_one += single.score([at])
        if token is not None:
            single.accept(choice(model, token))
    same(scorer.score(block), one_by_one)
    assert single.passes == len(block) - 1  # the prompts gave the first


@pytest.mark.parametrize("kept", [0, 1, 4])
def test_a_rejected_draft_leaves_no_trace(
    model: LanguageModel,
    scorer: PairedScorer,
    block: list[Position],
    text: list[int],
    kept: int,
) -> None:
    other = model.encode(" Certainly")[0]
    scorer.score(block[:6])
    fresh = PairedScorer(model, PRIVATE, PUBLIC)
    for token in [*text[:kept], other]:
        scorer.accept(choice(model, token))
        fresh.accept(choice(model, token))
    after = [position(model, token, text[:1]) for token in model.encode(" we ride")]
    same(scorer.score(after), fresh.score(after))


def test_scoring_again_changes_nothing(
    model: LanguageModel, scorer: PairedScorer, block: list[Position], text: list[int]
) -> None:
    for token in text[:3]:
        scorer.accept(choice(model, token))
    first = scorer.score(block[3:6])
    same(scorer.score(block[3:6]), first)
    same(scorer.score(block[3:5]), first[:2])


def test_an_accepted_draft_is_not_read_twice(
    model: LanguageModel, scorer: PairedScorer, block: list[Position], text: list[int]
) -> None:
    read: list[int] = []
    reader = scorer._reader
    plain_read = reader.read

    def counting(tokens: list[int]) -> Any:
        read.append(len(tokens))
        return plain_read(tokens)

    reader.read = counting  # type: ignore[method-assign]
    scorer.score(block[:4])
    for token in text[:4]:
        scorer.accept(choice(model, token))
    scorer.score(block[4:8])
    assert read == [3, 4]
    assert reader.tokens == text[:7]


def test_one_pass_for_each_score(
    model: LanguageModel, scorer: PairedScorer, block: list[Position], text: list[int]
) -> None:
    assert scorer.passes == 0
    scorer.score(block[:3])
    assert scorer.passes == 1
    for count, start in enumerate((3, 5, 7), start=2):
        for token in text[start - (3 if start == 3 else 2) : start]:
            scorer.accept(choice(model, token))
        scorer.score(block[start : start + 2])
        assert scorer.passes == count


def test_the_first_position_alone_needs_no_pass(
    scorer: PairedScorer, block: list[Position]
) -> None:
    scorer.score(block[:1])
    assert scorer.passes == 0


def test_the_end_of_the_text_is_not_read(
    model: LanguageModel, scorer: PairedScorer, block: list[Position], text: list[int]
) -> None:
    scorer.accept(choice(model, text[0]))
    before = scorer.score(block[1:2])
    scorer.accept(choice(model, model.vocabulary.end))
    same(scorer.score(block[1:2]), before)


def test_equal_prompts_move_nothing(model: LanguageModel, block: list[Position]) -> None:
    for evidence in PairedScorer(model, PUBLIC, PUBLIC).score(block[:4]):
        np.testing.assert_allclose(evidence.delta, 0.0, atol=1e-4)


def test_a_context_beyond_the_window_is_refused(
    model: LanguageModel, block: list[Position]
) -> None:
    small = replace(model, window=40)
    scorer = PairedScorer(small, [{"role": "system", "content": "plums " * 60}, *PUBLIC], PUBLIC)
    with pytest.raises(TooLongError, match="The prompt with its context needs"):
        scorer.score(block[:1])


class TestForeignTokens:
    """A cloud of another family is noticed at its first position and scored by bytes."""

    @pytest.mark.parametrize("token_id", [None, -1, 10**6, 0, 500])
    def test_one_foreign_candidate_is_enough(
        self, model: LanguageModel, block: list[Position], token_id: int | None
    ) -> None:
        scorer = PairedScorer(model, PRIVATE, PUBLIC)
        good = block[0].candidates[0]
        other = replace(good, id=token_id, text=b" quux")
        (evidence,) = scorer.score([Position(good, (good, other))])
        assert scorer.shares_tokens is False
        assert np.isfinite(evidence.listed).all()
        assert evidence.tail is not None
        assert not evidence.tail.shared

    def test_a_family_that_is_shared_stays_so(
        self, model: LanguageModel, scorer: PairedScorer, block: list[Position]
    ) -> None:
        scorer.score(block[:2])
        assert scorer.shares_tokens is True
        whole = replace(block[1].candidates[0], id=None, text="🐴".encode())
        merged = Position(whole, (whole, *block[1].candidates))
        first, second, third = scorer.score([block[0], merged, block[2]])
        assert first.tail is not None
        assert second.tail is not None
        assert (first.tail.shared, second.tail.shared) == (True, False)
        assert scorer.shares_tokens is True
        assert np.isfinite(np.concatenate([first.listed, second.listed, third.listed])).all()

    def test_by_ids_and_by_bytes_agree_on_what_steers(
        self, model: LanguageModel, block: list[Position]
    ) -> None:
        """Not to the last digit: bytes also count the longer tokens that begin with them."""
        bare = [
            replace(p, candidates=tuple(replace(c, id=None) for c in p.candidates)) for p in block
        ]
        by_ids = PairedScorer(model, PRIVATE, PUBLIC).score(block)
        by_bytes = PairedScorer(model, PRIVATE, PUBLIC).score(bare)
        one = np.concatenate([e.listed - e.listed.mean() for e in by_ids])
        other = np.concatenate([e.listed - e.listed.mean() for e in by_bytes])
        assert np.corrcoef(one, other)[0, 1] > 0.8

    @pytest.mark.parametrize("token_id", [None, 0, 10**6])
    def test_an_end_is_an_end_whatever_its_id(
        self,
        model: LanguageModel,
        untouched: PairedScorer,
        block: list[Position],
        token_id: int | None,
    ) -> None:
        candidates = block[0].candidates
        end = replace(block[-1].candidates[0], id=token_id)
        other = replace(block[-1].candidates[0], id=model.vocabulary.end)
        (one,) = untouched.score([Position(candidates[0], (*candidates[:-1], end))])
        (two,) = untouched.score([Position(candidates[0], (*candidates[:-1], other))])
        np.testing.assert_allclose(one.listed, two.listed, atol=1e-6)

    def test_sliding_windows_cannot_do_it(
        self, model: LanguageModel, block: list[Position]
    ) -> None:
        class Narrow(type(model)):  # type: ignore[misc]
            sees_all = False

        narrow = Narrow(**{f: getattr(model, f) for f in model.__dataclass_fields__})
        bad = replace(block[0].candidates[0], id=None, text=b" quux")
        with pytest.raises(NotSteerableError, match="do not share a tokenizer"):
            PairedScorer(narrow, PRIVATE, PUBLIC).score([Position(bad, (bad,))])


def test_without_a_context_nothing_is_scored(block: list[Position]) -> None:
    unscored = Unscored()
    evidence = unscored.score(block)
    assert [e.listed.tolist() for e in evidence] == [[0.0] * len(p.candidates) for p in block]
    assert all(e.tail is None for e in evidence)
    assert unscored.passes == 0
