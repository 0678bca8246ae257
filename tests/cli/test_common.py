"""Asking, JSON and plain tables."""

from __future__ import annotations

import json

import pytest
import typer
from rich.cells import cell_len
from typer.testing import CliRunner, Result

from costeer_cli.cli import common
from costeer_cli.errors import UsageError


def run(body: object, given: str | None = None) -> Result:
    app = typer.Typer()
    app.command()(body)  # type: ignore[type-var]
    return CliRunner().invoke(app, [], input=given)


def test_json_is_utf_8_and_not_escaped() -> None:
    result = run(lambda: common.print_json({"title": "Grüße 🐴", "n": None}))
    assert "Grüße 🐴" in result.stdout_bytes.decode("utf-8")
    assert json.loads(result.stdout) == {"title": "Grüße 🐴", "n": None}


def test_notices_keep_out_of_the_answer() -> None:
    result = run(lambda: common.note("[bold]by the way"))
    assert (result.stdout, result.stderr) == ("", "[bold]by the way\n")


def test_without_a_terminal_it_does_not_ask() -> None:
    assert common.confirm("Sure?", yes=True)
    result = run(lambda: common.confirm("Sure?", yes=False), "y\n")
    assert isinstance(result.exception, UsageError)
    assert "--yes" in (result.exception.hint or "")


@pytest.mark.parametrize(("answer", "said"), [("y\n", "True"), ("n\n", "False"), ("\n", "False")])
def test_on_a_terminal_it_asks_on_stderr(
    monkeypatch: pytest.MonkeyPatch, answer: str, said: str
) -> None:
    monkeypatch.setattr(common, "is_interactive", lambda: True)
    result = run(lambda: typer.echo(common.confirm("Sure?", yes=False)), answer)
    assert result.stdout.splitlines()[-1] == said  # the runner shows the answer before it
    assert "Sure?" in result.stderr


def test_rows_are_aligned_by_what_is_seen() -> None:
    result = run(
        lambda: common.print_rows([["1", "🐴", "a"], ["22", "ab\x1b[31mc", "line\nbreak"]])
    )
    lines = result.stdout.splitlines()
    assert lines == ["1   🐴       a", "22  ab[31mc  line break"]
    assert run(lambda: common.print_rows([])).stdout == ""


def test_rows_are_cut_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [["1", "馬" * 80]]
    assert run(lambda: common.print_rows(rows)).stdout == f"1  {'馬' * 80}\n"

    def on_a_terminal() -> None:
        monkeypatch.setattr("sys.stdout.isatty", lambda: True)
        monkeypatch.setenv("COLUMNS", "60")
        common.print_rows(rows)

    (line,) = run(on_a_terminal).stdout.splitlines()
    assert cell_len(line) <= 60
    assert line.endswith("馬…")


def test_counted() -> None:
    assert [common.counted(n, "text") for n in (0, 1, 2)] == ["0 texts", "1 text", "2 texts"]
