"""Tensors and what is known of them, in one file."""

from __future__ import annotations

import pytest
import torch
from safetensors.torch import save

from costeer_cli.errors import BadInputError
from costeer_cli.experts.packing import packed, unpacked

TENSORS = {"a/b": torch.arange(6.0).reshape(2, 3).t(), "c": torch.ones(2, requires_grad=True)}
ABOUT = {"name": "Ünï", "numbers": [1, 2.5, None], "deep": {"x": True}}


def test_there_and_back() -> None:
    tensors, about = unpacked(packed(TENSORS, ABOUT))
    assert about == ABOUT
    assert tensors.keys() == TENSORS.keys()
    assert all(torch.equal(tensors[name], TENSORS[name]) for name in TENSORS)
    assert packed(TENSORS, ABOUT) == packed(TENSORS, ABOUT)


@pytest.mark.parametrize("keep", [0, 4, 8, 50, -1])
def test_a_file_cut_short_is_told(keep: int) -> None:
    with pytest.raises(BadInputError, match="not all of it"):
        unpacked(packed(TENSORS, ABOUT)[:keep])


@pytest.mark.parametrize(
    "content",
    [b"nonsense", save({"a": torch.ones(1)}), save({}, {"costeer": "[1]"}), b"\xff" * 64],
)
def test_another_file_is_told(content: bytes) -> None:
    with pytest.raises(BadInputError, match="no file of an expert"):
        unpacked(content)
