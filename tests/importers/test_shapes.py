"""Values that may have any shape."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given

from costeer_cli.importers.shapes import line, mapping, moment, rows, words
from tests.importers.shaking import ANYTHING


@given(ANYTHING)
def test_they_take_anything(value: object) -> None:
    assert isinstance(mapping(value), dict)
    assert isinstance(rows(value), list)
    assert isinstance(words(value), str)
    assert line(value) == " ".join(line(value).split())
    line(value).encode()
    at = moment(value)
    assert at is None or at.tzinfo is not None


@pytest.mark.parametrize(
    ("value", "found"),
    [("  a\n b ", "a b"), (2**60, str(2**60)), (True, ""), (1.5, ""), (None, ""), ("x\x00", "x")],
)
def test_a_line(value: object, found: str) -> None:
    assert line(value) == found


def test_a_line_is_not_endless() -> None:
    assert len(line("x" * 10_000_000)) == 300


@pytest.mark.parametrize(
    "value",
    [1714564800, 1714564800.0, "1714564800", "2024-05-01T12:00:00Z", "2024-05-01 12:00:00"],
)
def test_a_moment(value: object) -> None:
    assert moment(value) == datetime(2024, 5, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("value", [None, "", "soon", "nan", "1e999", [], True, {}])
def test_no_moment(value: object) -> None:
    assert moment(value) is None
