"""Tables that services export."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from costeer_cli.importers.csv_rows import csv_rows
from costeer_cli.importers.lines import LONGEST
from costeer_cli.importers.protocol import Note, Skipped
from costeer_cli.importers.reading import note_old_encoding
from tests.importers.making import entry


def test_rows_by_column(tmp_path: Path) -> None:
    file = entry(tmp_path / "a.csv", '\ufeffid,text\r\n1,"a,\r\nb"\r\n\r\n2\r\n3,c\x00d,e\r\n')
    assert list(csv_rows(file)) == [
        (f"{file.where} row 1", {"id": "1", "text": "a,\r\nb"}),
        (f"{file.where} row 2", {"id": "2", "text": None}),
        (f"{file.where} row 3", {"id": "3", "text": "cd", None: ["e"]}),
    ]


def test_old_bytes_are_noted_at_the_end(tmp_path: Path) -> None:
    file = entry(tmp_path / "a.csv", b"id\ncaf\xe9\n")
    assert list(csv_rows(file)) == [
        (f"{file.where} row 1", {"id": "café"}),
        note_old_encoding(file.where),
    ]


def test_a_broken_row_ends_it(tmp_path: Path) -> None:
    file = entry(tmp_path / "a.csv", "id\n1\na\rb\n3\n")
    assert list(csv_rows(file)) == [
        (f"{file.where} row 1", {"id": "1"}),
        Skipped(f"{file.where} row 2", "broken"),
    ]


def test_a_line_that_is_too_long_takes_no_other_with_it(tmp_path: Path) -> None:
    file = entry(tmp_path / "a.csv", "id\n" + "x" * (LONGEST + 1) + "\n3\n")
    assert list(csv_rows(file)) == [(f"{file.where} row 1", {"id": "3"})]


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    file = entry(tmp_path / "a.csv", "id\n1\n")
    (tmp_path / "a.csv").unlink()
    assert list(csv_rows(file)) == [Skipped(file.where, "unreadable")]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=80))
def test_any_bytes(tmp_path: Path, raw: bytes) -> None:
    for row in csv_rows(entry(tmp_path / "a.csv", raw)):
        assert isinstance(row, Skipped | Note) or row[0].startswith(str(tmp_path))
