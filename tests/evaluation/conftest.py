"""Small random models, people who do not exist, and a data set of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from costeer_cli.models.language_model import LanguageModel, load_model
from tests.models import tiny

SENTENCE = "the weir is up and the heron stands on the bridge as if it had paid for it"
WORDS = SENTENCE.split()


def prose(seed: int, length: int = 40) -> str:
    """Words in an order of their own."""
    return " ".join(WORDS[(seed * 7 + i * (seed + 3)) % len(WORDS)] for i in range(length)) + "."


def row(person: int) -> dict[str, Any]:
    """One of CoGenesis."""
    return {
        "tid": f"{person}_0_1",
        "conversations": [
            {"from": "user", "value": f"Write to Jo about day {person}."},
            {"from": "assistant", "value": f"Dear Jo, {prose(person)}"},
        ],
        "profile": [
            {"title": f"Note {n}: on the weir", "text": prose(10 * person + n), "id": str(n)}
            for n in range(3)
        ],
        "additional_profile": f"Name: Mara Roe{person}\nPrivacy_info: keeps a heron called Otis",
        "additional_tasks": [],
    }


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    """Three people."""
    file = tmp_path / "dev.json"
    file.write_text(json.dumps([row(n) for n in (1, 2, 3)], indent=2))
    return file


@pytest.fixture(scope="session")
def one_model(tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    """A random model with room for a person."""
    network = tiny.llama(max_position_embeddings=2048)
    folder = tiny.save(tmp_path_factory.mktemp("one") / "model", network, tiny.tokenizer())
    return load_model(folder, "one", "cpu")


@pytest.fixture(scope="session")
def other_model(tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    """Another one, with the same tokens."""
    network = tiny.llama(max_position_embeddings=2048, hidden_size=48, num_hidden_layers=1)
    folder = tiny.save(tmp_path_factory.mktemp("other") / "model", network, tiny.tokenizer())
    return load_model(folder, "other", "cpu")
