"""`costeer demo`: a first run that touches nothing of one's own. Its wording is free."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from costeer_cli.cli import demo
from costeer_cli.personal.library import Library
from costeer_cli.personal.profile import Profile
from costeer_cli.render.text import harmless, whole
from costeer_cli.settings import Config, Places
from costeer_cli.store.database import open_default, open_memory
from costeer_cli.writing.assignment import Assignment, Mode
from costeer_cli.writing.desk import Desk, Writing
from tests.cli.conftest import Costeer, Ran
from tests.cli.drafts import own

ASK = "Write a note about tomorrow."


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> list[Writing]:
    """Every text that was begun."""
    begun: list[Writing] = []
    begin = Desk.begin

    def remember(self: Desk, assignment: Assignment) -> Writing:
        begun.append(begin(self, assignment))
        return begun[-1]

    monkeypatch.setattr(Desk, "begin", remember)
    return begun


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary folders are made."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def tour(costeer: Costeer, small_folder: str, scratch: Path) -> Iterator[Costeer]:
    """`costeer demo` with the small random model, which leaves nothing behind."""

    def run(*args: str) -> Ran:
        return costeer("demo", "--model", small_folder, "--max-tokens", "8", *args)

    yield run
    assert list(scratch.iterdir()) == []


@pytest.fixture
def person() -> Profile:
    with open_memory() as store:
        return Library(store).get(demo.PERSON)


def test_it_shows_both_texts_and_leaves_no_trace(
    tour: Costeer, texts: list[Writing], person: Profile, home: Places
) -> None:
    ran = tour()
    assert ran.code == 0
    plain, steered = texts
    assert (plain.assignment.mode, steered.assignment.mode) == (Mode.PLAIN, Mode.STEERED)
    assert plain.assignment.prompt == steered.assignment.prompt == person.demo_prompt
    for writing in texts:
        assert harmless(whole(writing.choices)) in ran.text
        assert len(writing.choices) <= 8
    said = " ".join(ran.text.split())
    assert person.title in said
    assert person.demo_prompt in said
    assert f"{steered.context.tokens} tokens" in said
    assert '"continue_token_ids"' in said
    assert not home.data.exists()
    assert not home.config.exists()


def test_its_counts_are_those_of_the_text(tour: Costeer, texts: list[Writing]) -> None:
    said = " ".join(tour().text.split())
    steered = texts[1]
    assert steered.receipt is not None
    privacy = steered.receipt.privacy
    assert f"{privacy.steered_tokens} of {len(steered.choices)}" in said
    assert f"{privacy.requests_logged} requests" in said
    assert f"0 of {len(steered.assignment.profile.protected)}" in said  # type: ignore[union-attr]


def test_another_person_and_prompt(tour: Costeer, texts: list[Writing]) -> None:
    ran = tour("--profile", "leonor-arruda", "--prompt", ASK)
    assert ran.code == 0
    assert {writing.assignment.prompt for writing in texts} == {ASK}
    assert "Leonor" in ran.text
    assert ASK in ran.text


def test_it_does_not_look_at_ones_own_store_or_profile(
    tour: Costeer, texts: list[Writing], home: Places
) -> None:
    own("jon")
    Config(home.config).set("profile", "jon")
    before = home.store.read_bytes()
    assert tour().code == 0
    assert {writing.record.profile for writing in texts} == {demo.PERSON}
    assert home.store.read_bytes() == before
    with open_default() as store:
        assert store.drafts.list() == []
    ran = tour("--profile", "jon")
    assert ran.code == 2
    assert "There is no profile 'jon'" in ran.err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--profile", "mara-lindquist"], "Did you mean mara-lindqvist?"),
        (["--max-tokens", "0"], "--max-tokens"),
        (["--max-tokens", "9000"], "more than the window"),
        (["--prompt", " "], "prompt is empty"),
    ],
)
def test_what_is_refused(tour: Costeer, args: list[str], said: str, home: Places) -> None:
    ran = tour(*args)
    assert ran.code == 2
    assert said in ran.err
    assert not home.data.exists()


def test_no_network_at_first_use(
    costeer: Costeer, home: Places, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    ran = costeer("demo")
    assert ran.code == 5
    assert "Check the network" in ran.err
    assert list(scratch.iterdir()) == []


def test_ctrl_c(tour: Costeer, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_self: Writing) -> Iterator[object]:
        raise KeyboardInterrupt

    monkeypatch.setattr(Writing, "__iter__", interrupt)
    assert tour().code == 130


@pytest.mark.parametrize("width", ["40", "60", "200"])
def test_it_fits_the_terminal(tour: Costeer, monkeypatch: pytest.MonkeyPatch, width: str) -> None:
    monkeypatch.setenv("COLUMNS", width)
    ran = tour("--prompt", f"{ASK} 🐴 [bold]")
    assert ran.code == 0
    assert "🐴 [bold]" in ran.text
    indented = [line for line in ran.text.splitlines() if line.startswith("  ") and " " in line[4:]]
    assert indented
    assert max(map(len, indented)) <= max(int(width), 100)
