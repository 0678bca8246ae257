"""Protected values: as they are, written otherwise, in part, and nearly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.privacy.audit.private import Protected, of_profile
from costeer_cli.privacy.audit.said import Said
from costeer_cli.privacy.audit.values import Values

NAME, PHONE, STREET = "Mara Lindqvist", "+46 70 555 12 34", "Skogsbrynet 9"
VALUES = Values([Protected("name", NAME), Protected("phone", PHONE), Protected("street", STREET)])


def found(text: str, values: Values = VALUES, public: str = "") -> list[tuple[str, str]]:
    return [(match.label, match.how) for match in values.within(Said(text), Said(public))]


@pytest.mark.parametrize("value", [NAME, PHONE, STREET])
def test_as_it_is(value: str) -> None:
    ((_, how),) = found(f"It says {value}, as we know.")
    assert how == "exact"


@pytest.mark.parametrize(
    "written",
    [
        "MARA LINDQVIST",
        "mara  lindqvist",
        "Mara-Lindqvist",
        "M a r a  L i n d q v i s t",
        "Mаra Lindqvist",
        "Ma\u200bra Lind\u00adqvist",
        "Mára Líndqvist",
        "maralindqvist",
        "mara lindqvists",
    ],
)
def test_written_otherwise(written: str) -> None:
    assert found(f"Best, {written}") == [("name", "folded")]


def test_in_a_longer_word_only_where_it_is_long_enough() -> None:
    short = Values([Protected("cat", "Otis"), Protected("place", "Lund")])
    assert found("Otis of Lund", short) == [("cat", "exact"), ("place", "exact")]
    assert found("otistic Lundby", short) == []
    assert found("Skogsbrynet 9b") == [("street", "exact")]


def test_not_from_the_middle_of_a_word() -> None:
    assert found("xmara lindqvist") in ([], [("name", "near")])


@pytest.mark.parametrize("part", ["70 555 12 34", "46-70-555-12", "0705551234", "0046/70/5551234"])
def test_most_of_a_number(part: str) -> None:
    assert ("phone", "part") in found(f"call {part}")


@pytest.mark.parametrize("less", ["70 555", "1234", "46 70 5", "555 12 99"])
def test_little_of_a_number_is_nothing(less: str) -> None:
    assert found(f"call {less}") == []


@pytest.mark.parametrize(
    "near", ["Mara Lindquist", "Mara Lindqvst", "Maria Lindqvist", "Mara Lidnqvist", "Skogsbrymet"]
)
def test_nearly(near: str) -> None:
    assert [how for _, how in found(f"so {near} said", Values([
        Protected("name", NAME), Protected("street", "Skogsbrynet"),
    ]))] == ["near"]  # fmt: skip


@pytest.mark.parametrize("other", ["Clara Lundström", "the lindy hop", "Skogen", "mara"])
def test_something_else_is_not_near(other: str) -> None:
    assert found(f"so {other} said") == []


def test_short_values_are_never_near() -> None:
    assert found("Otto and Olis", Values([Protected("cat", "Otis")])) == []


def test_what_the_prompt_says_is_not_near() -> None:
    values = Values([Protected("name", "Martin")])
    assert found("a Marlin swims", values) == [("name", "near")]
    assert found("a Marlin swims", values, public="Write about a marlin.") == []
    assert found("Martin swims", values, public="Write about Martin.") == [("name", "exact")]


def test_each_place_counts_and_one_place_once() -> None:
    assert found(f"{NAME} and {NAME.upper()}") == [("name", "exact"), ("name", "folded")]
    assert found(PHONE) == [("phone", "exact")]


def test_values_of_no_letters_are_left_out() -> None:
    values = Values([Protected("a", ""), Protected("b", " - "), Protected("c", "x")])
    assert len(values) == 1
    assert found("- x -", values) == [("c", "exact")]


def test_a_profile_names_its_values_by_place() -> None:
    values = of_profile("mara", ["Otis", " "], [NAME], ["m@x.example"])
    assert [value.label for value in values] == [
        "profile mara, protected 1",
        "profile mara, name 1",
        "profile mara, e-mail 1",
    ]
    assert NAME not in repr(values)


@given(
    st.text(st.sampled_from("abcXé 12-"), min_size=1, max_size=12),
    st.text("xyz .", max_size=8),
    st.text("xyz .", max_size=8),
)
def test_a_value_is_found_wherever_it_stands(value: str, before: str, after: str) -> None:
    values = Values([Protected("it", value)])
    text = f"{before} {value} {after}"
    assert not len(values) or any(how in ("exact", "folded") for _, how in found(text, values))


@given(st.text(st.sampled_from("abc 12"), max_size=30))
def test_a_text_without_it_has_no_value(text: str) -> None:
    values = Values([Protected("it", "zyzzyva"), Protected("n", "987-654-3333")])
    assert found(text, values) == []


def test_many_values_are_quick() -> None:
    import time  # noqa: PLC0415

    many = Values(
        Protected(str(n), f"Person{n:05} Family{n * 7919 % 99991:05}") for n in range(5_000)
    )
    text = Said("the quick brown fox jumped over the lazy dog again and again " * 25)
    start = time.process_time()
    assert many.within(text) == []
    assert time.process_time() - start < 10.0
