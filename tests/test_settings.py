"""Places and settings."""

from __future__ import annotations

import socket
import stat
from pathlib import Path

import pytest
from pytest_socket import SocketConnectBlockedError

from costeer_cli.errors import BadInputError, StoreError
from costeer_cli.files import write_private
from costeer_cli.settings import Config, Places, places


def test_home_holds_everything(home: Places, tmp_path: Path) -> None:
    assert home.store == tmp_path / "home" / "data" / "costeer.db"
    assert home.models.is_relative_to(tmp_path / "home")
    assert home.config.is_relative_to(tmp_path / "home")


def test_without_home_data_and_config_lie_apart() -> None:
    usual = places({})
    assert usual.data != usual.config.parent
    assert "costeer" in str(usual.store)


def test_setting_keeps_comments_and_mode(home: Places) -> None:
    write_private(home.config, b'# mine\nprofile = "mara"  # vet\n')
    config = Config(home.config)
    config.set("model", "smollm2-135m")
    text = home.config.read_text("utf-8")
    assert "# mine" in text
    assert "# vet" in text
    assert config.get("profile") == "mara"
    assert config.get("model") == "smollm2-135m"
    assert stat.S_IMODE(home.config.stat().st_mode) == 0o600
    config.set("profile", None)
    assert config.get("profile") is None


def test_broken_settings_are_refused_and_kept(home: Places) -> None:
    write_private(home.config, b"profile = = x\n")
    with pytest.raises(BadInputError, match="not valid TOML"):
        Config(home.config).set("profile", "y")
    assert home.config.read_bytes() == b"profile = = x\n"


def test_failed_write_leaves_the_old_file(home: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    write_private(home.config, b"old")

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(StoreError, match="No space left"):
        write_private(home.config, b"new")
    assert home.config.read_bytes() == b"old"
    assert [p.name for p in home.config.parent.iterdir()] == ["config.toml"]


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_the_suite_cannot_reach_the_network() -> None:
    with pytest.raises(SocketConnectBlockedError), socket.socket() as outside:
        outside.connect(("192.0.2.1", 80))
