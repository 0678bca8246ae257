"""A tiny model that reads long enough a text, and a person with a history."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from costeer_cli.models.language_model import LanguageModel, load_model
from costeer_cli.settings import Places
from costeer_cli.store.database import Store, open_store
from costeer_cli.store.document import Document
from tests.models import tiny

INSTRUCTIONS = "Write."
PHRASES = [
    "The kettle sings before the house is awake, and I sing with it.",
    "We walked to the weir and back, and it rained both ways.",
    "Dear Ana, thank you for the plums; the jam has set.",
    "Yours till the hedge is cut and the gate is mended.",
]


def written(number: int) -> str:
    """A text of some 45 words, much like the others of the same person."""
    order = [PHRASES[(number + i) % len(PHRASES)] for i in range(4)]
    return f"Note {number}. " + " ".join(order)


def history(texts: int, *, dated: bool = True) -> list[Document]:
    """So many texts."""
    return [
        Document(
            text=written(number),
            prompt=f"Write note {number}." if number % 2 else "",
            created_at=f"2024-{1 + number // 28:02}-{1 + number % 28:02}" if dated else "",
            kept=True,
        )
        for number in range(texts)
    ]


@pytest.fixture(scope="session")
def reader_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model with a window of 1,024 tokens."""
    network = tiny.llama(max_position_embeddings=1024, initializer_range=0.1)
    return tiny.save(tmp_path_factory.mktemp("experts") / "model", network, tiny.tokenizer())


@pytest.fixture(scope="session")
def local(reader_folder: Path) -> LanguageModel:
    """It, loaded."""
    return load_model(reader_folder, "tiny", "cpu")


@pytest.fixture
def store(home: Places) -> Iterator[Store]:
    """A store with eight texts."""
    with open_store(home.store) as opened:
        opened.documents.add(history(8))
        yield opened
