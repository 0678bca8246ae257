"""A tiny model, saved and loaded once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from costeer_cli.models.language_model import LanguageModel, load_model
from tests.models import tiny


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Llama with a byte-level tokenizer, as transformers saves it; do not change it."""
    return tiny.save(tmp_path_factory.mktemp("tiny") / "model", tiny.llama(), tiny.tokenizer())


@pytest.fixture(scope="session")
def small(tiny_folder: Path) -> LanguageModel:
    """The tiny model, loaded."""
    return load_model(tiny_folder, "tiny", "cpu")


@pytest.fixture(scope="session")
def plain(model_folder: Path) -> Any:
    """The default model as transformers alone loads it, with none of our kernels or caches."""
    loader = tiny.transformers.AutoModelForCausalLM
    return loader.from_pretrained(model_folder, dtype=torch.float32).eval()
