"""Drafts are the model's own greedy text, whatever was drafted before."""

from __future__ import annotations

import math
from itertools import islice
from typing import Any

import pytest
import torch

from costeer_cli.models.drafting import positions
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.models.reader import Reader
from tests.models import tiny

ASK = [{"role": "user", "content": "Name three garden birds."}]


def drawn(
    reader: Reader, accepted: list[int], most: int, listed: int = 5
) -> list[tuple[int | None, float]]:
    draft = positions(reader, accepted, most, listed)
    return [(position.chosen.id, position.chosen.logprob) for position in draft]


def ids(draft: list[tuple[int | None, float]]) -> list[int | None]:
    return [token for token, _ in draft]


@pytest.fixture(scope="module")
def prompt(model: LanguageModel) -> list[int]:
    return model.render(ASK)


@pytest.fixture(scope="module")
def greedy(plain: Any, prompt: list[int]) -> list[int]:
    with torch.inference_mode():
        out = plain.generate(
            torch.tensor([prompt]),
            attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
            do_sample=False,
            max_new_tokens=20,
        )
    return [int(i) for i in out[0, len(prompt) :]]


@pytest.mark.model
class TestTheDefaultModel:
    """Against `generate` of transformers."""

    def test_a_draft_is_greedy_generation(
        self, model: LanguageModel, prompt: list[int], greedy: list[int]
    ) -> None:
        reader = Reader(model, [prompt])
        assert ids(drawn(reader, [], 20)) == greedy
        assert reader.passes == 19  # the prompt gives the first position

    def test_it_goes_on_from_wherever_it_was_cut(
        self, model: LanguageModel, prompt: list[int], greedy: list[int]
    ) -> None:
        reader = Reader(model, [prompt])
        draft = positions(reader, [], 20, 5)
        first = [position.chosen.id for position in islice(draft, 4)]
        draft.close()  # type: ignore[attr-defined]
        assert first == greedy[:4]
        assert reader.tokens == greedy[:3]  # nothing is read before it is asked for
        fresh = drawn(Reader(model, [prompt]), greedy[:3], 5)
        again = drawn(reader, greedy[:3], 5)
        assert ids(again) == ids(fresh) == greedy[3:8]
        assert [p for _, p in again] == pytest.approx([p for _, p in fresh], abs=2e-3)

    def test_another_token_than_the_drafted_one_is_gone_on_from(
        self, model: LanguageModel, prompt: list[int], greedy: list[int]
    ) -> None:
        other = model.encode(" Certainly")
        assert other[0] != greedy[2]
        accepted = [*greedy[:2], *other]
        reader = Reader(model, [prompt])
        drawn(reader, [], 6)
        passes = reader.passes
        again = drawn(reader, accepted, 3)
        assert reader.passes == passes + 3  # one for what differs, two for what is drafted
        fresh = drawn(Reader(model, [prompt]), accepted, 3)
        assert ids(again) == ids(fresh)
        assert [p for _, p in again] == pytest.approx([p for _, p in fresh], abs=2e-3)

    def test_candidates_are_the_likeliest_in_order(
        self, model: LanguageModel, prompt: list[int]
    ) -> None:
        reader = Reader(model, [prompt])
        (position,) = positions(reader, [], 1, 20)
        assert len(position.candidates) == 20
        logprobs = [c.logprob for c in position.candidates]
        assert logprobs == sorted(logprobs, reverse=True)
        assert sum(map(math.exp, logprobs)) < 1.0
        assert 0.0 < position.tail_mass < 1.0
        assert position.chosen == position.candidates[0]
        best = reader.first[0].topk(20)
        assert [c.id for c in position.candidates] == best.indices.tolist()
        assert logprobs == best.values.tolist()
        for candidate in position.candidates:
            assert candidate.id is not None
            assert candidate.text == model.vocabulary.text(candidate.id)
        assert len({c.text for c in position.candidates}) == 20

    def test_a_finished_answer_ends(self, model: LanguageModel) -> None:
        prompt = model.render([{"role": "user", "content": "Say only the word yes."}])
        drafted = list(positions(Reader(model, [prompt]), [], 40, 5))
        assert drafted[-1].chosen.ends
        assert drafted[-1].chosen.id == model.vocabulary.end
        assert len(drafted) < 40
        assert not any(position.chosen.ends for position in drafted[:-1])


def biased(small: LanguageModel, monkeypatch: pytest.MonkeyPatch, bias: dict[int, float]) -> None:
    """Add to the logits of some tokens."""
    added = torch.zeros(320)
    for token, amount in bias.items():
        added[token] = amount
    forward = small.network.lm_head.forward
    monkeypatch.setattr(small.network.lm_head, "forward", lambda x: forward(x) + added)


def test_the_end_of_text_ends_the_draft(
    small: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    biased(small, monkeypatch, {1: 1000.0})
    reader = Reader(small, [small.render(tiny.ASK)])
    (only,) = positions(reader, [], 10, 5)
    assert only.chosen.ends
    assert only.chosen.text == b""
    assert only.end_logprob == only.chosen.logprob
    assert reader.tokens == []


def test_what_cannot_be_written_is_never_listed(
    small: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    biased(small, monkeypatch, {0: 1000.0, 2: 1000.0})
    (position,) = positions(Reader(small, [small.render(tiny.ASK)]), [], 1, 320)
    assert len(position.candidates) == 318
    assert not {0, 2} & {c.id for c in position.candidates}
    assert position.tail_mass == pytest.approx(0.0, abs=1e-5)


def test_it_is_as_long_as_asked_for(small: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> None:
    biased(small, monkeypatch, {1: -1000.0})
    reader = Reader(small, [small.render(tiny.ASK)])
    assert drawn(reader, [], 0) == []
    assert reader.passes == 0
    for most in (1, 2, 7):
        assert len(drawn(reader, [], most)) == most
    whole = ids(drawn(reader, [], 7))
    assert ids(drawn(reader, whole[:7], 1)) == ids(drawn(reader, [], 8))[7:]
    assert ids(drawn(reader, [], 7)) == whole
