"""Keyrings of the tests' own, so that none touches the one of this machine."""

from __future__ import annotations

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked


class Memory(KeyringBackend):
    """A keyring in memory."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class Locked(Memory):
    """A keyring that nobody unlocks; what it says when asked is nobody's business."""

    def _refuse(self, *args: str) -> None:
        raise KeyringLocked(f"dismissed: {args}")

    get_password = set_password = delete_password = _refuse


def use(monkeypatch: pytest.MonkeyPatch, backend: KeyringBackend) -> None:
    """Let `backend` be the system's keyring until the test ends."""
    monkeypatch.setattr(keyring.core, "_keyring_backend", backend)
