"""Likeness: known values, and what must hold for any two texts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from costeer_cli.evaluation.metrics.likeness import likeness

GOLD = "The heron came back to the weir in the evening, and nobody was surprised."
OTHER = "In the evening the heron was back, walking along the weir as if it owned it."


def test_a_text_is_wholly_like_itself() -> None:
    found = likeness(GOLD, GOLD)
    assert (found.rouge_1, found.rouge_l) == (1.0, 1.0)
    assert found.chrf == pytest.approx(1.0)


def test_a_text_that_shares_nothing() -> None:
    found = likeness("Zzz qqq.", "Wwww kkkk!")
    assert (found.rouge_1, found.rouge_l) == (0.0, 0.0)
    assert found.chrf < 0.1


def test_known_values() -> None:
    found = likeness("the cat sat", "the cat ran home")
    assert found.rouge_1 == pytest.approx(2 * (2 / 3) * (2 / 4) / (2 / 3 + 2 / 4))
    assert found.rouge_l == pytest.approx(found.rouge_1)
    crossed = likeness("cat the", "the cat")
    assert crossed.rouge_1 == 1.0
    assert crossed.rouge_l == pytest.approx(0.5)


@pytest.mark.parametrize("pair", [(GOLD, OTHER), (OTHER, GOLD), ("runs ran running", "run")])
def test_on_english_it_is_what_the_library_says(pair: tuple[str, str]) -> None:
    theirs = RougeScorer(["rouge1", "rougeL"], use_stemmer=True).score(pair[1], pair[0])
    found = likeness(*pair)
    assert found.rouge_1 == pytest.approx(theirs["rouge1"].fmeasure)
    assert found.rouge_l == pytest.approx(theirs["rougeL"].fmeasure)


@pytest.mark.parametrize("text", ["Привет, как дела?", "Schöne Grüße aus Köln", "今日は 雨 です"])
def test_words_of_other_scripts_count(text: str) -> None:
    assert likeness(text, text).rouge_1 == 1.0


def test_nothing_written_is_like_nothing() -> None:
    assert likeness("", GOLD).rouge_l == 0.0
    assert likeness("", GOLD).chrf == 0.0


@settings(max_examples=30)
@given(st.text(max_size=60), st.text(max_size=60))
def test_every_score_is_from_0_to_1(written: str, gold: str) -> None:
    found = likeness(written, gold)
    for value in (found.rouge_1, found.rouge_l, found.chrf):
        assert 0.0 <= value <= 1.0 + 1e-9
