"""Bytes to text, and moments to UTC."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.importers import reading
from costeer_cli.importers.protocol import Skipped
from costeer_cli.importers.reading import NotTextError, decode, read_text, too_little


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
    file = tmp_path / "old.txt"
    file.write_bytes("Grüße\r\naus Köln".encode("cp1252"))
    read = read_text(file)
    assert not isinstance(read, Skipped)
    text, notes = read
    assert text == "Grüße\naus Köln"
    assert [(note.where, "Windows-1252" in note.said) for note in notes] == [(str(file), True)]


def test_files_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = tmp_path / "gone.txt"
    assert read_text(missing) == Skipped(str(missing), "unreadable")
    big = tmp_path / "big.txt"
    big.write_bytes(b"x" * 101)
    monkeypatch.setattr(reading, "LARGEST", 100)
    assert read_text(big) == Skipped(str(big), "large")

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    big.write_bytes(b"x")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert read_text(big) == Skipped(str(big), "unreadable")


def test_too_little() -> None:
    assert too_little("", "f") == Skipped("f", "empty")
    assert too_little("x" * 19, "f") == Skipped("f", "short")
    assert too_little("x" * 20, "f") is None


def test_a_pipe_is_no_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    assert not reading.is_file(pipe)
    assert not reading.is_file(tmp_path / ("x" * 5000))
    assert not reading.is_folder(tmp_path / ("x" * 5000))
    assert reading.is_folder(tmp_path)


def test_a_file_one_may_not_look_at_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "is_file", refuse)
    monkeypatch.setattr(Path, "is_dir", refuse)
    assert not reading.is_file(tmp_path)
    assert not reading.is_folder(tmp_path)
