"""A keyring in memory for every test here."""

from __future__ import annotations

import pytest

from tests.accounts import keyrings


@pytest.fixture(autouse=True)
def memory(monkeypatch: pytest.MonkeyPatch) -> keyrings.Memory:
    backend = keyrings.Memory()
    keyrings.use(monkeypatch, backend)
    return backend
