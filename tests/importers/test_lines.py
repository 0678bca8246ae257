"""Lines, in bounded memory."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.importers import lines as module
from costeer_cli.importers.lines import is_utf16, lines
from costeer_cli.importers.source import Source
from tests.importers.making import write


def found(path: Path, content: bytes) -> list[tuple[int, bytes | None]]:
    return list(lines(Source(write(path, content)).entries[0]))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", []),
        (b"a", [b"a"]),
        (b"a\n", [b"a\n"]),
        (b"a\r\n\n\x00b\xff", [b"a\r\n", b"\n", b"\x00b\xff"]),
        ("ü\n🐴".encode("utf-16"), ["ü\n".encode(), "🐴".encode()]),
        (b"\xfe\xff" + "ü\nb".encode("utf-16-be"), ["ü\n".encode(), b"b"]),
        ("a\nbc".encode("utf-16")[:-1], [b"a\n", "b\ufffd".encode()]),
        (b"\xff\xfe\x00\xd8\n\x00", ["\ufffd\n".encode()]),
    ],
)
def test_lines(tmp_path: Path, content: bytes, expected: list[bytes]) -> None:
    assert found(tmp_path / "a.txt", content) == list(enumerate(expected, 1))


@pytest.mark.parametrize("encoding", ["ascii", "utf-16"])
@pytest.mark.parametrize("end", ["", "\n", "\nlast"])
def test_a_line_that_is_too_long_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, end: str
) -> None:
    monkeypatch.setattr(module, "LONGEST", 10)
    content = f"first\n{'x' * 95}{end}".encode(encoding)
    expected = [(1, b"first\n"), (2, None)] + ([(3, b"last")] if end == "\nlast" else [])
    assert found(tmp_path / "a.txt", content) == expected


def test_a_file_that_went_away(tmp_path: Path) -> None:
    file = write(tmp_path / "a.txt")
    (entry,) = Source(file).entries
    file.unlink()
    with pytest.raises(OSError, match="No such file"):
        next(lines(entry))


def test_marks() -> None:
    assert is_utf16("a".encode("utf-16"))
    assert not is_utf16(b"\xef\xbb\xbfa")
    assert not is_utf16(b"")


@given(st.binary().filter(lambda raw: not is_utf16(raw)))
def test_together_they_are_the_file(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    whole = found(tmp_path_factory.getbasetemp() / "any.txt", raw)
    assert b"".join(line or b"" for _, line in whole) == raw
    assert [number for number, _ in whole] == list(range(1, len(whole) + 1))
