"""Favourite words and turns."""

from __future__ import annotations

import pytest

from costeer_cli.personal.languages import language_of
from costeer_cli.personal.sentences import words
from costeer_cli.personal.turns import favourite_turns, favourite_words
from costeer_cli.personal.usual import spellings, usual

PLAIN = words("the house was on a hill and the road went round it so we had to walk")


def test_a_word_is_favourite_where_others_use_it_less() -> None:
    texts = [[*PLAIN, "Honestly", "very"]] * 10
    assert favourite_words(texts, "en") == ["honestly", "very"]
    assert favourite_words([[*PLAIN, "great"]] + [PLAIN] * 999 + texts, "en") == ["honestly"]
    assert favourite_words(texts[:3], "en") == []  # too few
    assert favourite_words([texts[0] * 10], "en") == []  # one text only
    assert favourite_words(texts, "xx") == []


def test_turns_come_back_early_and_late_and_have_no_names() -> None:
    said = ["It could be worse than snow.", "Ask Tom Low first.", "And it is in the one that."]
    other = ["Nothing of that kind."]
    assert favourite_turns([said, other] * 5, "en")[0] == "could be worse than snow"
    assert not any("low" in turn for turn in favourite_turns([said, other] * 5, "en"))
    assert favourite_turns([said] * 3 + [["So."]] * 7, "en") == []  # early only
    assert favourite_turns([said] * 2, "en") == []
    assert favourite_turns([["Page 3 of the book here."]] * 9, "en") == []


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_the_reference(language: str) -> None:
    table = usual(language)
    assert len(table) > 60
    assert all(word == word.lower() and 0 < many < 6000 for word, many in table.items())


def test_spellings_are_two_disjoint_tables() -> None:
    british, american = spellings()
    assert british["colour"] == "color"
    assert american["centers"] == "centres"
    assert not set(british) & set(american)
    assert language_of(["the", "colour", "of", "it"]) == "en"
