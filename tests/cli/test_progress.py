"""Signs of life on stderr."""

from __future__ import annotations

import io
import sys
import time

import pytest

from costeer_cli.cli.common import note
from costeer_cli.cli.progress import bar, spinner
from tests.cli.conftest import Terminal


def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> io.BytesIO:
    """Make stderr a terminal; what will arrive there. Not a fixture: pytest sets stderr after."""
    arrived = io.BytesIO()
    for name, value in {"TERM": "xterm", "COLUMNS": "60"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(
        sys, "stderr", Terminal(arrived, encoding="utf-8", write_through=True, newline="")
    )
    return arrived


def said(arrived: io.BytesIO) -> str:
    return arrived.getvalue().decode("utf-8")


def test_a_pipe_sees_no_spinner(capsys: pytest.CaptureFixture[str]) -> None:
    with spinner("Reading"):
        pass
    assert capsys.readouterr() == ("", "")


def test_a_pipe_sees_one_line_for_each_thing(capsys: pytest.CaptureFixture[str]) -> None:
    with bar() as show:
        for what in ("Fetching", "Converting"):
            for done in range(5):
                show(what, done, 4)
    out, err = capsys.readouterr()
    assert out == ""
    assert [line.split()[0] for line in err.splitlines()] == ["Fetching", "Converting"]


def test_a_terminal_sees_a_spinner_that_goes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_a_terminal(monkeypatch)
    with spinner("Reading [/about] [bold]you"):
        time.sleep(0.15)
        during = said(terminal)
    assert "Reading [/about] [bold]you" in during
    assert said(terminal).endswith("\x1b[2K")  # the line is wiped
    assert "\x1b[?25h" in said(terminal)  # the cursor is back


def test_a_terminal_sees_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_a_terminal(monkeypatch)
    with bar() as show:
        show("Fetching", 0, 200)
        show("Fetching", 50, 200)
        show("Converting", 2, 4)
        time.sleep(0.25)
    shown = said(terminal)
    assert "Fetching" in shown
    assert "25%" in shown
    assert "Converting" in shown
    assert "50%" in shown


@pytest.mark.parametrize("sign", [lambda: spinner("Reading"), bar])
def test_what_is_printed_meanwhile_goes_where_it_belongs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sign: object
) -> None:
    terminal = on_a_terminal(monkeypatch)
    before = sys.stderr
    with sign():  # type: ignore[operator]
        print("the answer")
        sys.stdout.write("half a line")
        note("by the way")
    assert sys.stderr is before
    assert capsys.readouterr().out == "the answer\nhalf a line"
    assert "by the way" in said(terminal)
    assert "answer" not in said(terminal)


@pytest.mark.parametrize("sign", [lambda: spinner("Reading"), bar])
def test_what_goes_wrong_meanwhile_goes_through(
    monkeypatch: pytest.MonkeyPatch, sign: object
) -> None:
    terminal = on_a_terminal(monkeypatch)
    with pytest.raises(KeyboardInterrupt), sign():  # type: ignore[operator]
        raise KeyboardInterrupt
    assert "\x1b[?25h" in said(terminal)
