"""Scoring by ids: whatever is read when, the numbers are those of reading it all at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from costeer_cli.local.tokenwise import Tokenwise
from costeer_cli.models.language_model import LanguageModel, load_model
from costeer_cli.models.reader import Reader
from costeer_cli.steering.completion import Evidence
from costeer_cli.steering.position import Position
from tests.local.written import position
from tests.models import tiny

TEXT = "Dear Ana, the jam has set before the house is awake; thank you."
PROMPTS = ["The kettle sings and it rained both ways.", "Write a note."]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    folder = tiny.save(tmp_path_factory.mktemp("tokenwise") / "m", tiny.llama(), tiny.tokenizer())
    return load_model(folder, "tiny", "cpu")


@pytest.fixture(scope="module")
def text(model: LanguageModel) -> list[int]:
    return model.encode(TEXT)


@pytest.fixture(scope="module")
def block(model: LanguageModel, text: list[int]) -> list[Position]:
    others = model.encode("plums")
    return [position(model, token, [o for o in others if o != token]) for token in text]


@pytest.fixture(scope="module")
def expected(model: LanguageModel, text: list[int], block: list[Position]) -> list[Evidence]:
    return fresh(model).score([], [[token] for token in text], block)


def fresh(model: LanguageModel) -> Tokenwise:
    return Tokenwise(Reader(model, [model.encode(prompt) for prompt in PROMPTS]))


def same(found: list[Evidence], expected: list[Evidence]) -> None:
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one.delta, other.delta, atol=1e-4, rtol=0)


def passes(scorer: Tokenwise) -> int:
    return scorer._reader.passes


def test_what_is_known_is_given_without_a_pass_and_alone(
    model: LanguageModel, text: list[int], block: list[Position], expected: list[Evidence]
) -> None:
    scorer = fresh(model)
    drafted = [[token] for token in text[:4]]
    first = scorer.score([], drafted, block[:4], flowing=True)
    assert (len(first), passes(scorer)) == (1, 0)
    rest = scorer.score(text[:1], drafted[1:], block[1:4], flowing=True)
    assert (len(rest), passes(scorer)) == (3, 1)
    same(first + rest, expected[:4])


def test_a_pass_reads_the_last_draft_too_so_that_the_next_position_needs_none(
    model: LanguageModel, text: list[int], block: list[Position], expected: list[Evidence]
) -> None:
    scorer = fresh(model)
    scorer.score(text[:1], [[token] for token in text[1:4]], block[1:4], flowing=True)
    assert scorer._reader.tokens == text[:4]
    found = scorer.score(text[:4], [[text[4]]], block[4:5], flowing=True)
    assert passes(scorer) == 1
    same(found, expected[4:5])


def test_where_nothing_flows_all_is_scored_at_once_and_nothing_is_read_in_vain(
    model: LanguageModel, text: list[int], block: list[Position], expected: list[Evidence]
) -> None:
    scorer = fresh(model)
    found = scorer.score([], [[token] for token in text[:4]], block[:4])
    assert (len(found), passes(scorer), scorer._reader.tokens) == (4, 1, text[:3])
    same(found, expected[:4])


def test_preparing_reads_what_is_accepted_once(
    model: LanguageModel, text: list[int], block: list[Position], expected: list[Evidence]
) -> None:
    scorer = fresh(model)
    scorer.prepare([])
    assert passes(scorer) == 0  # the prompts give the first position
    scorer.prepare(text[:3])
    scorer.prepare(text[:3])
    assert (passes(scorer), scorer._reader.tokens) == (1, text[:3])
    same(scorer.score(text[:3], [[text[3]]], block[3:4]), expected[3:4])
    assert passes(scorer) == 1


def test_a_rejected_draft_is_forgotten(
    model: LanguageModel, text: list[int], block: list[Position], expected: list[Evidence]
) -> None:
    scorer = fresh(model)
    wrong = model.encode(" rain")
    scorer.score(text[:1], [[w] for w in wrong], block[1 : 1 + len(wrong)], flowing=True)
    scorer.prepare(text[:2])
    assert scorer._reader.tokens == text[:2]
    same(scorer.score(text[:2], [[text[2]]], block[2:3]), expected[2:3])


step = st.tuples(st.integers(1, 5), st.integers(0, 5), st.booleans(), st.booleans())


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(step, max_size=8), wrong=st.integers(3, 200))
def test_any_course_of_drafting_gives_the_same_numbers(
    model: LanguageModel,
    text: list[int],
    block: list[Position],
    expected: list[Evidence],
    steps: list[tuple[int, int, bool, bool]],
    wrong: int,
) -> None:
    """Blocks of any size, cut anywhere, prepared for or not, with drafts that come to nothing."""
    scorer, at = fresh(model), 0
    for wanted, agreed, flowing, prepared in steps:
        if prepared:
            scorer.prepare(text[:at])
        size = min(wanted, len(text) - at)
        if size == 0:
            break
        kept = min(agreed, size)
        drafted = [[token] for token in text[at : at + kept]] + [[wrong]] * (size - kept)
        found = scorer.score(text[:at], drafted, block[at : at + size], flowing=flowing)
        assert found
        assert len(found) == size or flowing
        valid = min(len(found), kept + 1)
        same(found[:valid], expected[at : at + valid])
        at += min(len(found), kept)
