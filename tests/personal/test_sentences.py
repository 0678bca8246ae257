"""Sentences and words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.personal.sentences import sentences, words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("One. Two! Three? Four…", ["One.", "Two!", "Three?", "Four…"]),
        ("Dr. Low came at 3.30, e.g. late. Bye.", ["Dr. Low came at 3.30, e.g. late.", "Bye."]),
        ("Am 3. Mai, z.B. um acht. Gut.", ["Am 3. Mai, z.B. um acht.", "Gut."]),
        ("It is parcel 3. It is late.", ["It is parcel 3.", "It is late."]),
        ("i work here. we live there.", ["i work here.", "we live there."]),
        (
            "Bread etc. and milk. Tea etc. Then no.",
            ["Bread etc. and milk.", "Tea etc.", "Then no."],
        ),
        ('He said "No." Then left.', ['He said "No."', "Then left."]),
        ("J. Smith and I. Then we.", ["J. Smith and I.", "Then we."]),
        ("我是兽医。住在北方！", ["我是兽医。", "住在北方！"]),
        ("A title\n\nA line\n- one\n- two", ["A title", "A line", "- one", "- two"]),
        (
            "This line was broken by a program at about seventy signs\nand goes on. So.",
            ["This line was broken by a program at about seventy signs and goes on.", "So."],
        ),
        ("", []),
        (" \n ", []),
    ],
)
def test_sentences(text: str, found: list[str]) -> None:
    assert sentences(text) == found


def test_words() -> None:
    assert words("Don't, 3 l'été — e-mail's 😊 ça") == ["Don't", "l'été", "e-mail's", "ça"]
    assert words("我是 vet") == ["我", "是", "vet"]


@given(st.text())
def test_nothing_is_lost_or_made_up(text: str) -> None:
    found = sentences(text)
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(sentence == sentence.strip() and "\n" not in sentence for sentence in found)
