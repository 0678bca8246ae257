"""The command as a whole: help, version, completion, and what every failure looks like."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main

from costeer_cli import __version__, errors
from costeer_cli.cli import app, path
from costeer_cli.errors import CosteerError
from costeer_cli.settings import Places
from tests.cli.conftest import Costeer

NOUNS = [
    "context",
    "vault",
    *("write", "demo", "profile", "history", "draft", "provider", "model", "doctor", "path"),
]


def commands(command: Any, *above: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command there is, by the words that call it."""
    yield above, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, *above, name)


EVERY = list(commands(typer.main.get_command(app.app)))
LEAVES = [words for words, command in EVERY if not hasattr(command, "commands")]


def by_shell(line: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of shell in which `costeer` is the command."""
    run = "import sys; sys.argv[0] = 'costeer'; from costeer_cli.cli.app import main; main()"
    return subprocess.run(
        ["/bin/sh", "-c", f'costeer() {{ "$PYTHON" -c "$RUN" "$@"; }}\n{line}'],
        env=os.environ | {"PYTHON": sys.executable, "RUN": run} | environ,
        capture_output=True,
        check=False,
        timeout=60,
    )


def test_the_tree_has_been_walked() -> None:
    assert {words[0] for words, _ in EVERY if words} >= set(NOUNS)
    assert ("profile", "use") in LEAVES


@pytest.mark.parametrize("flag", ["-h", "--help"])
@pytest.mark.parametrize("words", [words for words, _ in EVERY], ids="-".join)
def test_every_command_has_help(costeer: Costeer, words: tuple[str, ...], flag: str) -> None:
    ran = costeer(*words, flag)
    assert ran.code == 0
    assert ran.err == ""
    assert ran.text.startswith(f"Usage: {' '.join(['costeer', *words])}")
    assert "\x1b" not in ran.text


@pytest.mark.parametrize(("words", "command"), EVERY, ids=["-".join(words) for words, _ in EVERY])
def test_every_option_and_argument_says_what_it_is(words: tuple[str, ...], command: Any) -> None:
    assert command.help, words
    for parameter in command.params:
        said = getattr(parameter, "help", None)
        assert said, (words, parameter.name)
        assert said.strip()[-1] in ".)", (words, parameter.name, said)


@pytest.mark.parametrize("words", LEAVES, ids="-".join)
def test_every_list_and_show_speaks_json(words: tuple[str, ...]) -> None:
    flags = {flag for w, c in EVERY if w == words for p in c.params for flag in p.opts}
    if words[-1] in {"list", "show"} or words in {("write",), ("path",), ("doctor",)}:
        assert "--json" in flags
    if words[-1] == "delete":
        assert "--yes" in flags


def test_help_fits_a_narrow_terminal(costeer: Costeer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERMINAL_WIDTH", "60")
    assert max(map(len, costeer("write", "--help").text.splitlines())) <= 60


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_version(costeer: Costeer, flag: str) -> None:
    ran = costeer(flag)
    assert (ran.code, ran.text, ran.err) == (0, f"costeer {__version__}\n", "")


def test_nothing_asked_for_shows_what_there_is(costeer: Costeer, home: Places) -> None:
    ran = costeer()
    assert ran.code == 2
    said = ran.text + ran.err
    assert all(f"  {noun} " in said for noun in NOUNS)
    assert not home.data.exists()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["wirte"], "'write'"),
        (["profile", "shwo"], "'show'"),
        (["write", "--strenght", "1", "x"], "--strength"),
        (["write", "--max-tokens", "many", "x"], "--max-tokens"),
        (["path", "here"], "here"),
        (["draft", "list", "--limit", "0"], "--limit"),
    ],
)
def test_what_there_is_not(costeer: Costeer, home: Places, args: list[str], said: str) -> None:
    ran = costeer(*args)
    assert ran.code == 2
    assert ran.text == ""
    assert said in ran.err
    assert not home.data.exists()


def every_error() -> list[type[CosteerError]]:
    found = [CosteerError]
    for kind in found:
        found.extend(kind.__subclasses__())
    return found


@pytest.mark.parametrize("kind", every_error())
def test_every_error_is_told_in_two_lines_with_its_code(
    costeer: Costeer, monkeypatch: pytest.MonkeyPatch, kind: type[CosteerError]
) -> None:
    def fail() -> Places:
        raise kind("It [bold]happened[/bold].", hint="Do %s instead.")

    monkeypatch.setattr(path, "places", fail)
    ran = costeer("path")
    assert ran.code == kind.exit_code
    assert ran.text == ""
    assert ran.err == "Error: It [bold]happened[/bold].\nDo %s instead.\n"


def test_the_codes_are_those_of_the_contract() -> None:
    codes = {kind.__name__: kind.exit_code for kind in every_error()}
    assert codes["StoreError"] == 1
    assert {codes[name] for name in ("UsageError", "UnknownNameError", "BadInputError")} == {2}
    assert codes["PrivacyError"] == 3
    assert {codes[name] for name in ("ProviderUnreachableError", "NotSteerableError")} == {4}
    assert {codes[name] for name in ("ModelUnavailableError", "ModelCorruptError")} == {5}
    assert codes["InterruptedDraftError"] == 130


def test_without_a_hint_it_is_one_line(costeer: Costeer, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Places:
        raise errors.StoreError("It happened.")

    monkeypatch.setattr(path, "places", fail)
    assert costeer("path").err == "Error: It happened.\n"


def test_debug_shows_where_it_came_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COSTEER_DEBUG", "1")
    monkeypatch.setattr(sys, "argv", ["costeer", "draft", "show", "nothing"])
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    with pytest.raises(errors.UnknownNameError):
        app.main()


def test_ctrl_c_anywhere_is_130(costeer: Costeer, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt() -> Places:
        raise KeyboardInterrupt

    monkeypatch.setattr(path, "places", interrupt)
    assert costeer("path").code == 130


def test_what_the_system_refuses_is_told(costeer: Costeer, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> Places:
        raise PermissionError(errno.EACCES, "Permission denied", "/some/where")

    monkeypatch.setattr(path, "places", refuse)
    ran = costeer("path")
    assert ran.code == 1
    assert ran.err.splitlines()[0] == "Error: The system refused: Permission denied (/some/where)."
    assert len(ran.err.splitlines()) == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("args", ["path", "path --json", "--help"])
def test_a_full_disk_behind_stdout(args: str) -> None:
    ran = by_shell(f"costeer {args} > /dev/full")
    assert ran.returncode == 1
    assert ran.stderr.startswith(b"Error: The system refused: No space left")
    assert b"Traceback" not in ran.stderr
    assert b"Exception ignored" not in ran.stderr


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_that_the_shell_closed(closed: str) -> None:
    assert by_shell(f"costeer draft delete last {closed}; test $? = 2").returncode == 0
    ran = by_shell(f"costeer path --json {closed}")
    assert ran.returncode == 0
    assert ran.stderr == b""
    assert (b'"store"' in ran.stdout) == (">&-" not in closed.replace("2>&-", ""))


def test_a_pipe_that_closes_early_is_no_error() -> None:
    ran = by_shell("costeer profile show mara-lindqvist | head -c 5")
    assert ran.stdout == b"name "
    assert ran.stderr == b""


@pytest.mark.parametrize(
    ("shell", "word"), [("bash", "complete -o"), ("zsh", "compdef"), ("fish", "complete --command")]
)
def test_completion_can_be_had(
    costeer: Costeer, monkeypatch: pytest.MonkeyPatch, shell: str, word: str
) -> None:
    monkeypatch.setenv("_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION", "1")
    ran = costeer("--show-completion", shell)
    assert ran.code == 0
    assert word in ran.text
    assert "costeer" in ran.text


def test_completion_completes() -> None:
    ran = by_shell(
        "costeer",
        _COSTEER_COMPLETE="complete_bash",
        COMP_WORDS="costeer pro",
        COMP_CWORD="1",
    )
    assert ran.stdout.split() == [b"profile", b"provider"]
