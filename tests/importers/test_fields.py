"""Named fields, as strangers write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.importers.fields import Own, document_of, text_of
from costeer_cli.importers.identity import Identity, UnknownPersonError
from costeer_cli.store.document import Document, tidy
from tests.importers.making import NOBODY, PROSE


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"text": " a\r\nb "}, "a\nb"),
        ({"content": "a", "body": "b"}, "a"),
        ({"text": None, "body": "b"}, "b"),
        ({"text": ""}, ""),
        ({"text": 5, "body": "b"}, None),
        ({}, None),
    ],
)
def test_the_text(fields: dict[str, object], text: str | None) -> None:
    assert text_of(fields) == text


def document(**fields: object) -> Document:
    found, notes = document_of(fields, PROSE, "csv", "here")
    assert notes == []
    return found


def test_every_field() -> None:
    names = ("id", "title", "author", "kind", "prompt", "recipient", "signature", "profile")
    found = document(**{name: f" {name} " for name in names}, tags=["a", ""], created_at=0)
    assert found == Document(
        text=PROSE,
        source="csv",
        native_id="id",
        created_at="1970-01-01T00:00:00+00:00",
        tags=("a",),
        **{name: name for name in names[1:]},
    )


@pytest.mark.parametrize(
    ("fields", "recipient"),
    [
        ({"to": "Jo"}, "Jo"),
        ({"channel": "#x"}, "#x"),
        ({"to": "", "channel": "#x"}, "#x"),
        ({"recipient": "Ann", "to": "Jo", "channel": "#x"}, "Ann"),
    ],
)
def test_to_whom(fields: dict[str, object], recipient: str) -> None:
    assert document(**fields).recipient == recipient


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("1714557600", "2024-05-01T10:00:00+00:00"),
        (" 1714557600000 ", "2024-05-01T10:00:00+00:00"),
        ("20240501", "2024-05-01T00:00:00+00:00"),
        ("", ""),
        (None, ""),
    ],
)
def test_when(value: object, moment: str) -> None:
    assert document(created_at=value).created_at == moment


@pytest.mark.parametrize("value", ["yesterday", "9" * 30, [], {}, True, float("nan")])
def test_a_date_that_is_none_is_said(value: object) -> None:
    found, notes = document_of({"created_at": value}, PROSE, "csv", "here")
    assert found.created_at == ""
    assert [note.where for note in notes] == ["here"]


ANY = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text())
NAMES = [
    "id",
    "title",
    "author",
    "kind",
    "prompt",
    "to",
    "channel",
    "tags",
    "created_at",
    "profile",
]


@given(st.dictionaries(st.sampled_from(NAMES), ANY))
def test_no_fields_are_an_error_nor_quoted(fields: dict[str, object]) -> None:
    found, notes = document_of(fields, PROSE, "csv", "here")
    assert found.title == tidy(found.title)
    for note in notes:
        assert "left out" in note.said
        assert any(f'"{name}"' in note.said for name in NAMES)


def test_own_rows() -> None:
    mine = Own(Identity.of(["Mara"]), "a table")
    assert [mine(name) for name in ("MARA", "Jon", "")] == [True, False, True]
    anybody = Own(NOBODY, "a table")
    assert all(anybody(name) for name in ("", "Jon", "~ jon", "", "JON"))
    with pytest.raises(UnknownPersonError, match="own words out of a table"):
        anybody("Mara")
