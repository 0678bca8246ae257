"""Standard streams that the shell closed or the locale spoilt."""

from __future__ import annotations

import io
import sys

import pytest

from costeer_cli.cli import streams

SAID = "Grüße 🐴"


def stdout_with(monkeypatch: pytest.MonkeyPatch, encoding: str) -> io.BytesIO:
    """Prepare a stdout of that encoding and say something on it; what arrived."""
    arrived = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(arrived, encoding=encoding))
    streams.prepare()
    sys.stdout.write(SAID)
    sys.stdout.flush()
    return arrived


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "ANSI_X3.4-1968"])
def test_ascii_is_taken_for_no_locale(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    assert stdout_with(monkeypatch, encoding).getvalue() == SAID.encode()


def test_another_encoding_stays_and_never_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    assert stdout_with(monkeypatch, "latin-1").getvalue() == "Grüße ?".encode("latin-1")


def test_half_a_character_cannot_make_it_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    arrived = stdout_with(monkeypatch, "utf-8")
    sys.stdout.write("\udcff")
    sys.stdout.flush()
    assert arrived.getvalue() == SAID.encode() + b"?"


def test_a_stream_that_is_no_file_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    streams.prepare()
    assert isinstance(sys.stdout, io.StringIO)


def test_closed_streams_become_the_null_device(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    streams.prepare()
    made = sys.stdin, sys.stdout, sys.stderr
    try:
        assert sys.stdin.read() == ""
        assert not any(stream.isatty() for stream in made)
        for stream in made[1:]:
            stream.write(SAID)
            stream.flush()
    finally:
        for stream in made:
            stream.close()


def test_what_cannot_be_flushed_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.StringIO):
        def flush(self) -> None:
            raise OSError(28, "No space left on device")

    whole = io.StringIO()
    for stream, stays in ((whole, True), (Full(), False)):
        monkeypatch.setattr(sys, "stdout", stream)
        streams.give_up_on_stdout()
        assert (sys.stdout is stream) == stays
        sys.stdout.flush()
