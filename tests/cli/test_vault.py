"""`costeer vault`."""

from __future__ import annotations

import pytest

from costeer_cli.privacy.vault.kinds import Kind
from costeer_cli.settings import Places
from costeer_cli.store.database import open_store
from costeer_cli.store.document import Document
from tests.cli.conftest import Costeer

PROFILE = """
name = "mara"
facts = ["My brother Ilja lives in Ulm.", "I was born on 14 March 1987."]
protected = ["Project Bluebird"]
[identity]
names = ["Mara Rößler"]
emails = ["mara@example.org"]
[[texts]]
text = "Dear Tom, call me on 0170 1234567."
"""


def test_what_is_added_is_listed(costeer: Costeer) -> None:
    added = costeer("vault", "add", "Mara Rößler", "mara@example.org", "the blue kettle")
    assert (added.code, added.out) == (0, b"")
    assert "Added 3 values." in added.err
    assert "Mara" not in added.err
    assert "Added 0 values." in costeer("vault", "add", "Mara Rößler").err
    listed = costeer("vault", "list")
    assert listed.text.splitlines() == [
        "EMAIL_1    added  mara@example.org",
        "NAME_1     added  Mara Rößler",
        "PRIVATE_1  added  the blue kettle",
    ]
    assert listed.err == ""
    assert costeer("vault", "list", "--kind", "name", "--json").json == {
        "values": [
            {"placeholder": "NAME_1", "kind": "name", "origin": "added", "value": "Mara Rößler"}
        ]
    }


def test_a_list_may_be_shown_to_others(costeer: Costeer) -> None:
    costeer("vault", "add", "Mara Rößler", "+49 170 1234567")
    for how in ((), ("--json",)):
        said = costeer("vault", "list", "--masked", *how).text
        assert "M···" in said
        assert "ara" not in said
        assert "234567" not in said


def test_nothing_yet(costeer: Costeer) -> None:
    listed = costeer("vault", "list")
    assert listed.out == b""
    assert "vault scan" in listed.err
    assert costeer("vault", "list", "--json").json == {"values": []}


@pytest.mark.parametrize("dash", [(), ("-",)])
def test_values_may_stay_out_of_the_shells_history(costeer: Costeer, dash: tuple[str, ...]) -> None:
    assert costeer("vault", "add", *dash, given="\ufeffMara R.\r\n\n Jon \n".encode()).code == 0
    values = costeer("vault", "list", "--json").json["values"]
    assert [value["value"] for value in values] == ["Mara R.", "Jon"]
    assert costeer("vault", "remove", *dash, given=b"Jon\nNAME_1\n").code == 0
    assert costeer("vault", "list").out == b""


@pytest.mark.parametrize("given", [b"", b" \n\n", b"\xff\xfe\x00"])
@pytest.mark.parametrize("command", ["add", "remove"])
def test_no_value_is_an_error(costeer: Costeer, command: str, given: bytes) -> None:
    assert costeer("vault", command, given=given).code == 2


@pytest.mark.parametrize("kind", ["name", "private", "ID"])
def test_the_kind_may_be_said(costeer: Costeer, kind: str) -> None:
    costeer("vault", "add", "Zebra Crossing 7", "--kind", kind)
    assert costeer("vault", "list").text.startswith(f"{kind.upper()}_1 ")


@pytest.mark.parametrize("command", [["add", "Mara"], ["list"]])
def test_a_kind_that_there_is_not(costeer: Costeer, command: list[str]) -> None:
    ran = costeer("vault", *command, "--kind", "riddle")
    assert ran.code == 2
    assert "secret, private" in ran.err


def test_the_help_names_every_kind(costeer: Costeer) -> None:
    said = costeer("vault", "add", "--help").text
    assert all(kind in said for kind in Kind)


def test_adding_is_all_or_none(costeer: Costeer) -> None:
    ran = costeer("vault", "add", "Mara Rößler", "x")
    assert ran.code == 2
    assert "two letters" in ran.err
    assert costeer("vault", "list").out == b""


@pytest.mark.parametrize("name", ["NAME_1", "[name_1]", "Mara Rößler", "MARA ROSSLER"])
def test_what_is_removed_is_gone_and_its_number_too(
    costeer: Costeer, home: Places, name: str
) -> None:
    costeer("vault", "add", "Mara Rößler")
    removed = costeer("vault", "remove", name)
    assert (removed.code, removed.out) == (0, b"")
    assert "Removed 1 value." in removed.err
    assert costeer("vault", "list").out == b""
    assert "Rößler".encode() not in b"".join(path.read_bytes() for path in home.data.iterdir())
    costeer("vault", "add", "Mara Rößler")
    assert costeer("vault", "list").text.startswith("NAME_2 ")


def test_removing_is_all_or_none(costeer: Costeer) -> None:
    costeer("vault", "add", "Mara Rößler")
    ran = costeer("vault", "remove", "NAME_1", "Zyxwvut")
    assert ran.code == 2
    assert "Zyxwvut" not in ran.err
    assert "vault list" in ran.err
    assert costeer("vault", "list").text.startswith("NAME_1 ")


def test_scanning_finds_what_profiles_and_history_have(costeer: Costeer, home: Places) -> None:
    with open_store(home.store) as store:
        store.profiles.put("mara", PROFILE)
        store.identity.add(["@mara"])
        store.documents.add([Document(text="Liebe Frieda,\nmeine IBAN: DE89370400440532013000")])
    scanned = costeer("vault", "scan")
    assert scanned.text.split() == (
        ["date", "1", "email", "1", "iban", "1", "name", "5", "phone", "1", "private", "1"]
    )
    assert "Found 10 new values." in scanned.err
    everything = scanned.text + scanned.err
    assert not any(word in everything for word in ("Frieda", "Ilja", "Mara", "DE89", "Bluebird"))
    values = {value["value"] for value in costeer("vault", "list", "--json").json["values"]}
    assert values >= {"Frieda", "Ilja", "Tom", "Mara Rößler", "Project Bluebird", "14 March 1987"}
    again = costeer("vault", "scan", "--json")
    assert again.json == {"found": {}}
    assert "Found 0 new values." in again.err or again.err == ""


def test_what_was_removed_is_not_found_by_the_next_scan(costeer: Costeer, home: Places) -> None:
    with open_store(home.store) as store:
        store.documents.add([Document(text="Dear Tom, see you")])
    costeer("vault", "scan")
    costeer("vault", "remove", "Tom")
    with open_store(home.store) as store:
        store.documents.add([Document(text="Dear Tom, see you again there")])
    assert costeer("vault", "scan", "--json").json == {"found": {}}


def test_what_was_forgotten_leaves_the_vault(costeer: Costeer, home: Places) -> None:
    with open_store(home.store) as store:
        store.documents.add([Document(text="Dear Tom, see you")])
    costeer("vault", "scan")
    assert costeer("history", "forget", "1", "--yes").code == 0
    assert costeer("vault", "list").out == b""
