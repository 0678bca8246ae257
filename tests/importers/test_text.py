"""Plain text files, and what their names say."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from costeer_cli.importers.names import dated_name, modified, native_id
from costeer_cli.importers.protocol import Note, Skipped
from costeer_cli.importers.text import Text
from costeer_cli.store.document import Document

LETTER = "Dear Jo,\n\nthe mare is well again.\n> as you said\n"


def write(path: Path, content: str | bytes = LETTER) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_file_is_one_document(tmp_path: Path) -> None:
    file = write(tmp_path / "2024-05-01-to_jo.txt")
    (document,) = Text().read(file)
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
    (document,) = Text().read(file)
    assert isinstance(document, Document)
    assert document.created_at == "2024-05-01T10:00:00+00:00"


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "empty"), (b" \r\n\t", "empty"), (b"too short", "short"), (b"a\x00b" * 20, "binary")],
)
def test_what_is_passed_over(tmp_path: Path, content: bytes, reason: str) -> None:
    file = write(tmp_path / "x.txt", content)
    assert list(Text().read(file)) == [Skipped(str(file), reason)]  # type: ignore[arg-type]


def test_an_old_encoding_is_noted(tmp_path: Path) -> None:
    file = write(tmp_path / "x.txt", "Viele Grüße aus der schönen Stadt".encode("cp1252"))
    note, document = Text().read(file)
    assert isinstance(note, Note)
    assert isinstance(document, Document)
    assert "Grüße" in document.text
    assert "Grüße" not in note.said


def test_sniff(tmp_path: Path) -> None:
    assert Text().sniff(write(tmp_path / "A.TXT"))
    assert not Text().sniff(write(tmp_path / "a.md"))
    assert not Text().sniff(tmp_path / "missing.txt")
    (tmp_path / "folder.txt").mkdir()
    assert not Text().sniff(tmp_path / "folder.txt")


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
    assert dated_name(Path(name)) == (title, day)


def test_a_link_has_the_place_of_its_file(tmp_path: Path) -> None:
    file = write(tmp_path / "a.txt")
    (tmp_path / "link.txt").symlink_to(file)
    assert native_id(tmp_path / "link.txt") == native_id(file)
    assert modified(tmp_path / "missing.txt") == ""
