"""Every test runs in a home of its own, without keys, colours or a network beyond loopback."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from costeer_cli.settings import Places, places


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.endswith("_API_KEY") or name.startswith("COSTEER_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COSTEER_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERMINAL_WIDTH", "100")
    monkeypatch.setenv("_TYPER_FORCE_DISABLE_TERMINAL", "1")


@pytest.fixture
def home() -> Places:
    """The places of this test's own home."""
    return places()
