"""Evidence with an expert: both signals together, or told apart, by ids and by bytes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from costeer_cli.experts.lora import trainable
from costeer_cli.local import signals
from costeer_cli.local.scorer import PairedScorer
from costeer_cli.models.adapter import Adapter, adapter_of
from costeer_cli.models.language_model import LanguageModel, load_model
from costeer_cli.models.reader import Reader
from costeer_cli.steering.completion import Evidence
from costeer_cli.steering.position import Position
from costeer_cli.steering.vocabulary import Vocabulary
from tests.local.written import choice, position
from tests.models import tiny

PRIVATE = [{"role": "user", "content": "I am Ana and the jam has set. Write a note."}]
PUBLIC = [{"role": "user", "content": "Write a note."}]


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    network = tiny.llama(max_position_embeddings=1024)
    folder = tiny.save(tmp_path_factory.mktemp("signals") / "model", network, tiny.tokenizer())
    return load_model(folder, "tiny", "cpu")


@pytest.fixture(scope="module")
def expert(local: LanguageModel) -> Adapter:
    draw = torch.Generator().manual_seed(5)
    with trainable(local, 4, 8, 0) as found:
        tensors = {n: torch.randn(p.shape, generator=draw) * 0.3 for n, p in found.items()}
    return adapter_of(local, tensors, 2.0)


@pytest.fixture(scope="module")
def block(local: LanguageModel) -> list[Position]:
    tokens = local.encode("The kettle sings before")
    return [position(local, token, sorted({40, 90, 200} - {token})) for token in tokens]


def scored(
    local: LanguageModel,
    block: list[Position],
    expert: Adapter | None,
    *,
    apart: bool = False,
    by_bytes: bool = False,
) -> list[Evidence]:
    """Evidence for the whole block: half of it, then the rest after that was accepted."""
    scorer = PairedScorer(local, PRIVATE, PUBLIC, expert, apart=apart)
    if by_bytes:
        block = [
            Position(bare[0], bare)
            for at in block
            if (bare := tuple(replace(c, id=None) for c in at.candidates))
        ]
    found = scorer.score(block[:3])
    for at in block[:3]:
        own = local.vocabulary.find(at.chosen.text)
        assert own is not None
        scorer.accept(choice(local, own))
    return found + scorer.score(block[3:])


def close(one: np.ndarray, other: np.ndarray) -> None:  # type: ignore[type-arg]
    np.testing.assert_allclose(one, other, atol=1e-3, rtol=0)


@pytest.mark.parametrize("by_bytes", [False, True])
def test_told_apart_they_add_up_to_both_together(
    local: LanguageModel, expert: Adapter, block: list[Position], by_bytes: bool
) -> None:
    both = scored(local, block, expert, by_bytes=by_bytes)
    apart = scored(local, block, expert, apart=True, by_bytes=by_bytes)
    neither = scored(local, block, None, by_bytes=by_bytes)
    assert len(both) == len(apart) == len(block)
    for one, two, plain in zip(both, apart, neither, strict=True):
        assert one.expert is None
        assert two.expert is not None
        close(one.delta, two.moved(1.0, 1.0))
        assert one.plain is not None
        assert two.plain is not None
        assert plain.plain is not None
        close(one.plain, plain.plain)
        close(two.plain, plain.plain)
        if one.tail is None:
            continue
        assert two.tail is not None
        assert plain.tail is not None
        close(one.tail.shape, plain.tail.shape)
        close(two.tail.shape, plain.tail.shape)
        assert one.with_context is not None
        assert two.with_context is not None
        close(one.with_context, two.with_context)
    assert max(float(np.abs(one.expert).max()) for one in apart if one.expert is not None) > 0.5
    assert max(float(np.abs(one.listed).max()) for one in apart) > 0.1


def test_each_signal_is_the_difference_of_two_plain_readings(
    local: LanguageModel, expert: Adapter, block: list[Position]
) -> None:
    def reading(prompt: list[dict[str, str]], adapted: int) -> torch.Tensor:
        reader = Reader(local, [local.render(prompt)], expert, adapted)
        tokens = [at.chosen.id for at in block[:-1] if at.chosen.id is not None]
        return torch.cat([reader.first[:, None], reader.read(tokens)], dim=1)[0]

    private, public, plain = reading(PRIVATE, 1), reading(PUBLIC, 1), reading(PUBLIC, 0)
    for i, found in enumerate(scored(local, block, expert, apart=True)):
        ids = [c.id for c in block[i].candidates]
        assert found.expert is not None
        close(found.listed, (private[i, ids] - public[i, ids]).numpy())
        close(found.expert, (public[i, ids] - plain[i, ids]).numpy())


def test_without_an_expert_nothing_is_told_apart(
    local: LanguageModel, block: list[Position]
) -> None:
    for found in scored(local, block, None, apart=True):
        assert found.expert is None
        assert found.tail is None or found.tail.expert is None


def test_what_one_row_cannot_write_has_no_delta() -> None:
    rows = np.array([[-1.0, -np.inf, -2.0], [-1.5, -1.0, -np.inf], [-3.0, -1.0, -1.0]])
    found = signals.evidence(rows, None)
    assert found.expert is not None
    assert found.plain is not None
    assert found.listed.tolist() == [0.5, 0.0, 0.0]
    assert found.expert.tolist() == [1.5, 0.0, 0.0]
    assert found.plain.tolist() == [-3.0, -np.inf, -np.inf]


def test_the_tail_has_the_shape_of_the_public_row() -> None:
    vocabulary = Vocabulary([b"", b"a", b"b"], 0)
    rows = np.log([[0.5, 0.5], [0.4, 0.6], [0.1, 0.9]])
    two = signals.tail(vocabulary, np.array([1, 2]), rows[[0, 2]])
    three = signals.tail(vocabulary, np.array([1, 2]), rows)
    assert two.expert is None
    assert three.expert is not None
    close(two.shape, rows[2])
    close(three.shape, rows[2])
    close(two.delta, three.delta + three.expert)


def test_the_model_is_as_before(
    local: LanguageModel, expert: Adapter, block: list[Position], tmp_path: Path
) -> None:
    before = scored(local, block, None)
    scored(local, block, expert, apart=True)
    for one, two in zip(before, scored(local, block, None), strict=True):
        assert one.delta.tolist() == two.delta.tolist()
