"""Bytes to text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.importers import reading
from costeer_cli.importers.protocol import Skipped
from costeer_cli.importers.reading import (
    LARGEST,
    NotTextError,
    decode,
    read_bytes,
    read_json,
    read_text,
    too_little,
)
from costeer_cli.importers.source import Entry, Source
from tests.importers.making import write, zipped


def entry(path: Path) -> Entry:
    return Source(path).entries[0]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_utf_8_is_read_as_it_is(text: str) -> None:
    assert decode(text.encode()) == (text.removeprefix("\ufeff"), False)


@given(st.binary())
def test_any_bytes_are_text_or_refused(raw: bytes) -> None:
    try:
        assert isinstance(decode(raw)[0], str)
    except NotTextError as refused:
        reason = refused.reason
    else:
        reason = "binary"
    assert reason in ("binary", "undecodable")


def test_a_byte_order_mark_is_no_text() -> None:
    assert decode(b"\xef\xbb\xbfhello") == ("hello", False)


def test_windows_1252_is_read_and_said() -> None:
    assert decode("“Grüße” – €".encode("cp1252")) == ("“Grüße” – €", True)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "binary"),
        ("UTF-16 text".encode("utf-16"), "binary"),
        (bytes(range(1, 32)) * 10, "binary"),
        (b"\x1f\x8b\x08\x01\x02\x03\x81\x8d" * 9, "binary"),
        (b"nearly Windows-1252 \x81 but not quite", "undecodable"),
    ],
)
def test_what_is_not_text(raw: bytes, reason: str) -> None:
    with pytest.raises(NotTextError) as caught:
        decode(raw)
    assert caught.value.reason == reason


def test_a_stray_control_character_does_not_make_a_text_binary() -> None:
    assert decode(b"a long letter with one \x07 bell in it " * 5)[0].startswith("a long")


def test_read_text_tidies_and_notes(tmp_path: Path) -> None:
    file = write(tmp_path / "old.txt", "Grüße\r\naus Köln".encode("cp1252"))
    read = read_text(entry(file))
    assert not isinstance(read, Skipped)
    text, notes = read
    assert text == "Grüße\naus Köln"
    assert [(note.where, "Windows-1252" in note.said) for note in notes] == [(str(file), True)]


def test_files_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path / "gone.txt")
    gone = entry(file)
    file.unlink()
    assert read_text(gone) == Skipped(str(file), "unreadable")
    big = write(tmp_path / "big.txt", b"x" * 101)
    grown = write(tmp_path / "grown.txt", b"x")
    monkeypatch.setattr(reading, "LARGEST", 100)
    assert read_text(entry(big)) == Skipped(str(big), "large")
    small = entry(grown)
    write(grown, b"x" * 101)
    assert read_bytes(small) == Skipped(str(grown), "large")


def test_a_damaged_member_of_a_zip_is_unreadable(tmp_path: Path) -> None:
    file = zipped(tmp_path / "a.zip", {"a.txt": "x" * 5000})
    member = entry(file)
    raw = file.read_bytes()
    file.write_bytes(raw[:40] + b"0123456789" + raw[50:])
    assert read_bytes(member) == Skipped(f"{file}: a.txt", "unreadable")


def test_too_little() -> None:
    assert too_little("", "f") == Skipped("f", "empty")
    assert too_little("x" * 19, "f") == Skipped("f", "short")
    assert too_little("x" * 20, "f") is None


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b'\xef\xbb\xbf{"a": [1]}', {"a": [1]}),
        (b"", None),
        (b"{", None),
        (b'"\xff"', None),
        (b"[" * 100_000, None),
        (b" " * (LARGEST + 1), None),
    ],
)
def test_small_json(tmp_path: Path, raw: bytes, said: object) -> None:
    assert read_json(entry(write(tmp_path / "a.json", raw))) == said
