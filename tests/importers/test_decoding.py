"""Lines of whatever encoding."""

from __future__ import annotations

from pathlib import Path

from costeer_cli.importers.decoding import Decoded
from costeer_cli.importers.lines import LONGEST
from costeer_cli.importers.source import Source
from tests.importers.making import write


def decoded(path: Path, raw: bytes) -> tuple[list[tuple[int, str | None]], bool]:
    (entry,) = Source(write(path, raw)).entries
    lines = Decoded(entry)
    return list(lines), lines.old


def test_utf_8_with_and_without_a_mark(tmp_path: Path) -> None:
    assert decoded(tmp_path / "a", "\ufeffé\r\n✓".encode()) == ([(1, "é\r\n"), (2, "✓")], False)
    assert decoded(tmp_path / "b", b"") == ([], False)


def test_an_old_line_among_new_ones(tmp_path: Path) -> None:
    raw = "é\n".encode() + b"caf\xe9 \x80\x81\n" + "✓".encode()
    assert decoded(tmp_path / "a", raw) == ([(1, "é\n"), (2, "café €\n"), (3, "✓")], True)


def test_a_line_that_is_too_long(tmp_path: Path) -> None:
    found, _ = decoded(tmp_path / "a", b"a\n" + b"x" * (LONGEST + 1) + b"\nb\n")
    assert found == [(1, "a\n"), (2, None), (3, "b\n")]


def test_it_can_be_read_twice(tmp_path: Path) -> None:
    (entry,) = Source(write(tmp_path / "a", "a\nb")).entries
    lines = Decoded(entry)
    assert list(lines) == list(lines)
