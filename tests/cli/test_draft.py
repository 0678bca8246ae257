"""`costeer draft`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from costeer_cli.cli import common
from costeer_cli.privacy.vault import filling
from costeer_cli.settings import Places
from costeer_cli.store.database import open_default
from costeer_cli.store.document import Document
from costeer_cli.store.drafts import DraftRecord
from tests.cli.conftest import Costeer
from tests.render.pieces import chosen

HORSE = "🐴".encode()
TOKENS = [b" Dear", b" Ana", HORSE[:2], HORSE[2:], b"\x1b[31m", b"\n"]
RECORD = DraftRecord(
    id="01aaaaaaaaaaaaaaaaaaaaaaaa",
    created_at="2026-01-02T03:04:05+00:00",
    profile="mara-lindqvist",
    prompt="Write\na [bold]note[/bold]\x1b[31m 🐴.",
    provider="embedded",
    cloud_model="one",
    local_model="two",
    settings={"strength": 0.5, "seed": 0},
)
RECEIPT = {"finish_reason": "length", "usage": {"tokens": 6}}
BODY = '{"messages": ["Grüße"]}'


@pytest.fixture
def drafts() -> None:
    """A finished draft, and a newer one that is being written."""
    with open_default() as store:
        store.drafts.start(RECORD)
        choices = [chosen(t, "steered" if i == 1 else "cloud") for i, t in enumerate(TOKENS)]
        store.drafts.append(RECORD.id, 0, choices)
        store.drafts.finish(RECORD.id, "done", "length", RECEIPT)
        store.wire.record(RECORD.id, "embedded", "in-process", {}, BODY.encode())
        newer = replace(RECORD, id="01aaaaaaaabbbbbbbbbbbbbbbb", profile=None)
        store.drafts.start(newer)
        store.drafts.append(newer.id, 0, [chosen(b"newer")])


def test_list_is_the_newest_first(costeer: Costeer, drafts: None) -> None:
    ran = costeer("draft", "list")
    assert (ran.code, ran.err) == (0, "")
    new, old = ran.text.splitlines()
    assert new.startswith("01aaaaaaaabbbb  2026-01-02T03:04  writing  -  ")
    assert old.startswith("01aaaaaaaaaaaa  2026-01-02T03:04  done     mara-lindqvist  ")
    assert old.endswith("Write a [bold]note[/bold][31m 🐴.")
    (only,) = costeer("draft", "list", "--limit", "1").text.splitlines()
    assert only.split() == new.split()


def test_list_json(costeer: Costeer, drafts: None) -> None:
    listed = costeer("draft", "list", "--json").json["drafts"]
    assert [entry["state"] for entry in listed] == ["writing", "done"]
    assert listed[1] == {
        "id": RECORD.id,
        "created_at": RECORD.created_at,
        "state": "done",
        "finish_reason": "length",
        "profile": "mara-lindqvist",
        "prompt": RECORD.prompt,
        "provider": "embedded",
        "cloud_model": "one",
        "local_model": "two",
        "settings": {"strength": 0.5, "seed": 0},
    }


def test_no_drafts(costeer: Costeer) -> None:
    ran = costeer("draft", "list")
    assert (ran.code, ran.out) == (0, b"")
    assert "No drafts yet" in ran.err
    assert costeer("draft", "list", "--json").json == {"drafts": []}


@pytest.mark.parametrize("name", [RECORD.id, RECORD.id[:14], "01AAAAAAAAA", " 01aaaaaaaaa "])
def test_show_prints_the_text_and_nothing_else(costeer: Costeer, drafts: None, name: str) -> None:
    ran = costeer("draft", "show", name)
    assert (ran.code, ran.err) == (0, "")
    assert ran.text == "Dear Ana🐴\ufffd[31m\n"


@pytest.mark.parametrize("args", [[], ["last"]])
def test_show_is_of_the_last_one(costeer: Costeer, drafts: None, args: list[str]) -> None:
    assert costeer("draft", "show", *args).text == "newer\n"


def test_show_json_has_everything(costeer: Costeer, drafts: None) -> None:
    shown = costeer("draft", "show", RECORD.id[:14], "--json").json["draft"]
    (listed,) = [
        entry
        for entry in costeer("draft", "list", "--json").json["drafts"]
        if entry["id"] == RECORD.id
    ]
    assert listed.items() <= shown.items()
    assert shown["text"] == "Dear Ana🐴\x1b[31m"
    assert [token["text"] for token in shown["tokens"]] == [
        " Dear",
        " Ana",
        "",
        "🐴",
        "\x1b[31m",
        "\n",
    ]
    assert [token["source"] for token in shown["tokens"]].index("steered") == 1
    assert shown["receipt"] == RECEIPT
    (request,) = shown["requests"]
    assert (request["endpoint"], request["body"]) == ("in-process", BODY)
    assert request["at"]


def test_json_is_harmless_on_a_terminal(costeer: Costeer, drafts: None) -> None:
    assert b"\x1b" not in costeer("draft", "show", RECORD.id, "--json").out


@pytest.mark.parametrize("command", [["show"], ["delete", "--yes"]])
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nothing", "no draft 'nothing'"),
        ("", "no draft ''"),
        ("%", "no draft '%'"),
        ("\udcff", "no draft '?'"),
        ("01aaaaaaaa", "More than one"),
    ],
)
def test_what_names_no_draft(
    costeer: Costeer, drafts: None, command: list[str], name: str, said: str
) -> None:
    ran = costeer("draft", *command, name)
    assert (ran.code, ran.out) == (2, b"")
    assert said in ran.err
    assert "draft list" in ran.err
    assert len(costeer("draft", "list", "--json").json["drafts"]) == 2


def test_show_without_any(costeer: Costeer) -> None:
    ran = costeer("draft", "show")
    assert ran.code == 2
    assert "no draft yet" in ran.err


def test_delete_forgets_it_with_all_that_was_sent(
    costeer: Costeer, drafts: None, home: Places
) -> None:
    ran = costeer("draft", "delete", RECORD.id[:14], "--yes")
    assert (ran.code, ran.out, ran.err) == (0, b"", "Deleted.\n")
    assert [d["id"] for d in costeer("draft", "list", "--json").json["drafts"]] != [RECORD.id]
    with open_default() as store:
        assert store.wire.for_draft(RECORD.id) == []
        assert store.drafts.choices(RECORD.id) == []
    left = b"".join(file.read_bytes() for file in home.data.rglob("*") if file.is_file())
    assert RECORD.id.encode() not in left
    assert "Grüße".encode() not in left


def test_delete_asks(costeer: Costeer, drafts: None, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = costeer("draft", "delete", "last")
    assert ran.code == 2
    assert "--yes" in ran.err
    monkeypatch.setattr(common, "is_interactive", lambda: True)
    refused = costeer("draft", "delete", "last", given=b"n\n")
    assert "Delete draft 01aaaaaaaabbbb?" in refused.err
    assert "Deleted" not in refused.err
    assert len(costeer("draft", "list", "--json").json["drafts"]) == 2
    assert "Deleted" in costeer("draft", "delete", "last", given=b"y\n").err
    assert len(costeer("draft", "list", "--json").json["drafts"]) == 1


def test_delete_needs_a_name(costeer: Costeer, drafts: None) -> None:
    assert costeer("draft", "delete", "--yes").code == 2


def accepted() -> list[Document]:
    with open_default() as store:
        return [d for d in store.documents.list() if d.source == "accepted"]


def test_an_accepted_draft_becomes_history(costeer: Costeer, drafts: None) -> None:
    ran = costeer("draft", "accept", "01aaaaaaaaaa")
    assert (ran.code, ran.out) == (0, b"")
    assert ran.err == "Accepted into the history of mara-lindqvist.\n"
    (document,) = accepted()
    assert document.text == "Dear Ana🐴[31m"
    assert document.prompt == "Write\na [bold]note[/bold][31m 🐴."
    assert (document.native_id, document.profile) == (RECORD.id, "mara-lindqvist")
    assert document.created_at >= "2026"


def test_the_text_as_it_was_changed(costeer: Costeer, drafts: None, tmp_path: Path) -> None:
    file = tmp_path / "final.txt"
    file.write_bytes("\ufeffDear Ana,\r\nthank you.\n".encode())
    assert costeer("draft", "accept", RECORD.id, "--edited", str(file)).code == 0
    assert [d.text for d in accepted()] == ["Dear Ana,\nthank you."]


def test_accepting_again_replaces(costeer: Costeer, drafts: None, tmp_path: Path) -> None:
    costeer("draft", "accept", RECORD.id)
    assert "already" in costeer("draft", "accept", RECORD.id).err
    file = tmp_path / "final.txt"
    file.write_text("Dear Ana, thank you.")
    assert "Replaced" in costeer("draft", "accept", RECORD.id, "--edited", str(file)).err
    assert [d.text for d in accepted()] == ["Dear Ana, thank you."]


def test_a_text_much_like_another_is_accepted(costeer: Costeer, drafts: None) -> None:
    with open_default() as store:
        copy = replace(RECORD, id="01aaaaaaaacccccccccccccccc")
        store.drafts.start(copy)
        words = b"we walked to the weir and back and it rained both ways, as it does on Sundays"
        store.drafts.append(copy.id, 0, [chosen(words + b", Ana")])
        store.drafts.finish(copy.id, "done", "stop", RECEIPT)
        store.documents.add([Document(text=words.decode(), profile="mara-lindqvist")])
    assert costeer("draft", "accept", copy.id).code == 0
    assert len(accepted()) == 1


def test_an_unfinished_draft_is_not_accepted_as_it_is(
    costeer: Costeer, drafts: None, tmp_path: Path
) -> None:
    ran = costeer("draft", "accept")
    assert ran.code == 2
    assert "costeer draft resume 01aaaaaaaabbbb" in ran.err
    file = tmp_path / "final.txt"
    file.write_text("I finished it myself.")
    assert costeer("draft", "accept", "--edited", str(file)).code == 0
    (document,) = accepted()
    assert (document.text, document.profile) == ("I finished it myself.", None)


@pytest.mark.parametrize("content", [b"", b" \n\x00", b"\xff\xfe\x00"])
def test_what_is_no_text_is_not_accepted(
    costeer: Costeer, drafts: None, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "final.txt"
    file.write_bytes(content)
    assert costeer("draft", "accept", RECORD.id, "--edited", str(file)).code == 2
    assert costeer("draft", "accept", RECORD.id, "--edited", str(tmp_path / "none")).code == 2
    assert costeer("draft", "accept", "01zz").code == 2
    assert not accepted()


def test_values_come_back_wherever_a_draft_is_shown(costeer: Costeer, drafts: None) -> None:
    with open_default() as store:
        filling.add(store, "Zoë Adler")
        (kept,) = store.vault.list()
        name = f"[NAME_{kept.number}]"
        record = replace(RECORD, id="01aaaaaaaadddddddddddddddd", prompt=f"Write to {name}.")
        store.drafts.start(record)
        store.drafts.append(record.id, 0, [chosen(f"Dear {name[:4]}".encode()), chosen(b"E_1],")])
        store.drafts.finish(record.id, "done", "stop", RECEIPT)
    assert "Write to Zoë Adler." in costeer("draft", "list").text
    assert costeer("draft", "show", record.id).text == "Dear Zoë Adler,\n"
    shown = costeer("draft", "show", record.id, "--json").json["draft"]
    assert (shown["prompt"], shown["text"]) == ("Write to Zoë Adler.", "Dear Zoë Adler,")
    assert costeer("draft", "accept", record.id).code == 0
    (document,) = accepted()
    assert (document.prompt, document.text) == ("Write to Zoë Adler.", "Dear Zoë Adler,")


def test_nothing_is_put_into_a_text_that_never_left(costeer: Costeer, drafts: None) -> None:
    with open_default() as store:
        filling.add(store, "Zoë Adler")
        record = replace(
            RECORD, id="01aaaaaaaaeeeeeeeeeeeeeeee", provider="none", prompt="[NAME_1]"
        )
        store.drafts.start(record)
        store.drafts.append(record.id, 0, [chosen(b"[NAME_1]")])
        store.drafts.finish(record.id, "done", "stop", RECEIPT)
    assert costeer("draft", "show", record.id).text == "[NAME_1]\n"
    assert "[NAME_1]" in costeer("draft", "list").text
