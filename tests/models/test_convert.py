"""GGUF files become folders with the very same numbers, or nothing at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from costeer_cli.errors import ModelCorruptError, ModelUnavailableError
from costeer_cli.models.convert import convert_gguf
from costeer_cli.models.language_model import load_model
from costeer_cli.models.shelf import no_progress
from tests.models import tiny
from tests.models.disk import full_beyond


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("gguf") / "tiny model.gguf"
    tiny.write_gguf(path, tiny.llama(), tiny.tokenizer())
    return path


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "shelf").mkdir()
    return tmp_path / "shelf" / "converted"


def test_the_converted_model_computes_the_same(
    source: Path, target: Path, tiny_folder: Path
) -> None:
    convert_gguf(source, target, no_progress)
    converted, first = load_model(target, "new", "cpu"), load_model(tiny_folder, "old", "cpu")
    prompt = first.render(tiny.ASK)
    assert converted.render(tiny.ASK) == prompt
    assert converted.vocabulary.texts == first.vocabulary.texts
    assert (converted.ends, converted.window) == (first.ends, first.window)
    with torch.inference_mode():
        ids = torch.tensor([prompt])
        torch.testing.assert_close(converted.network(ids).logits, first.network(ids).logits)


def test_tied_weights_are_kept_once(tmp_path: Path, target: Path) -> None:
    model = tiny.llama(tie_word_embeddings=True)
    path = tmp_path / "tied.gguf"
    tiny.write_gguf(path, model, tiny.tokenizer())
    convert_gguf(path, target, no_progress)
    held = sum(p.numel() for p in model.parameters())
    size = (target / "model.safetensors").stat().st_size
    assert size == pytest.approx(held * 4, abs=6000)  # 40 kB more if the output layer were kept
    converted = load_model(target, "tied", "cpu").network
    assert converted.lm_head.weight is converted.model.embed_tokens.weight
    with torch.inference_mode():
        ids = torch.tensor([[0, 5, 9]])
        torch.testing.assert_close(converted(ids).logits, model(ids).logits)


def test_only_its_owner_may_read_it(source: Path, target: Path) -> None:
    convert_gguf(source, target, no_progress)
    assert target.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in target.iterdir()} == {0o600}
    assert {"config.json", "model.safetensors", "tokenizer.json"} <= {
        file.name for file in target.iterdir()
    }


def test_progress_reaches_the_end(source: Path, target: Path) -> None:
    steps: list[tuple[str, int, int]] = []
    convert_gguf(source, target, lambda *step: steps.append(step))
    assert steps == [("Converting", n, 4) for n in (1, 2, 3, 4)]


def test_a_new_conversion_replaces_the_old_one(source: Path, target: Path) -> None:
    target.mkdir()
    (target / "left over").write_text("")
    convert_gguf(source, target, no_progress)
    assert not (target / "left over").exists()
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("damage", ["garbage", "empty", "cut", "no tensors"])
def test_a_file_that_is_no_gguf_leaves_nothing(
    source: Path, tmp_path: Path, target: Path, damage: str
) -> None:
    whole = source.read_bytes()
    bad = tmp_path / "bad.gguf"
    bad.write_bytes(
        {
            "garbage": b"This is not a model at all." * 100,
            "empty": b"",
            "cut": whole[: len(whole) // 2],
            "no tensors": whole[:24],
        }[damage]
    )
    with pytest.raises(ModelCorruptError, match=r"^bad\.gguf is not a GGUF model") as raised:
        convert_gguf(bad, target, no_progress)
    assert "Llama-like" in (raised.value.hint or "")
    assert list(target.parent.iterdir()) == []


def test_a_bad_file_does_not_replace_an_older_model(tmp_path: Path, target: Path) -> None:
    target.mkdir()
    (target / "older").write_text("")
    (tmp_path / "bad.gguf").write_bytes(b"no")
    with pytest.raises(ModelCorruptError):
        convert_gguf(tmp_path / "bad.gguf", target, no_progress)
    assert [file.name for file in target.iterdir()] == ["older"]


def test_a_full_disk_leaves_nothing(
    source: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("safetensors.torch.save_file", full)
    with pytest.raises(ModelUnavailableError, match="Cannot keep the converted model") as raised:
        convert_gguf(source, target, no_progress)
    assert raised.value.hint == "Free some space, or set COSTEER_HOME to another disk."
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize("room", [2_000, 60_000])
def test_what_the_libraries_say_of_a_full_disk_is_understood(
    source: Path, target: Path, room: int
) -> None:
    """The tokenizer outgrows the smaller room, the weights (117 kB) the larger."""
    with full_beyond(room), pytest.raises(ModelUnavailableError, match="Cannot keep"):
        convert_gguf(source, target, no_progress)
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize("step", [1, 2, 3])
def test_an_interruption_leaves_nothing(source: Path, target: Path, step: int) -> None:
    def interrupt(_: str, done: int, __: int) -> None:
        if done == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        convert_gguf(source, target, interrupt)
    assert list(target.parent.iterdir()) == []
