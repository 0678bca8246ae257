"""Which model a folder holds."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

from costeer_cli.errors import ModelCorruptError
from costeer_cli.models.fingerprint import fingerprint
from tests.models import tiny


def test_the_same_model_anywhere_is_the_same(tiny_folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(tiny_folder, tmp_path / "copy")
    assert fingerprint(copy) == fingerprint(tiny_folder)


def test_any_other_weights_settings_or_words_are_another(tiny_folder: Path, tmp_path: Path) -> None:
    seen = {fingerprint(tiny_folder)}
    trained = tiny.llama()
    with torch.no_grad():
        for parameter in trained.parameters():
            parameter.add_(1e-3)
    seen.add(fingerprint(tiny.save(tmp_path / "trained", trained, tiny.tokenizer())))
    for name, changes in (("config.json", {"rope_theta": 3}), ("tokenizer.json", {"x": 1})):
        copy = shutil.copytree(tiny_folder, tmp_path / name)
        tiny.edit(copy / name, **changes)
        seen.add(fingerprint(copy))
    assert len(seen) == 4


def test_large_weights_are_sampled_all_along(tmp_path: Path) -> None:
    weights = tmp_path / "model.safetensors"
    content = bytearray(13 << 20)
    seen = set()
    for place in (0, 1 << 20, 5 << 20, (9 << 20) + 4095):
        content[place] += 1
        weights.write_bytes(content)
        seen.add(fingerprint(tmp_path))
    assert len(seen) == 4


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "config.json").mkdir()
    (tmp_path / "model.safetensors").mkdir()
    with pytest.raises(ModelCorruptError, match="cannot be read"):
        fingerprint(tmp_path)
