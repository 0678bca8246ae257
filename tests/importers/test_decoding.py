"""Lines of whatever encoding."""

from __future__ import annotations

from pathlib import Path

from hypothesis import assume, given
from hypothesis import strategies as st

from costeer_cli.importers.decoding import Decoded, Decoder
from costeer_cli.importers.lines import LONGEST
from tests.importers.making import entry


def decoded(path: Path, raw: bytes) -> tuple[list[tuple[int, str | None]], bool]:
    lines = Decoded(entry(path, raw))
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
    lines = Decoded(entry(tmp_path / "a", "a\nb"))
    assert list(lines) == list(lines)


@given(st.binary(max_size=40), st.integers(1, 5))
def test_what_streams_by_is_cut_anywhere(raw: bytes, size: int) -> None:
    assume(raw not in (b"\xef", b"\xef\xbb"))  # half a byte order mark is as good as none
    decoder = Decoder()
    parts = [raw[at : at + size] for at in range(0, len(raw), size)]
    found = "".join(map(decoder.decode, [*parts, b""]))
    try:
        assert found == raw.decode("utf-8-sig")
        assert not decoder.old
    except UnicodeDecodeError:
        assert decoder.old
    found.encode()


def test_old_bytes_among_new_ones() -> None:
    decoder = Decoder()
    assert decoder.decode("\ufeffé".encode() + b" caf\xe9 \x80\x81 \xe2\x9c") == "é café € "
    assert decoder.old
    assert decoder.decode(b"\x93") == "✓"
    assert decoder.decode(b"\xc3") == ""
    assert decoder.decode(b"") == "Ã"
