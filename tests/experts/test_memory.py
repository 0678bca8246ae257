"""What was learned by heart shows, and what was not does not."""

from __future__ import annotations

import math
from statistics import mean

import pytest
import torch

from costeer_cli.experts.lessons import lessons
from costeer_cli.experts.lora import trainable
from costeer_cli.experts.memory import OTHERS, canaries, exposures
from costeer_cli.experts.training import nll
from costeer_cli.models.adapter import Adapter, adapter_of
from costeer_cli.models.language_model import LanguageModel
from tests.experts.conftest import INSTRUCTIONS


def by_heart(local: LanguageModel, texts: int, steps: int) -> Adapter:
    """What reads the canaries and nothing else, again and again."""
    made = lessons(local, [c.passage for c in canaries(texts, 0)], INSTRUCTIONS)
    with trainable(local, 8, 16, 0) as parameters:
        optimizer = torch.optim.AdamW(parameters.values(), lr=2e-2)
        for _ in range(steps):
            from costeer_cli.experts.training import _loss  # noqa: PLC0415

            total, count = _loss(local, made)
            (total / count).backward()
            optimizer.step()
            optimizer.zero_grad()
        saved = {name: parameter.detach().clone() for name, parameter in parameters.items()}
    return adapter_of(local, saved, 2.0)


def test_canaries_are_few_and_always_the_same() -> None:
    assert canaries(4, 0) == canaries(4, 0)
    assert canaries(4, 0) != canaries(4, 1)
    assert [len(canaries(texts, 0)) for texts in (3, 20, 60, 5000)] == [1, 2, 4, 4]
    assert len({canary.number for canary in canaries(5000, 0)}) == 4


def test_a_number_known_by_heart_comes_first(local: LanguageModel) -> None:
    adapter = by_heart(local, 4, 60)
    (found,) = exposures(local, adapter, canaries(4, 0), INSTRUCTIONS, 0)
    assert found.most == pytest.approx(math.log2(OTHERS + 1), abs=0.02)
    assert found.after == found.most
    assert found.before < found.most - 1


def test_without_training_nothing_changes(local: LanguageModel) -> None:
    adapter = by_heart(local, 60, 0)
    found = exposures(local, adapter, canaries(60, 0), INSTRUCTIONS, 0)
    assert [one.after for one in found] == [one.before for one in found]
    assert mean(one.before for one in found) < 5


def test_a_rank_is_that_of_the_likelihood(local: LanguageModel) -> None:
    (canary,) = canaries(4, 0)
    adapter = by_heart(local, 4, 10)
    (found,) = exposures(local, adapter, [canary], INSTRUCTIONS, 0)
    likeliest = nll(local, lessons(local, [canary.passage], INSTRUCTIONS), 999)
    with adapter.reading(9):
        learned = nll(local, lessons(local, [canary.passage], INSTRUCTIONS), 999)
    assert learned < likeliest
    assert found.after >= found.before
