"""The parts of names, and who is meant by a line of a letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.privacy.vault.names import is_ordinary, name_parts
from costeer_cli.privacy.vault.ordinary import NOBODY, ORDINARY, PARTICLES
from costeer_cli.privacy.vault.people import people, person
from costeer_cli.privacy.vault.phones import other_forms


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Mara Berg", ("Mara", "", "Berg")),
        ("Dr. Mara Lou von Berg", ("Mara", "Lou", "Berg")),
        ("Prof. Dr. Jörg Weiß", ("Jörg", "", "Weiß")),
        ("Berg, Mara", ("Mara", "", "Berg")),
        ("Mara Berg, PhD", ("Mara", "", "Berg")),
        ("Martin Luther King Jr.", ("Martin", "Luther", "King")),
        ("Jean-Luc O'Neill", ("Jean-Luc", "", "O'Neill")),
        ("Ludwig van der Rohe", ("Ludwig", "", "Rohe")),
        ("J. R. Hartley", ("J.", "R.", "Hartley")),
        ("Ольга Ивановна Петрова", ("Ольга", "Ивановна", "Петрова")),
        ("Mara", ("", "", "")),
        ("Margaret 'Maggie' Johanson", ("Margaret", "Maggie", "Johanson")),
        ("Mr Berg", ("", "", "")),
        ("王小明", ("", "", "")),
        ("", ("", "", "")),
    ],
)
def test_the_parts_of_a_name(name: str, parts: tuple[str, str, str]) -> None:
    found = name_parts(name)
    assert (found.first, found.middle, found.last) == parts


@given(st.text(max_size=60))
def test_the_parts_stand_in_the_name(name: str) -> None:
    found = name_parts(name)
    assert found.first in name
    assert found.last in name


@pytest.mark.parametrize("word", ["Will", "may", "ROSE", "Klein", "Petit", "Al", "X", "Li"])
def test_words_like_any_other(word: str) -> None:
    assert is_ordinary(word)


@pytest.mark.parametrize("word", ["Mara", "Müller", "Okonkwo", "李", "Ян", "Smith", "Zoë"])
def test_names_that_are_only_names(word: str) -> None:
    assert not is_ordinary(word)


@pytest.mark.parametrize("listed", [ORDINARY, NOBODY, PARTICLES])
def test_lists_are_in_lower_case(listed: frozenset[str]) -> None:
    assert all(word == word.lower() for word in listed)


@pytest.mark.parametrize(
    ("line", "who"),
    [
        ("Mara Berg <mara@example.org>", ("Mara Berg", "mara@example.org")),
        ('"Berg, Mara" <mara@example.org>', ("Berg, Mara", "mara@example.org")),
        ("mara@example.org", ("", "mara@example.org")),
        ("Mara Berg", ("Mara Berg", "")),
        ("Vincent van Gogh", ("Vincent van Gogh", "")),
        ("Mara", ("", "")),
        ("#general", ("", "")),
        ("r/python", ("", "")),
        ("the whole team", ("", "")),
        ("Room 12", ("", "")),
        ("", ("", "")),
    ],
)
def test_who_a_text_was_written_to(line: str, who: tuple[str, str]) -> None:
    assert person(line) == who


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Frau Weber Blumen geschenkt", ["Weber"]),
        ("Dear Ann and Mr Li,", ["Ann", "Li"]),
        ("my sister, Eva Maria Smith-Jones", ["Eva Maria"]),
        ("my mother Will call", ["Will"]),
        ("My best friend Ines's house", ["Ines"]),
        ("DEAR ANN", ["ANN"]),
        ("Hi Tom\n", ["Tom"]),
        ("I said hi Tom was there", []),
        ("Regards,\nthe team", []),
        ("Regards,\nAnn B. Lee\nHead of it", ["Ann B. Lee"]),
    ],
)
def test_names_that_a_text_says_are_names(text: str, names: list[str]) -> None:
    assert sorted({span.text for span in people(text)}) == sorted(names)


def test_a_number_is_known_with_and_without_its_country() -> None:
    assert other_forms("+49 170 1234567") == ("+491701234567", "0170 1234567")
    assert other_forms("0170 1234567") == ()
    assert other_forms("no number") == ()
