"""`costeer path`."""

from __future__ import annotations

from pathlib import Path

import pytest

from costeer_cli.settings import Places
from tests.cli.conftest import Costeer

NAMES = ["store", "config", "data", "cache", "models"]


def test_every_place_is_under_the_home_and_none_is_made(costeer: Costeer, home: Places) -> None:
    ran = costeer("path")
    assert (ran.code, ran.err) == (0, "")
    rows = dict(line.split(None, 1) for line in ran.text.splitlines())
    assert list(rows) == NAMES
    assert rows["store"] == str(home.store)
    assert rows["config"] == str(home.config)
    root = home.config.parent
    assert all(Path(place).is_relative_to(root) for place in rows.values())
    assert not root.exists()


def test_json(costeer: Costeer, home: Places) -> None:
    ran = costeer("path", "--json")
    assert ran.json == {
        "paths": {
            "store": str(home.store),
            "config": str(home.config),
            "data": str(home.data),
            "cache": str(home.cache),
            "models": str(home.models),
        }
    }
    assert ran.err == ""


def test_places_with_blanks_and_other_scripts_are_whole(
    costeer: Costeer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    root = tmp_path / "my [bold] hóme 馬"
    monkeypatch.setenv("COSTEER_HOME", str(root))
    monkeypatch.setenv("COLUMNS", "40")
    assert costeer("path", "--json").json["paths"]["data"] == str(root / "data")
    assert f"{root}/data\n" in costeer("path").text


def test_without_a_home_they_are_the_platforms_own(
    costeer: Costeer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("COSTEER_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    paths = costeer("path", "--json").json["paths"]
    assert all(Path(place).is_relative_to(tmp_path) for place in paths.values())
    assert all("costeer" in Path(place).parts[-3:] for place in paths.values() if "db" not in place)
