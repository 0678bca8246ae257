"""An adapter: what peft computes, for some rows of a batch and for no others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from costeer_cli.errors import ModelCorruptError
from costeer_cli.experts.lora import trainable
from costeer_cli.models.adapter import adapter_of
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.models.reader import Reader

PROMPTS = [[5, 6, 7, 8, 9, 10, 11], [5, 6, 7]]
TEXT = [20, 21, 22, 23]


@pytest.fixture
def matrices(small: LanguageModel) -> dict[str, torch.Tensor]:
    """Random ones for every linear layer."""
    draw = torch.Generator().manual_seed(3)
    with trainable(small, 4, 8, 0) as found:
        return {name: torch.randn(p.shape, generator=draw) * 0.2 for name, p in found.items()}


@pytest.fixture
def peft_says(small: LanguageModel, matrices: dict[str, torch.Tensor]) -> torch.Tensor:
    """What peft's model with these matrices says after each token of the text."""
    with trainable(small, 4, 8, 0) as found, torch.inference_mode():
        for name, parameter in found.items():
            parameter.copy_(matrices[name])
        ids = torch.tensor([PROMPTS[0] + TEXT])
        return small.logprobs(small.network(ids).logits)[0, len(PROMPTS[0]) :]


def plain(small: LanguageModel, row: int) -> torch.Tensor:
    reader = Reader(small, [PROMPTS[row]])
    return reader.read(TEXT)[0]


def close(one: torch.Tensor, other: torch.Tensor) -> bool:
    possible = torch.isfinite(other)
    return torch.allclose(one[possible], other[possible], atol=2e-5)


def test_it_computes_what_peft_does(
    small: LanguageModel, matrices: dict[str, torch.Tensor], peft_says: torch.Tensor
) -> None:
    reader = Reader(small, [PROMPTS[0]], adapter_of(small, matrices, 8 / 4), adapted=1)
    assert not close(plain(small, 0), peft_says)
    assert close(reader.read(TEXT)[0], peft_says)


@pytest.mark.parametrize("adapted", [0, 1, 2, 3])
def test_only_the_first_rows_are_adapted(
    small: LanguageModel, matrices: dict[str, torch.Tensor], adapted: int
) -> None:
    adapter = adapter_of(small, matrices, 2.0)
    rows = [0, 1, 1]
    reader = Reader(small, [PROMPTS[row] for row in rows], adapter, adapted)
    after = torch.cat([reader.read(TEXT[:2]), reader.read(TEXT[2:])], dim=1)
    tree = reader.branch([30, 31, 32], [-1, 0, 0])
    for row, prompt in enumerate(rows):
        alone = Reader(small, [PROMPTS[prompt]], adapter, adapted=1)
        expected = alone.read(TEXT)[0] if row < adapted else plain(small, prompt)
        assert close(after[row], expected)
        assert close(reader.first[row], alone.first[0]) == (row < adapted)
        if row < adapted:
            assert close(tree[row], alone.branch([30, 31, 32], [-1, 0, 0])[0])


def test_nothing_of_it_stays_in_the_model(
    small: LanguageModel, matrices: dict[str, torch.Tensor]
) -> None:
    adapter = adapter_of(small, matrices, 2.0)
    before = plain(small, 0)

    def fail() -> None:
        with adapter.reading(1):
            assert not torch.equal(plain(small, 0), before)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert torch.equal(plain(small, 0), before)


def test_zero_changes_nothing(small: LanguageModel, matrices: dict[str, torch.Tensor]) -> None:
    adapter = adapter_of(small, matrices, 0.0)
    assert torch.equal(Reader(small, [PROMPTS[0]], adapter, 1).read(TEXT)[0], plain(small, 0))


def test_what_is_for_another_model_is_refused(
    small: LanguageModel, matrices: dict[str, torch.Tensor]
) -> None:
    first, *others = matrices
    missing = {name: matrices[name] for name in others}
    wrong = matrices | {first: torch.zeros(4, 31)}
    unknown = matrices | {
        "base_model.model.model.layers.9.mlp.up_proj.lora_A.weight": torch.ones(1)
    }
    for tensors in (missing, wrong, unknown, {"x": torch.ones(2)}):
        with pytest.raises(ModelCorruptError, match="does not fit tiny"):
            adapter_of(small, tensors, 2.0)


def test_another_thread_reads_without_it(
    small: LanguageModel, matrices: dict[str, torch.Tensor]
) -> None:
    adapter = adapter_of(small, matrices, 2.0)
    before = plain(small, 0)
    with adapter.reading(1), ThreadPoolExecutor(1) as other:
        assert torch.equal(other.submit(plain, small, 0).result(), before)
        assert not torch.equal(plain(small, 0), before)
