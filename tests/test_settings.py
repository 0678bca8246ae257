"""Places and settings."""

from __future__ import annotations

import socket
import stat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
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


def test_tables_of_named_things(home: Places) -> None:
    config = Config(home.config)
    assert config.tables("providers") == {}
    config.set_table("providers", "b-1", {"x": 1, "y": "two"})
    config.set_table("providers", "a", {"z": True})
    config.set("profile", "mara")
    assert list(config.tables("providers")) == ["b-1", "a"]
    assert config.read() == {
        "profile": "mara",
        "providers": {"b-1": {"x": 1, "y": "two"}, "a": {"z": True}},
    }
    assert stat.S_IMODE(home.config.stat().st_mode) == 0o600
    config.set_table("providers", "b-1", None)
    config.set_table("providers", "b-1", None)
    config.set_table("providers", "a", None)
    assert config.read() == {"profile": "mara"}


STARTS = [
    "",
    'profile = "x"',
    "# top\nprofile = 'x'\n[providers.a] # here\n# there\nurl='u' # and there\n\n[other]\nx=1\n",
    "[providers]\n[providers.a]\nurl='u'\n[zed]\nq=1\n[providers.b]\nm='1'\n",
    "providers = {a = {url='u'}}\n",
    "[providers]\na = {url = 'u'} # in one line\n",
    "providers.a.url = 'u'\nprofile = 'x'\n",
]
NAMES = st.sampled_from(["a", "b", "c-d"])
VALUES = st.dictionaries(
    st.sampled_from(["url", "m", "new"]),
    st.text(max_size=5) | st.booleans() | st.floats(0, 10),
    min_size=1,
)


@given(st.sampled_from(STARTS), st.lists(st.tuples(NAMES, st.none() | VALUES), max_size=4))
def test_however_it_is_written_it_means_what_was_set(
    start: str, changes: list[tuple[str, dict[str, Any] | None]]
) -> None:
    with TemporaryDirectory() as folder:
        config = Config(Path(folder) / "config.toml")
        config.path.write_text(start, "utf-8")
        for name, values in changes:
            before = config.read()
            tables = {n: t for n, t in before.get("providers", {}).items() if n != name}
            tables |= {name: values} if values is not None else {}
            after = {key: value for key, value in before.items() if key != "providers"}
            after |= {"providers": tables} if tables else {}
            try:
                config.set_table("providers", name, values)
            except BadInputError:
                assert start.startswith("providers.a.")
                after = before
            assert config.read() == after
        assert config.path.read_text("utf-8").count("# top") == start.count("# top")


def test_what_cannot_be_changed_without_harm_is_left(home: Places) -> None:
    dotted = "providers.a.url = 'u'\nprofile = 'x'\n"
    write_private(home.config, dotted.encode())
    with pytest.raises(BadInputError, match="without spoiling it") as caught:
        Config(home.config).set_table("providers", "b", {"url": "v"})
    assert "[a.b]" in str(caught.value.hint)
    assert home.config.read_text("utf-8") == dotted


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
