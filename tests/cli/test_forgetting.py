"""`costeer history forget`: nothing of a text is left in any file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from costeer_cli.settings import Places
from costeer_cli.store.backup import back_up
from costeer_cli.store.database import open_default
from costeer_cli.store.document import Document
from costeer_cli.store.drafts import DraftRecord
from tests.cli.conftest import Costeer

SECRET = "zyxwvutsrq and the weir house by the river in the rain"


def fill() -> None:
    with open_default() as store:
        store.documents.add(
            [
                Document(text=SECRET, title="Secret one", source="mbox", tags=("work",)),
                Document(text="Rain on the hills, and mist.", source="mbox", kind="email"),
                Document(
                    text="Snow on the hills, and wind.",
                    created_at="2020-05-01T00:00:00+00:00",
                    tags=("work",),
                ),
                Document(
                    text="Rain in the valley.",
                    created_at="2021-05-01T00:00:00+00:00",
                    profile="jon",
                ),
            ]
        )
        quoting = DraftRecord(id="quoting", text=f"So: {SECRET}!".encode())
        store.drafts.start(quoting)
        store.drafts.start(DraftRecord(id="other", prompt="Something else."))
        store.wire.record("quoting", "cloud", "https://x", {}, json.dumps([SECRET]).encode())


def left() -> list[int | None]:
    with open_default() as store:
        return [document.id for document in store.documents.export()]


def raw_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_no_byte_is_left(costeer: Costeer, home: Places) -> None:
    fill()
    copy = back_up(home.store, 1)
    assert b"zyxwvutsrq" in raw_bytes(home.data)
    ran = costeer("history", "forget", "1", "--yes")
    assert (ran.code, ran.out) == (0, b"")
    assert "Secret one" in ran.err
    assert "Deleted 1 text and 1 draft made with them." in ran.err
    assert str(copy) in ran.err
    assert b"zyxwvutsrq" not in raw_bytes(home.data)
    assert b"weir" not in raw_bytes(home.data)
    assert left() == [2, 3, 4]
    with open_default() as store:
        assert [record.id for record in store.drafts.list()] == ["other"]


@pytest.mark.parametrize(
    ("options", "stay"),
    [
        (["1", "3"], [2, 4]),
        (["--source", "mbox"], [3, 4]),
        (["--source", "mbox", "--tag", "work"], [2, 3, 4]),
        (["--tag", "work"], [2, 4]),
        (["--kind", "email"], [1, 3, 4]),
        (["--query", "RAIN hills"], [1, 3, 4]),
        (["--before", "2021-01-01"], [1, 2, 4]),
        (["--after", "2020-05-01", "--before", "2021-05-01"], [1, 2, 4]),
        (["--after", "2020-05-01"], [1, 2]),
        (["--profile", "jon"], [1, 2, 3]),
        (["1", "2", "--query", "mist"], [1, 3, 4]),
        (["1", "--source", "add"], [1, 2, 3, 4]),
    ],
)
def test_what_is_given_is_combined(costeer: Costeer, options: list[str], stay: list[int]) -> None:
    fill()
    looked = costeer("history", "forget", *options, "--dry-run")
    assert looked.code == 0
    assert "Nothing was deleted." in looked.err
    assert left() == [1, 2, 3, 4]
    ran = costeer("history", "forget", *options, "--yes")
    assert (ran.code, left()) == (0, stay)
    gone = 4 - len(stay)
    assert gone == 0 or f"{gone} text" in looked.err


def test_a_dry_run_shows_three_titles_and_changes_no_byte(costeer: Costeer, home: Places) -> None:
    with open_default() as store:
        store.documents.add(
            Document(text=f"text {n} of five", title=f"Title {n}") for n in range(5)
        )
    before = raw_bytes(home.data)
    ran = costeer("history", "forget", "--source", "add", "--dry-run")
    shown = [line.strip() for line in ran.err.splitlines() if line.startswith("  ")]
    assert shown == ["Title 0", "Title 1", "Title 2", "and 2 more"]
    assert "That would delete 5 texts." in ran.err
    assert raw_bytes(home.data) == before


@pytest.mark.parametrize(
    "args",
    [
        ["forget"],
        ["forget", "--yes"],
        ["forget", "--dry-run"],
        ["forget", "9", "--yes"],
        ["forget", "1", "9", "--source", "add", "--yes"],
        ["forget", "one", "--yes"],
        ["forget", "--before", "yesterday", "--yes"],
        ["forget", "1"],
        ["delete", "--yes"],
        ["delete", "9", "--yes"],
    ],
)
def test_what_cannot_be_done_as_asked_changes_nothing(costeer: Costeer, args: list[str]) -> None:
    fill()
    ran = costeer("history", *args)
    assert ran.code == 2
    assert left() == [1, 2, 3, 4]


@pytest.mark.parametrize(("answer", "code", "stay"), [("n", 1, 4), ("y", 0, 3)])
def test_it_asks(
    costeer: Costeer,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    code: int,
    stay: int,
) -> None:
    fill()
    asked: list[str] = []

    def said(question: str, **_: object) -> bool:
        asked.append(question)
        return answer == "y"

    monkeypatch.setattr("typer.confirm", said)
    ran = costeer("history", "forget", "1", given=None)
    assert asked == ["Delete 1 text and 1 draft made with them for good?"]
    assert (ran.code, len(left())) == (code, stay)


def test_delete_is_the_same_by_number_and_not_advertised(costeer: Costeer) -> None:
    fill()
    assert "delete" not in costeer("history", "--help").text
    ran = costeer("history", "delete", "1", "--yes")
    assert "Deleted 1 text and 1 draft" in ran.err
    assert left() == [2, 3, 4]


def test_search_takes_the_same_filters(costeer: Costeer) -> None:
    fill()

    def found(*options: str) -> list[int]:
        ran = costeer("history", "search", "rain", "snow", "--json", *options)
        return sorted(one["id"] for one in ran.json["documents"])

    assert found() == [1, 2, 3, 4]
    assert found("--source", "mbox") == [1, 2]
    assert found("--tag", "work", "--before", "2020-12-31") == [3]
    assert found("--kind", "email") == [2]
    assert found("--after", "2021-01-01") == [4]
    assert found("--profile", "concise") == [1, 2, 3]
    assert found("--profile", "concise", "--source", "mbox", "--tag", "work") == [1]
    assert costeer("history", "search", "rain", "--profile", "nobody").code == 2
