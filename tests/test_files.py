"""Files are private, and change as a whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import StoreError
from costeer_cli.files import private_folder, replacing, write_private


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_folders_that_are_made_are_private(tmp_path: Path) -> None:
    made = private_folder(tmp_path / "a" / "b")
    assert made == tmp_path / "a" / "b"
    assert mode(made) == 0o700
    assert private_folder(made) == made


def test_a_folder_where_a_file_is_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a file")
    with pytest.raises(StoreError, match="Cannot make the folder"):
        private_folder(tmp_path / "a")


def test_what_is_written_is_private_and_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "kept"
    write_private(path, b"mine")
    assert path.read_bytes() == b"mine"
    assert mode(path) == 0o600
    assert mode(path.parent) == 0o700
    assert names(path.parent) == ["kept"]


def test_a_file_that_others_could_read_is_replaced_by_a_private_one(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    path.write_bytes(b"old")
    path.chmod(0o644)
    write_private(path, b"new")
    assert path.read_bytes() == b"new"
    assert mode(path) == 0o600


@given(st.lists(st.binary(max_size=50)))
def test_parts_become_one_file(
    tmp_path_factory: pytest.TempPathFactory, parts: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("parts") / "kept"
    with replacing(path) as file:
        for part in parts:
            file.write(part)
    assert path.read_bytes() == b"".join(parts)


def test_readers_see_the_old_file_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    path.write_bytes(b"old")
    with replacing(path) as file:
        file.write(b"ne")
        file.flush()
        assert path.read_bytes() == b"old"
        (other,) = (one for one in tmp_path.iterdir() if one != path)
        assert mode(other) == 0o600
        file.write(b"w")
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["kept"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, StoreError])
@pytest.mark.parametrize("old", [b"old", None])
def test_what_breaks_off_leaves_the_old_file_alone(
    tmp_path: Path, error: type[BaseException], old: bytes | None
) -> None:
    path = tmp_path / "kept"
    if old is not None:
        path.write_bytes(old)

    def write() -> None:
        with replacing(path) as file:
            file.write(b"half of")
            raise error("in the middle")

    with pytest.raises(error, match="in the middle"):
        write()
    assert names(tmp_path) == (["kept"] if old is not None else [])
    assert old is None or path.read_bytes() == old


def refuse(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("step", ["os.fsync", "tempfile.mkstemp", "Path.replace"])
def test_a_full_disk_is_told_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    path = tmp_path / "kept"
    path.write_bytes(b"old")
    with monkeypatch.context() as patch:
        patch.setattr(f"costeer_cli.files.{step}", refuse)
        with pytest.raises(StoreError, match="No space left on device") as told:
            write_private(path, b"new")
    assert str(path) in str(told.value)
    assert "nothing was changed" in (told.value.hint or "")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["kept"]


def test_a_folder_in_its_place_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    with pytest.raises(StoreError, match="Cannot write"):
        write_private(tmp_path / "kept", b"new")
    assert names(tmp_path) == ["kept"]


def test_it_is_on_the_disk_before_it_takes_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "kept"
    seen: list[tuple[int, bool]] = []
    synced = os.fsync

    def watch(handle: int) -> None:
        seen.append((os.fstat(handle).st_size, path.exists()))
        synced(handle)

    monkeypatch.setattr("costeer_cli.files.os.fsync", watch)
    write_private(path, b"seven b")
    assert seen == [(7, False)]
