"""What probing found, and for how long it holds."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from costeer_cli.accounts.account import Account, Prices
from costeer_cli.accounts.verdicts import Verdicts
from costeer_cli.errors import StoreError

BOX = Account(name="box", base_url="http://127.0.0.1:8080/v1", model="m")
FOUND = {"kind": "token_exact", "k": 20, "notes": ["é"], "inner": {"a": None}}


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.time = datetime(2026, 5, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def verdicts(tmp_path: Path, clock: Clock) -> Verdicts:
    return Verdicts(tmp_path / "cache" / "providers.json", clock)


def test_put_get_forget(verdicts: Verdicts) -> None:
    assert verdicts.get(BOX) is None
    verdicts.forget(BOX)
    assert not verdicts.path.exists()
    verdicts.put(BOX, FOUND)
    other = replace(BOX, model="other")
    verdicts.put(other, {"kind": "raw_text"})
    assert verdicts.get(BOX) == FOUND
    assert verdicts.get(other) == {"kind": "raw_text"}
    assert stat.S_IMODE(verdicts.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(verdicts.path.parent.stat().st_mode) == 0o700
    verdicts.forget(BOX)
    assert verdicts.get(BOX) is None
    assert verdicts.get(other) == {"kind": "raw_text"}


def test_the_usual_clock(tmp_path: Path) -> None:
    verdicts = Verdicts(tmp_path / "providers.json")
    verdicts.put(BOX, FOUND)
    assert verdicts.get(BOX) == FOUND


def test_a_verdict_holds_for_a_week(verdicts: Verdicts, clock: Clock) -> None:
    verdicts.put(BOX, FOUND)
    clock.time += timedelta(days=7)
    assert verdicts.get(BOX) == FOUND
    clock.time += timedelta(seconds=1)
    assert verdicts.get(BOX) is None
    clock.time -= timedelta(days=8)  # a clock that was wrong
    assert verdicts.get(BOX) is None


def test_old_ones_are_swept_out(verdicts: Verdicts, clock: Clock) -> None:
    verdicts.put(BOX, FOUND)
    clock.time += timedelta(days=8)
    verdicts.put(replace(BOX, model="other"), FOUND)
    assert len(json.loads(verdicts.path.read_bytes())) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"base_url": "http://127.0.0.1:8081/v1"},
        {"model": "n"},
        {"preset": "vllm"},
        {"wire": "chat"},
        {"template": "chatml"},
        {"tokenizer": "a/b"},
    ],
    ids=str,
)
def test_an_edited_account_is_probed_anew(verdicts: Verdicts, change: dict[str, Any]) -> None:
    verdicts.put(BOX, FOUND)
    assert verdicts.get(replace(BOX, **change)) is None


@pytest.mark.parametrize(
    "change", [{"name": "tower"}, {"key": "keyring"}, {"prices": Prices(1.0)}], ids=str
)
def test_what_does_not_matter_to_it(verdicts: Verdicts, change: dict[str, Any]) -> None:
    verdicts.put(BOX, FOUND)
    assert verdicts.get(replace(BOX, **change)) == FOUND


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"3", b"\xff\xfe", b'{"a": 1}', b"[" * 100_000, b'{"a": {"verdict": {}}}'],
)
def test_a_damaged_file_is_as_if_empty(verdicts: Verdicts, content: bytes) -> None:
    verdicts.path.parent.mkdir()
    verdicts.path.write_bytes(content)
    assert verdicts.get(BOX) is None
    verdicts.put(BOX, FOUND)
    assert verdicts.get(BOX) == FOUND


@pytest.mark.parametrize(
    "damage",
    [{"at": None}, {"at": "yesterday"}, {"at": "2026-05-01T00:00:00"}, {"verdict": []}],
    ids=str,
)
def test_a_damaged_entry_is_as_if_missing(verdicts: Verdicts, damage: dict[str, Any]) -> None:
    verdicts.put(BOX, FOUND)
    entries = json.loads(verdicts.path.read_bytes())
    verdicts.path.write_text(json.dumps({key: entries[key] | damage for key in entries}))
    assert verdicts.get(BOX) is None


def test_a_file_that_cannot_be_written(verdicts: Verdicts) -> None:
    verdicts.path.parent.write_text("in the way")
    assert verdicts.get(BOX) is None
    with pytest.raises(StoreError):
        verdicts.put(BOX, FOUND)
