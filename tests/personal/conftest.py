"""A store, and a folder of two ready-made profiles."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from costeer_cli.settings import Places
from costeer_cli.store.database import Store, open_store


@pytest.fixture
def store(home: Places) -> Iterator[Store]:
    with open_store(home.store) as opened:
        yield opened


@pytest.fixture
def ready_made(tmp_path: Path) -> Path:
    folder = tmp_path / "ready-made"
    folder.mkdir()
    for name in ("concise", "mara"):
        (folder / f"{name}.toml").write_text(f'name = "{name}"\ntitle = "Ready {name}"\n')
    (folder / "__init__.py").write_text("")
    return folder
