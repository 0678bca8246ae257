"""`costeer doctor`."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from costeer_cli.cli import doctor
from costeer_cli.models.catalogue import DEFAULT_MODEL
from costeer_cli.settings import Config, Places
from costeer_cli.store.database import open_default
from costeer_cli.store.document import Document
from tests.cli.conftest import Costeer

NAMES = ["costeer", "file modes", "settings", "store", "profile", "provider", "model"]
NAMES += ["tokenizers", "device"]


def checks(costeer: Costeer, code: int = 0) -> dict[str, str]:
    """What each check found; '!!' before it where it failed."""
    ran = costeer("doctor", "--json")
    assert ran.code == code, ran.text
    assert ran.err == ""
    return {
        check["name"]: ("" if check["ok"] else "!! ") + check["found"]
        for check in ran.json["checks"]
    }


def failing(costeer: Costeer) -> dict[str, str]:
    """The checks that failed, of a doctor that says so by its exit code."""
    found = checks(costeer, 1)
    return {name: said[3:] for name, said in found.items() if said.startswith("!!")}


def test_a_fresh_machine_is_healthy_and_nothing_is_made(costeer: Costeer, home: Places) -> None:
    found = checks(costeer)
    assert list(found) == NAMES
    assert "not made yet" in found["store"]
    assert "nothing set" in found["settings"]
    assert found["profile"].startswith("none set")
    assert DEFAULT_MODEL in found["model"]
    assert "not fetched yet" in found["model"]
    assert "scored by ids" in found["tokenizers"]  # the stand-in is the local model
    assert not home.config.parent.exists()


def test_it_says_the_same_to_people(costeer: Costeer) -> None:
    ran = costeer("doctor")
    assert (ran.code, ran.err) == (0, "")
    lines = ran.text.splitlines()
    assert all(line.startswith("ok  ") for line in lines)
    assert [line[4:].split("  ")[0] for line in lines] == NAMES


def test_a_machine_in_use(costeer: Costeer, home: Places) -> None:
    with open_default() as store:
        store.documents.add([Document(text="one"), Document(text="two")])
        store.profiles.put("jon", 'name = "jon"\ntitle = "Jon of the weir"')
    Config(home.config).set("profile", "concise")
    found = checks(costeer)
    assert "2 texts, 1 profile" in found["store"]
    assert found["profile"].startswith("concise: ")
    assert found["settings"].endswith(": profile")
    Config(home.config).set("profile", None)
    assert checks(costeer)["profile"] == "jon: Jon of the weir"


@pytest.mark.model
def test_a_model_that_is_here(costeer: Costeer, kept_model: None, home: Places) -> None:
    assert str(home.models / DEFAULT_MODEL) in checks(costeer)["model"]


def test_broken_settings(costeer: Costeer, home: Places) -> None:
    home.config.parent.mkdir(parents=True)
    home.config.write_text("profile = = 1")
    home.config.chmod(0o600)
    found = failing(costeer)
    assert set(found) == {"settings", "profile", "provider", "model", "tokenizers"}
    assert "not valid TOML" in found["settings"]
    assert str(home.config) in found["settings"]
    assert "Mend that line" in found["settings"]
    ran = costeer("doctor")
    assert ran.code == 1
    assert [line[:2] for line in ran.text.splitlines()].count("!!") == 5


def test_settings_that_name_what_is_not_there(costeer: Costeer, home: Places) -> None:
    Config(home.config).set("profile", "nobody")
    Config(home.config).set("model", "no-such-model")
    found = failing(costeer)
    assert set(found) == {"profile", "model"}
    assert "nobody" in found["profile"]
    assert "no-such-model" in found["model"]


def test_several_profiles_and_none_chosen(costeer: Costeer) -> None:
    with open_default() as store:
        for name in ("jon", "ann"):
            store.profiles.put(name, f'name = "{name}"')
    assert "ann, jon" in failing(costeer)["profile"]


@pytest.mark.skipif(os.name == "nt", reason="modes are of POSIX")
@pytest.mark.parametrize("what", ["data", "store", "config"])
def test_what_others_can_read(costeer: Costeer, home: Places, what: str) -> None:
    with open_default():
        pass
    Config(home.config).set("profile", "concise")
    assert checks(costeer)["file modes"] == "nobody else can read your data"
    place: Path = getattr(home, what)
    place.chmod(0o755 if place.is_dir() else 0o644)
    found = failing(costeer)
    assert set(found) == {"file modes"}
    assert f"Others can read {place}." in found["file modes"]
    assert "chmod" in found["file modes"]
    place.chmod(0o700 if place.is_dir() else 0o600)
    checks(costeer)


def test_a_store_of_a_newer_costeer(costeer: Costeer, home: Places) -> None:
    with open_default():
        pass
    with sqlite3.connect(home.store) as db:
        db.execute("PRAGMA user_version = 999")
    db.close()
    found = failing(costeer)
    assert set(found) == {"store", "profile"}
    assert "newer costeer" in found["store"]


def test_a_damaged_store(costeer: Costeer, home: Places) -> None:
    home.data.mkdir(parents=True, mode=0o700)
    home.store.write_bytes(b"no database " * 99)
    home.store.chmod(0o600)
    assert "not a costeer store" in failing(costeer)["store"]
    assert home.store.read_bytes() == b"no database " * 99


@pytest.mark.parametrize("depth", [1, 2])
def test_a_file_where_a_folder_should_be(costeer: Costeer, home: Places, depth: int) -> None:
    place = home.data if depth == 1 else home.data.parent
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("in the way")
    place.chmod(0o600)
    assert f"{place} is not a folder" in failing(costeer)["store"]


def test_a_bug_is_not_taken_for_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        doctor._checked("x", broken)
