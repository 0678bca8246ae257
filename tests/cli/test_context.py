"""`costeer context`: what would be read, and why, is what `costeer write` reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from costeer_cli.settings import Places
from costeer_cli.store.database import open_default
from costeer_cli.store.document import Document
from tests.cli.conftest import Costeer, Ran

JON = (
    'name = "jon"\ntitle = "Jon, who keeps the weir"\nfacts = ["Has a heron called Otis."]\n'
    '[voice]\ndescription = "Short and dry."\n'
    '[[texts]]\nprompt = "Write a note."\ntext = "The weir is up. Otis is not amused."\n'
)
ASK = "Write to Anna about bread."


@pytest.fixture
def asked(costeer: Costeer, small_folder: str) -> Costeer:
    """`costeer context` with a small model."""

    def run(*args: str, given: bytes | None = b"") -> Ran:
        return costeer("context", "--model", small_folder, *args, given=given)

    return run


def fill() -> None:
    with open_default() as store:
        store.profiles.put("jon", JON)
        store.documents.add(
            [
                Document(text="Bread needs time.\nAnd salt.", title="[bold]On bread[/bold] 🐴"),
                Document(text="See you at the mill.", recipient="Anna Berg", title="Mill"),
                Document(text="A walk by the river.", created_at="2024-01-01T00:00:00+00:00"),
            ]
        )


def test_for_people(asked: Costeer, home: Places) -> None:
    fill()
    ran = asked(ASK)
    assert ran.code == 0
    about, rows = ran.text.rsplit("\n\n", 1)
    assert "Jon, who keeps the weir" in about
    assert "Has a heron called Otis." in about
    assert "Short and dry." in about
    lines = rows.splitlines()
    assert len(lines) == 4
    assert [line.split()[0] for line in lines] == ["1", "profile:jon", "2", "3"]
    assert "match" in lines[0]
    assert "[bold]On bread[/bold] 🐴" in lines[0]
    assert "recipient" in lines[2]
    assert "recent" in lines[3]
    assert "A walk by the river." in lines[3]
    assert "4 texts, and the profile jon." in ran.err


def test_for_programs(asked: Costeer) -> None:
    fill()
    shown = asked(ASK, "--json").json["context"]
    assert (shown["profile"], shown["prompt"], shown["budget"]) == ("jon", ASK, 1000)
    assert shown["facts"] == ["Has a heron called Otis."]
    assert shown["voice"] == "Short and dry."
    assert shown["left_out"] == 0
    first, own, second, last = shown["texts"]
    assert (first["id"], first["source"], first["why"]) == (1, "history:1", "match")
    assert first["text"] == "Bread needs time.\nAnd salt."
    assert first["asked"] == "[bold]On bread[/bold] 🐴"
    assert first["whole"]
    assert (second["id"], second["why"]) == (2, "recipient")
    assert first["score"] >= second["score"] > last["score"] == 0
    assert (own["id"], own["source"]) == (None, "profile:jon:1")
    spent = sum(text["tokens"] for text in shown["texts"])
    assert 0 < spent < shown["tokens"] <= 1000


def test_it_is_what_a_draft_is_written_with(asked: Costeer, small: Costeer) -> None:
    fill()
    shown = asked(ASK, "--json", "--context-tokens", "150").json["context"]
    assert small(ASK, "--offline", "--context-tokens", "150").code == 0
    with open_default() as store:
        record = store.drafts.get("last")
        used = store.documents._connection.column("SELECT document_id FROM used ORDER BY 1")
    sources = ["profile:jon", *(text["source"] for text in shown["texts"])]
    assert record.settings["context_sources"] == sources
    assert used == sorted(text["id"] for text in shown["texts"] if text["id"])


def test_what_does_not_fit_is_said(asked: Costeer) -> None:
    fill()
    whole = asked(ASK, "--json").json["context"]
    least = whole["tokens"] - sum(text["tokens"] for text in whole["texts"])
    ran = asked(ASK, "--context-tokens", str(least + 1))
    assert ran.code == 0
    assert "no room for 4 more texts" in ran.err
    ran = asked(ASK, "--context-tokens", "1")
    assert (ran.code, ran.out) == (2, b"")
    assert "more than there is room for" in ran.err


def test_a_long_text_is_shown_as_it_is_cut(asked: Costeer) -> None:
    with open_default() as store:
        store.documents.add([Document(text="The bread was good, and I ate it all. " * 60)])
    ran = asked("bread", "--context-tokens", "200", "--json")
    (text,) = ran.json["context"]["texts"]
    assert not text["whole"]
    assert text["text"].endswith("ate it all.")
    assert ran.json["context"]["tokens"] <= 200
    assert "(cut)" in asked("bread", "--context-tokens", "200").text


def test_nothing_personal_yet(asked: Costeer) -> None:
    ran = asked("a note", given=b"")
    assert (ran.code, ran.out) == (0, b"")
    assert "0 of 1000 tokens" in ran.err
    assert asked("--json", given=b"from stdin").json["context"]["prompt"] == "from stdin"


@pytest.mark.parametrize(
    "args", [["-p", "nobody", "x"], ["--context-tokens", "-1", "x"], ["--model", "no/such", "x"]]
)
def test_what_cannot_be_done(costeer: Costeer, args: list[str]) -> None:
    ran = costeer("context", *args)
    assert ran.code in {2, 5}
    assert ran.out == b""


def test_several_profiles_are_not_chosen_among(asked: Costeer, tmp_path: Path) -> None:
    fill()
    with open_default() as store:
        store.profiles.put("anna", 'name = "anna"\n')
    ran = asked("x")
    assert ran.code == 2
    assert "several profiles" in ran.err
    assert asked("x", "-p", "anna").code == 0
