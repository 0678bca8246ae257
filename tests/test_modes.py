"""Files that others could read are mended at the start, or refused."""

from __future__ import annotations

import os
import stat
import time
from pathlib import Path

import pytest

from costeer_cli.errors import PrivacyError
from costeer_cli.files import write_private
from costeer_cli.modes import make_private
from costeer_cli.settings import Places
from costeer_cli.store.database import open_store

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def filled(home: Places) -> Places:
    """A home with all there may be in it."""
    with open_store(home.store):
        pass
    for path in (home.config, home.keys, home.verdicts):
        write_private(path, b"")
    return home


def test_what_costeer_makes_needs_no_mending(filled: Places) -> None:
    assert make_private(filled.private) == []


@pytest.mark.parametrize("bits", [0o040, 0o004, 0o020, 0o001, 0o077])
def test_what_others_can_reach_is_mended_once_and_told(filled: Places, bits: int) -> None:
    reached = [filled.data, filled.cache, filled.store, filled.config, filled.keys]
    for path in reached:
        path.chmod(mode(path) | bits)
    assert set(make_private(filled.private)) == set(reached)
    assert [mode(path) for path in reached] == [0o700, 0o700, 0o600, 0o600, 0o600]
    assert make_private(filled.private) == []


def test_the_folder_that_a_person_named_is_left_alone(filled: Places) -> None:
    """COSTEER_HOME may be somebody's whole home."""
    root = filled.config.parent
    root.chmod(0o755)
    assert make_private(filled.private) == []
    assert mode(root) == 0o755


def test_what_is_missing_is_not_made(home: Places) -> None:
    assert make_private(home.private) == []
    assert not home.data.exists()
    home.data.parent.mkdir()
    home.data.write_bytes(b"")  # where a folder should be
    home.data.chmod(0o600)
    assert make_private(home.private) == []


def test_a_store_elsewhere_is_mended_there(filled: Places, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    real = filled.store.rename(elsewhere / "real.db")
    filled.store.symlink_to(real)
    real.chmod(0o644)
    assert make_private(filled.private) == [filled.store]
    assert (mode(real), mode(elsewhere)) == (0o600, 0o755)
    real.unlink()
    assert make_private(filled.private) == []  # it leads nowhere
    filled.store.unlink()
    filled.store.symlink_to(filled.store)
    with pytest.raises(PrivacyError):  # it leads in a circle
        make_private(filled.private)


@pytest.mark.parametrize("which", ["store", "data"])
def test_what_cannot_be_mended_is_refused(
    filled: Places, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    path: Path = getattr(filled, which)
    path.chmod(0o755)

    def anothers(self: Path, mode: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", anothers)
    with pytest.raises(PrivacyError, match="cannot be mended") as raised:
        make_private(filled.private)
    assert raised.value.exit_code == 3
    assert str(path) in str(raised.value)
    monkeypatch.setattr(Path, "chmod", lambda self, mode: None)  # a disk without modes
    with pytest.raises(PrivacyError, match="cannot be mended"):
        make_private(filled.private)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may change all")
def test_what_is_somebody_elses_is_refused() -> None:
    with pytest.raises(PrivacyError, match="cannot be mended"):
        make_private([Path("/etc/passwd")])


def test_it_costs_next_to_nothing(filled: Places) -> None:
    times = []
    for _ in range(20):
        begun = time.perf_counter()
        make_private(filled.private)
        times.append(time.perf_counter() - begun)
    print(f"{min(times) * 1e6:.0f} us")
    assert min(times) < 0.01
