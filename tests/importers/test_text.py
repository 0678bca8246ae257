"""Plain text files, and what their names say."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from costeer_cli.importers.names import dated_name
from costeer_cli.importers.protocol import Note, Skipped
from costeer_cli.importers.source import Source
from costeer_cli.importers.text import Text
from costeer_cli.store.document import Document
from tests.importers.making import read, write

LETTER = "Dear Jo,\n\nthe mare is well again.\n> as you said\n"


def test_a_file_is_one_document(tmp_path: Path) -> None:
    file = write(tmp_path / "2024-05-01-to_jo.txt", LETTER)
    (document,) = read(Text(), file)
    assert document == Document(
        text=LETTER.strip(),
        source="text",
        native_id=str(file),
        title="to jo",
        created_at="2024-05-01T00:00:00+00:00",
    )


def test_without_a_date_in_its_name_the_file_system_tells(tmp_path: Path) -> None:
    file = write(tmp_path / "letter.txt")
    os.utime(file, (0, 1714557600))
    (document,) = read(Text(), file)
    assert isinstance(document, Document)
    assert document.created_at == "2024-05-01T10:00:00+00:00"


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "empty"), (b" \r\n\t", "empty"), (b"too short", "short"), (b"a\x00b" * 20, "binary")],
)
def test_what_is_passed_over(tmp_path: Path, content: bytes, reason: str) -> None:
    file = write(tmp_path / "x.txt", content)
    assert read(Text(), file) == [Skipped(str(file), reason)]  # type: ignore[arg-type]


def test_an_old_encoding_is_noted(tmp_path: Path) -> None:
    file = write(tmp_path / "x.txt", "Viele Grüße aus der schönen Stadt".encode("cp1252"))
    note, document = read(Text(), file)
    assert isinstance(note, Note)
    assert isinstance(document, Document)
    assert "Grüße" in document.text
    assert "Grüße" not in note.said


def test_sniff(tmp_path: Path) -> None:
    assert Text().sniff(Source(write(tmp_path / "A.TXT")))
    assert not Text().sniff(Source(write(tmp_path / "a.md")))
    (tmp_path / "folder.txt").mkdir()
    assert not Text().sniff(Source(tmp_path / "folder.txt"))


@pytest.mark.parametrize(
    ("name", "title", "day"),
    [
        ("2024-05-01-morning-walk.md", "morning walk", "2024-05-01T00:00:00+00:00"),
        ("2024-05-01 Morning walk.md", "Morning walk", "2024-05-01T00:00:00+00:00"),
        ("2024-05-01.md", "2024-05-01", "2024-05-01T00:00:00+00:00"),
        ("2024-99-01-x.md", "2024 99 01 x", ""),
        ("2024-05-011.md", "2024 05 011", ""),
        ("walk__home.txt", "walk home", ""),
        ("--.txt", "--", ""),
    ],
)
def test_names(name: str, title: str, day: str) -> None:
    assert dated_name(name) == (title, day)
    assert dated_name(f"2020-01-01/{name}") == (title, day)
