"""Style: who is nearer to whom."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.evaluation.metrics.style import (
    FUNCTION_WORDS,
    background,
    burrows_delta,
    function_word_distance,
)

TOM = (
    "I would not have gone, but it was raining and they had been so kind to us that we could not"
    " say no. If it is up to me, we will not go again. It was not for me, and not for him."
)
TOM_AGAIN = (
    "I would have called, but we had been up since five and it was not kind to wake them. If you"
    " ask me, they would not have come. It is not for us to say what was right for him."
)
ADA = (
    "The analysis of the results shows the effect of the method on the accuracy of the estimate."
    " The size of the sample, the choice of the metric and the order of the tests are given in"
    " the table at the end of the report."
)


def test_function_words_are_told_once() -> None:
    assert len(set(FUNCTION_WORDS)) == len(FUNCTION_WORDS) > 100
    assert all(word == word.lower() and word.isalpha() for word in FUNCTION_WORDS)


def test_the_same_author_is_nearer() -> None:
    same = function_word_distance(TOM_AGAIN, TOM)
    other = function_word_distance(ADA, TOM)
    assert same is not None
    assert other is not None
    assert same < 0.25 < other


def test_a_text_is_no_distance_from_itself() -> None:
    assert function_word_distance(TOM, TOM) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("text", ["", "Zzz!", "今日は雨です"])
def test_no_function_words_no_distance(text: str) -> None:
    assert function_word_distance(text, TOM) is None
    assert function_word_distance(TOM, text) is None


def test_the_topic_does_not_count() -> None:
    one = function_word_distance("the boiler of the house is in the cellar", ADA)
    two = function_word_distance("the zebra of the desert is in the river", ADA)
    assert one == pytest.approx(two)


def test_burrows_delta() -> None:
    against = background([TOM, ADA, TOM_AGAIN])
    assert against is not None
    assert burrows_delta(TOM, TOM, against) == 0.0
    near, far = burrows_delta(TOM_AGAIN, TOM, against), burrows_delta(ADA, TOM, against)
    assert near is not None
    assert far is not None
    assert near < far
    assert burrows_delta("", TOM, against) is None
    assert burrows_delta(TOM, "...", against) is None


def test_burrows_delta_by_hand() -> None:
    # shares of a: 1/2 and 1/4; of b: 1/2 and 3/4; deviations 1/8 each
    against = background(["a b a b", "a b b b"])
    assert against is not None
    assert sorted(against.words) == ["a", "b"]
    assert burrows_delta("a a", "b b", against) == pytest.approx(8.0)
    assert burrows_delta("a b", "a b b b", against) == pytest.approx(2.0)


def test_a_background_needs_people_who_differ() -> None:
    assert background([]) is None
    assert background([TOM]) is None
    assert background([TOM, "", "!"]) is None
    assert background(["a b", "a b"]) is None


def test_the_commonest_words_are_taken() -> None:
    against = background(["a a a b b c", "a a b d d d"], most=2)
    assert against is not None
    assert set(against.words) <= {"a", "b", "d"}
    assert len(against.words) <= 2


@given(st.lists(st.text("ab ", max_size=30), min_size=2, max_size=4))
def test_distances_are_symmetric_and_never_negative(texts: list[str]) -> None:
    against = background(texts)
    one, other = texts[0], texts[1]
    if against is None:
        return
    delta = burrows_delta(one, other, against)
    assert delta == burrows_delta(other, one, against)
    assert delta is None or delta >= 0.0
