"""Telling languages apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.personal.languages import NAMES, SMALL_WORDS, is_small, language_of
from costeer_cli.personal.sentences import words


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I don’t think that we should go to the sea with all of them.", "en"),
        ("Ich glaube nicht, dass wir mit allen ans Meer fahren sollten.", "de"),
        ("Je ne crois pas que nous devions aller à la mer avec eux.", "fr"),
        ("No creo que debamos ir con todos ellos a la playa, pero ya veremos.", "es"),
        ("Non credo che ci sia tempo per andare al mare con loro.", "it"),
        ("Eu não acho que ele já tenha ido para a praia com você.", "pt"),
        ("Ik denk niet dat wij met hen naar het strand gaan.", "nl"),
        ("Jag tror inte att vi borde åka till havet med dem allihop.", ""),
        ("我不觉得我们应该去海边。", ""),
        ("Hi", ""),
        ("", ""),
        ("lorem ipsum dolor amet consectetur", ""),
    ],
)
def test_languages(text: str, language: str) -> None:
    assert language_of(words(text)) == language


def test_every_language_has_a_name_and_small_words() -> None:
    assert set(NAMES) == set(SMALL_WORDS)
    assert is_small("the", "en")
    assert not is_small("the", "de")
    assert not is_small("the", "xx")


@given(st.lists(st.text()))
def test_any_words(said: list[str]) -> None:
    assert language_of(said) in {"", *NAMES}
