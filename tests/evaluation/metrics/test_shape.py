"""Length and repetition."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.evaluation.metrics.shape import length_ratio, repetition, words


def test_words() -> None:
    said = words("Don’t stop, JOE: it's 5 o'clock!")
    assert said == ["don't", "stop", "joe", "it's", "5", "o'clock"]
    assert words("snake_case ... ñandú") == ["snake", "case", "ñandú"]
    assert words("  \n ") == []


def test_length() -> None:
    assert length_ratio("one two three", "four five six") == 1.0
    assert length_ratio("one two three", "four five") == 1.5
    assert length_ratio("", "four") == 0.0
    assert length_ratio("one", "") == 1.0


def test_repetition() -> None:
    assert repetition("the heron came back to the weir") == 0.0
    assert repetition("too short") == 0.0
    loop = "we are very glad " * 10
    assert repetition(loop) == pytest.approx(1 - 4 / 37)
    assert repetition("We are very glad, WE ARE VERY GLAD") == pytest.approx(1 - 4 / 5)


@given(st.lists(st.sampled_from("abcd"), max_size=40))
def test_repetition_is_a_share(said: list[str]) -> None:
    assert 0.0 <= repetition(" ".join(said)) < 1.0


@given(st.lists(st.integers(0, 10**6), unique=True, max_size=30))
def test_words_that_never_come_again_are_no_repetition(said: list[int]) -> None:
    assert repetition(" ".join(map(str, said))) == 0.0
