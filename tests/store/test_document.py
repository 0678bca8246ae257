"""The form in which texts are kept."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.store.document import Document, fields_of, tagged, tidy, utc
from tests.documents import any_documents, words

ANY_TEXT = st.text(st.characters())  # lone surrogates included


@given(ANY_TEXT)
def test_tidy_twice_is_tidy_once_and_always_storable(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
    assert once.encode("utf-8").decode("utf-8") == once
    assert unicodedata.is_normalized("NFC", once)
    assert not any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in once)


@pytest.mark.parametrize(
    ("rough", "kept"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("page one\fpage two", "page one\npage two"),
        ("e\u0301", "é"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("\n  hello \n", "hello"),
        ("x\ud800y", "x?y"),
        ("👩\u200d🔬 fine", "👩\u200d🔬 fine"),
    ],
)
def test_tidy(rough: str, kept: str) -> None:
    assert tidy(rough) == kept


def test_digest_ignores_spacing_and_composition_only() -> None:
    one = Document(text="Caf\u00e9  au\nlait")
    assert one.digest == Document(text=" Cafe\u0301 au lait\r\n", title="other").digest
    assert one.digest != Document(text="cafe au lait").digest
    assert len(one.digest) == 64


@pytest.mark.parametrize(
    ("created_at", "days"),
    [
        ("0001-01-02T23:59:59+00:00", 2),
        ("2024-05-01T00:00:00+00:00", 739007),
        ("2024-05-01", 739007),
        ("", 0),
        ("2024-05", 0),
        ("yesterday", 0),
    ],
)
def test_days_since_the_year_1(created_at: str, days: int) -> None:
    assert Document(text="x", created_at=created_at).days == days


def test_tagged_keeps_order_and_binds() -> None:
    document = Document(text="x", tags=("a", "b"), profile="old")
    assert tagged(document, ["b", "c"], None).tags == ("a", "b", "c")
    assert tagged(document, [], None).profile == "old"
    assert tagged(document, [], "new").profile == "new"


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (None, ""),
        ("", ""),
        ("2024-05-01", "2024-05-01T00:00:00+00:00"),
        (" 2024-05-01T10:00:00Z ", "2024-05-01T10:00:00+00:00"),
        ("2024-05-01T10:00:00+02:00", "2024-05-01T08:00:00+00:00"),
        (date(2024, 5, 1), "2024-05-01T00:00:00+00:00"),
        (datetime(2024, 5, 1, 10), "2024-05-01T10:00:00+00:00"),
        (
            datetime(2024, 5, 1, 10, tzinfo=timezone(timedelta(hours=-5))),
            "2024-05-01T15:00:00+00:00",
        ),
        (0, "1970-01-01T00:00:00+00:00"),
        (1714557600, "2024-05-01T10:00:00+00:00"),
        (1714557600000, "2024-05-01T10:00:00+00:00"),
        ("yesterday", None),
        ("2024-13-45", None),
        (True, None),
        ([], None),
        (float("nan"), None),
        (float("inf"), None),
        (1e300, None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_utc(value: object, moment: str | None) -> None:
    assert utc(value) == moment


@given(st.datetimes(timezones=st.just(UTC)))
def test_utc_of_its_own_output_is_the_same(moment: datetime) -> None:
    said = utc(moment)
    assert utc(said) == said


@given(any_documents(words(), profile=st.none() | words()))
def test_all_that_is_known_but_its_number_is_in_the_fields(document: Document) -> None:
    fields = json.loads(json.dumps(fields_of(document)))
    fields["native_id"] = fields.pop("id")
    assert Document(**fields | {"tags": tuple(fields["tags"])}) == document
