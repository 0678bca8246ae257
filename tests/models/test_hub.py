"""Models of a hub: fetched whole, only when a person asks for it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from costeer_cli.models.catalogue import Reference
from costeer_cli.models.language_model import load_model
from costeer_cli.models.shelf import Shelf
from tests.models.hub_server import Hub, of_folder, serving

PULL = """
import sys
from pathlib import Path
from costeer_cli.errors import CosteerError
from costeer_cli.models.catalogue import parse_reference
from costeer_cli.models.shelf import Shelf
try:
    folder = Shelf(Path(sys.argv[1])).pull(parse_reference(sys.argv[2]), force=sys.argv[3] == "1")
    print(folder.name)
except CosteerError as error:
    print(f"{type(error).__name__}: {error}")
"""
NAME = "someone/tiny-model"
REFERENCE = Reference("hub", NAME)
UNREACHED = f"ModelUnavailableError: Cannot fetch {NAME} from the Hugging Face hub.\n"


@pytest.fixture
def hub(tiny_folder: Path) -> Hub:
    hub = of_folder(NAME, tiny_folder)
    hub.files |= {"README.md": b"# Tiny", "pytorch_model.bin": b"pickled", "run.py": b"exit()"}
    return hub


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "shelf")


def pull(hub: Hub, shelf: Shelf, name: str = NAME, *, force: bool = False) -> str:
    """Pull in a process of its own, since the libraries decide at import whether to be offline."""
    done = subprocess.run(
        [sys.executable, "-c", PULL, str(shelf.root), name, str(int(force))],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"HF_ENDPOINT": hub.url, "HF_HOME": str(shelf.root.parent / "hf")},
    )
    assert done.stderr == ""
    return done.stdout


def test_a_model_is_pulled_and_loads(hub: Hub, shelf: Shelf, tiny_folder: Path) -> None:
    with serving(hub):
        said = pull(hub, shelf)
    folder = shelf.find(REFERENCE)
    assert folder is not None
    assert said == f"{folder.name}\n"
    assert folder.name.startswith("tiny-model-")
    names = {file.name for file in folder.iterdir() if file.is_file()}
    assert names == {file.name for file in tiny_folder.iterdir()} | {"costeer.json"}
    for file in folder.rglob("*"):
        assert file.stat().st_mode & 0o777 == (0o700 if file.is_dir() else 0o600)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert not (shelf.root.parent / "hf" / "hub").exists()
    assert not [path for path in hub.asked if "telemetry" in path]
    assert [kept.reference for kept in shelf.kept()] == [NAME]
    assert load_model(folder, NAME, "cpu").window == 128


def test_a_model_that_is_kept_is_not_asked_for(hub: Hub, shelf: Shelf) -> None:
    with serving(hub):
        pull(hub, shelf)
        before = len(hub.asked)
        pull(hub, shelf)
    assert len(hub.asked) == before


def test_half_a_model_is_never_kept(hub: Hub, shelf: Shelf) -> None:
    hub.refused.add("model.safetensors")
    with serving(hub):
        assert pull(hub, shelf) == UNREACHED
    assert list(shelf.root.glob("*/config.json"))
    assert shelf.find(REFERENCE) is None
    assert pull(hub, shelf) == UNREACHED  # the hub is down, and half a model is there
    assert shelf.find(REFERENCE) is None
    hub.refused.clear()
    with serving(hub):
        pull(hub, shelf)
    assert shelf.find(REFERENCE) is not None


def test_a_hub_that_goes_down_meanwhile_leaves_no_model(hub: Hub, shelf: Shelf) -> None:
    """The library then hands back the folder as it is, as if it were whole."""
    folder = shelf._folder(REFERENCE)
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    hub.answers = 2
    with serving(hub):
        assert pull(hub, shelf) == UNREACHED
    assert shelf.find(REFERENCE) is None


def test_force_fetches_anew_but_not_from_a_hub_that_is_down(hub: Hub, shelf: Shelf) -> None:
    with serving(hub):
        pull(hub, shelf)
        folder = shelf.find(REFERENCE)
        assert folder is not None
        weights = folder / "model.safetensors"
        whole = weights.read_bytes()
        stat = weights.stat()
        weights.write_bytes(bytes(len(whole)))
        os.utime(weights, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        pull(hub, shelf, force=True)
    assert weights.read_bytes() == whole
    assert pull(hub, shelf, force=True) == UNREACHED
    assert shelf.find(REFERENCE) == folder


def test_a_model_nobody_has_is_unavailable(hub: Hub, shelf: Shelf) -> None:
    with serving(hub):
        said = pull(hub, shelf, "someone/other")
    assert said == "ModelUnavailableError: Cannot fetch someone/other from the Hugging Face hub.\n"
    assert shelf.kept() == []


def test_a_model_without_safetensors_is_refused_before_it_is_fetched(
    hub: Hub, shelf: Shelf
) -> None:
    hub.files["model.gguf"] = hub.files.pop("model.safetensors")
    with serving(hub):
        said = pull(hub, shelf)
    assert said == f"ModelUnavailableError: {NAME} holds no safetensors weights.\n"
    assert shelf.kept() == []
    assert not list(shelf.root.glob("*/config.json"))


def test_a_kept_model_outlives_a_hub_that_lost_its_weights(hub: Hub, shelf: Shelf) -> None:
    with serving(hub):
        pull(hub, shelf)
        del hub.files["model.safetensors"]
        assert "holds no safetensors" in pull(hub, shelf, force=True)
    folder = shelf.find(REFERENCE)
    assert folder is not None
    assert load_model(folder, NAME, "cpu").window == 128
