"""Outcomes on the disk: found again under what they depend on, and under nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import StoreError
from costeer_cli.evaluation.outcome import Notebook, Outcome, as_row

DONE = Outcome(
    trial="1", person="mara", system="cloud", nats=3.5, text="Öl, 雨 and \x00", copied=True
)


def test_what_is_kept_is_found_again(tmp_path: Path) -> None:
    notes = Notebook(tmp_path, {"local": "a"})
    assert notes.get(["1", "cloud"]) is None
    notes.put(["1", "cloud"], DONE)
    assert Notebook(tmp_path, {"local": "a"}).get(["1", "cloud"]) == DONE
    assert notes.get(["1", "steered"]) is None
    assert Notebook(tmp_path, {"local": "b"}).get(["1", "cloud"]) is None


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    notes = Notebook(tmp_path / "deep" / "down", {})
    notes.put("x", DONE)
    assert notes.folder.stat().st_mode & 0o777 == 0o700
    (file,) = notes.folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_no_name_tells_whose_it_is(tmp_path: Path) -> None:
    notes = Notebook(tmp_path, {"profile": "mara"})
    notes.put(["mara", "what she wrote"], DONE)
    assert "mara" not in str(next(notes.folder.iterdir()).relative_to(tmp_path))


@pytest.mark.parametrize("content", ["", "{", "[]", '{"trial": 1}', '{"unknown": 2}', "\xff"])
def test_a_broken_file_is_measured_anew(tmp_path: Path, content: str) -> None:
    notes = Notebook(tmp_path, {})
    notes.put("x", DONE)
    next(notes.folder.iterdir()).write_bytes(content.encode("latin-1"))
    assert notes.get("x") is None
    notes.put("x", DONE)
    assert notes.get("x") == DONE


def test_forgetting(tmp_path: Path) -> None:
    notes, others = Notebook(tmp_path, 1), Notebook(tmp_path, 2)
    for key in range(3):
        notes.put(key, DONE)
    others.put(0, DONE)
    assert notes.forget() == 3
    assert notes.get(0) is None
    assert others.get(0) == DONE
    assert notes.forget() == 0


def test_where_nothing_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        Notebook(tmp_path / "file", {})


def test_a_row_has_numbers_and_no_text() -> None:
    row = as_row(DONE)
    assert row["nats"] == 3.5
    assert "text" not in row
    assert row["chrf"] is None


@given(st.recursive(st.text() | st.integers() | st.none(), st.lists, max_leaves=5), st.text())
def test_any_key_does(tmp_path_factory: pytest.TempPathFactory, key: object, text: str) -> None:
    notes = Notebook(tmp_path_factory.getbasetemp() / "any", "run")
    kept = Outcome(trial="1", person="p", system="s", text=text)
    notes.put(key, kept)
    assert notes.get(key) == kept
