"""Who is who."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import BadInputError
from costeer_cli.importers.identity import (
    Identity,
    UnknownPersonError,
    comparable,
    name_and_address,
)

ME = Identity.of(["Mara Rößler", "mara@example.org", "@mara_r", "U012AB", "Jo Roe <jo@roe.net>"])


@pytest.mark.parametrize(
    "value",
    [
        "Mara Rößler",
        "mara  RÖSSLER",
        unicodedata.normalize("NFD", "Mara Rößler"),
        "~ Mara Rößler",
        "~\u202fMara Rößler",
        "\u200eMara Rößler\u202c",
        "mara@example.org",
        "Mara@Example.ORG",
        "mara+lists@example.org",
        "M. R. <mara@example.org>",
        '"Rößler, M." <MARA+x@example.org> ',
        "<mara@example.org>",
        "@mara_r",
        "mara_r",
        "u/Mara_R",
        "/u/mara_r",
        "u012ab",
        "Jo Roe",
        "jo@roe.net",
        "Somebody <jo@roe.net>",
        "Jo Roe <jo@roe.net>",
    ],
)
def test_the_persons_own(value: str) -> None:
    assert ME.has(value)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "~",
        "@",
        "<>",
        "Mara",
        "Rößler",
        "amara@example.org",
        "mara@example.com",
        "mara@sub.example.org",
        "+mara@example.org",
        "example.org",
        "mara@",
        "Mara Rößler <other@example.org>",
        "mara@example.org <other@example.org>",
        "Jo",
    ],
)
def test_other_people(value: str | None) -> None:
    assert not ME.has(value)


def test_a_plus_that_begins_an_address_is_part_of_it() -> None:
    mine = Identity.of(["+49170123@s.example.net"])
    assert mine.has("+49170123@s.example.net")
    assert not mine.has("+49170999@s.example.net")


def test_a_handle_with_its_server() -> None:
    assert Identity.of(["@mara@social.example"]).has("mara@social.example")
    assert not Identity.of(["@mara@social.example"]).has("@mara")


def test_nothing_is_known_of_nobody() -> None:
    nobody = Identity.of(["", "  ", "~"])
    assert nobody.values == frozenset()
    assert not nobody.has("")
    assert not nobody.has("Mara")
    with pytest.raises(UnknownPersonError, match="own words out of mail") as caught:
        nobody.require("mail")
    assert isinstance(caught.value, BadInputError)
    assert "history me add" in (caught.value.hint or "")
    ME.require("mail")


@given(st.text())
def test_everyone_is_themselves(value: str) -> None:
    person = Identity.of([value])
    assert person.has(value) == person.has(f"~ {value}\u200e") == bool(comparable(value))
    assert not person.has(f"{value}x")


@given(st.text(), st.text())
def test_one_address_is_one_person_whatever_the_name(name: str, other: str) -> None:
    assert Identity.of([f"{name} <a+b@c.org>"]).has(f"{other} <A@C.org>")


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        ("Mara <m@r.org>", ("Mara", "m@r.org")),
        ("  'Roe, M.' < m@r.org > ", ("Roe, M.", "m@r.org")),
        ("<m@r.org>", ("", "m@r.org")),
        ("m@r.org", ("", "")),
        ("Mara <m@r.org", ("", "")),
        ("", ("", "")),
    ],
)
def test_name_and_address(value: str, parts: tuple[str, str]) -> None:
    assert name_and_address(value) == parts


@pytest.mark.parametrize("part", ["(", "<", "@", "a@", "+", '"', "~", "u/"])
def test_no_length_brings_it_down(part: str) -> None:
    assert not ME.has(part * 100_000)
