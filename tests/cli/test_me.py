"""`costeer history me`."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner, Result

from costeer_cli.cli import history
from costeer_cli.errors import BadInputError, UnknownNameError
from costeer_cli.settings import Places


def run(*args: str) -> Result:
    return CliRunner().invoke(history.app, ["me", *args])


def ok(*args: str) -> Result:
    result = run(*args)
    assert result.exit_code == 0, (result.stderr, result.exception)
    return result


def test_what_is_added_is_listed() -> None:
    added = ok("add", "Mara Rößler", " mara@example.org ", "mara@example.org")
    assert added.stdout == ""
    assert "Added 2 names." in added.stderr
    assert "Added 1 name." in ok("add", "@mara", "Mara Rößler").stderr
    listed = ok("list")
    assert listed.stdout == "Mara Rößler\nmara@example.org\n@mara\n"
    assert listed.stderr == ""
    known = json.loads(ok("list", "--json").stdout)
    assert known == {"me": ["Mara Rößler", "mara@example.org", "@mara"]}


def test_nothing_yet() -> None:
    listed = ok("list")
    assert listed.stdout == ""
    assert "history me add" in listed.stderr
    assert json.loads(ok("list", "--json").stdout) == {"me": []}


@pytest.mark.parametrize("value", ["", "  ", "~", "@", "\u200e"])
def test_an_empty_name_is_nobodys(value: str) -> None:
    assert isinstance(run("add", "Mara", value).exception, BadInputError)
    assert ok("list").stdout == ""


def test_what_is_removed_is_gone(home: Places) -> None:
    ok("add", "zyxwvut@example.org", "Mara")
    assert b"zyxwvut" in b"".join(file.read_bytes() for file in home.data.iterdir())
    removed = ok("remove", "zyxwvut@example.org", "zyxwvut@example.org")
    assert "Removed 1 name." in removed.stderr
    assert ok("list").stdout == "Mara\n"
    assert b"zyxwvut" not in b"".join(file.read_bytes() for file in home.data.iterdir())


def test_what_is_not_known_is_not_removed_nor_is_the_rest() -> None:
    ok("add", "Mara")
    result = run("remove", "Mara", "Jon")
    assert isinstance(result.exception, UnknownNameError)
    assert "Jon" not in str(result.exception)
    assert "history me list" in (result.exception.hint or "")
    assert ok("list").stdout == "Mara\n"


@pytest.mark.parametrize("command", ["add", "remove"])
def test_something_must_be_said(command: str) -> None:
    assert run(command).exit_code == 2
