"""An open store of this test's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from costeer_cli.settings import Places
from costeer_cli.store.database import Store, open_store


@pytest.fixture
def store(home: Places) -> Iterator[Store]:
    with open_store(home.store) as opened:
        yield opened
