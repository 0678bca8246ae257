"""A text that is steered with an expert."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import torch

from costeer_cli.experts.expert import Expert
from costeer_cli.experts.lora import trainable
from costeer_cli.models.adapter import adapter_of
from costeer_cli.models.language_model import LanguageModel, load_model
from costeer_cli.privacy.outbound.door import embedded_cloud
from costeer_cli.settings import Places
from costeer_cli.steering.policy import Policy
from costeer_cli.store.database import open_store
from costeer_cli.writing.assignment import Mode
from costeer_cli.writing.budget import Budget
from costeer_cli.writing.desk import Desk
from costeer_cli.writing.recording import assignment_of
from tests.models import tiny
from tests.writing.test_desk import OFFLINE, PLAIN, STEERED, finished, text


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    network = tiny.llama(max_position_embeddings=1200)
    folder = tiny.save(tmp_path_factory.mktemp("desk") / "model", network, tiny.tokenizer())
    return load_model(folder, "small", "cpu")


@pytest.fixture(scope="module")
def expert(small: LanguageModel) -> Expert:
    draw = torch.Generator().manual_seed(5)
    with trainable(small, 4, 8, 0) as found:
        tensors = {n: torch.randn(p.shape, generator=draw) * 0.5 for n, p in found.items()}
    return Expert("expert-1", adapter_of(small, tensors, 2.0))


@pytest.fixture
def desks(home: Places, small: LanguageModel, expert: Expert) -> Iterator[tuple[Desk, Desk]]:
    """One without the expert and one with it."""
    with open_store(home.store) as store:
        cloud = embedded_cloud(small)
        yield Desk(store, small, cloud), Desk(store, small, cloud, expert=expert)


def test_it_steers(desks: tuple[Desk, Desk]) -> None:
    without, with_it = (finished(desk.begin(STEERED)) for desk in desks)
    assert text(without) != text(with_it)
    settings = desks[1].store.drafts.get(with_it.id).settings
    assert settings["expert_id"] == "expert-1"
    assert desks[0].store.drafts.get(without.id).settings["expert_id"] is None


def test_the_cloud_alone_is_as_it_was(desks: tuple[Desk, Desk]) -> None:
    without, with_it = (finished(desk.begin(PLAIN)) for desk in desks)
    assert text(without) == text(with_it)
    none = replace(STEERED, policy=Policy(0.0))
    assert text(finished(desks[1].begin(none))) == text(finished(desks[0].begin(none)))


@pytest.mark.parametrize("weight", [1.5, 0.0, -1.0])
def test_it_may_have_a_weight_of_its_own(desks: tuple[Desk, Desk], weight: float) -> None:
    apart = replace(STEERED, policy=replace(STEERED.policy, expert=weight))
    together = text(finished(desks[1].begin(STEERED)))
    assert (text(finished(desks[1].begin(apart))) == together) == (weight == 1.5)


def test_what_is_written_offline_needs_no_placeholders(desks: tuple[Desk, Desk]) -> None:
    without, with_it = (finished(desk.begin(OFFLINE)) for desk in desks)
    assert OFFLINE.mode is Mode.OFFLINE
    assert text(without) == text(with_it)


def test_a_broken_draft_goes_on_to_the_same_end(desks: tuple[Desk, Desk]) -> None:
    desk = desks[1]
    whole = finished(desk.begin(STEERED))
    broken = desk.begin(STEERED)
    events = iter(broken)
    while len(broken.choices) < 4:
        next(events)
    events.close()  # type: ignore[attr-defined]
    record = desk.store.drafts.get(broken.id)
    again = assignment_of(record, STEERED.profile, Budget(), fallback=False)
    assert again.policy == STEERED.policy
    assert text(finished(desk.resume(again, record))) == text(whole)
