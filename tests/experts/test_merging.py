"""Several experts as one."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import UsageError
from costeer_cli.experts.course import Course
from costeer_cli.experts.expert import expert_for
from costeer_cli.experts.lora import trainable
from costeer_cli.experts.merging import Part, merge, merged, search
from costeer_cli.experts.training import Settings, nll
from costeer_cli.models.adapter import adapter_of
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.personal.library import Library
from costeer_cli.personal.profile import Profile
from costeer_cli.store.database import Store
from tests.experts.conftest import INSTRUCTIONS, history

FAST = Settings(rank=4, alpha=8, rate=2e-2, room=512)
NAMES = ("work", "blog")


@pytest.fixture
def profiles(store: Store) -> list[Profile]:
    """Two profiles of the store's history, each with texts of its own."""
    for name in NAMES:
        store.profiles.put(name, f'name = "{name}"\n[history]\ntags = ["{name}"]')
        store.documents.add(
            replace(one, text=f"{one.text} Of {name}.", tags=(name,)) for one in history(5)
        )
    return [Library(store).get(name) for name in NAMES]


def course(store: Store, local: LanguageModel, profile: Profile) -> Course:
    """For `work` it learns too little, so that there is something to gain."""
    settings = replace(FAST, rate=1e-3) if profile.name == "work" else FAST
    return Course(store, profile, local, settings, INSTRUCTIONS)


def test_experts_of_two_profiles_become_one(
    store: Store, local: LanguageModel, profiles: list[Profile]
) -> None:
    work, blog = profiles
    before = [course(store, local, one).run(lambda _: None) for one in profiles]
    tried: list[int] = []
    held = course(store, local, work).held
    record = merge(store, work, [blog], local, held, tried.append)
    assert tried == list(range(1, len(tried) + 1))
    assert 3 < len(tried) <= 40
    assert record.profile == "work"
    assert record.settings["merged"].keys() == {"work", "blog"}
    assert record.scores["held"]["after"] < record.scores["held"]["before"]
    of_either = {document.id for document in store.documents.list(99) if document.tags}
    assert set(store.experts.learned(record.id)) == of_either
    assert record.id not in {one.id for one in before}
    expert = expert_for(store, work, local)
    assert expert is not None
    with expert.adapter.reading(99):
        assert nll(local, held, 512) == pytest.approx(record.scores["held"]["after"], abs=1e-4)
    assert expert_for(store, blog, local) is not None


def test_forgetting_a_text_of_either_reaches_it(
    store: Store, local: LanguageModel, profiles: list[Profile]
) -> None:
    work, blog = profiles
    for one in profiles:
        course(store, local, one).run(lambda _: None)
    merge(store, work, [blog], local, course(store, local, work).held, lambda _: None)
    gone = next(d.id for d in store.documents.list(99) if "blog" in d.tags)
    assert gone is not None
    store.forgetting.forget([gone])
    assert {one.state for one in store.experts.list()} == {"stale"}
    assert list(store.experts.folder.iterdir()) == []


def test_a_profile_that_is_gone_takes_its_part_with_it(
    store: Store, local: LanguageModel, profiles: list[Profile]
) -> None:
    work, blog = profiles
    for one in profiles:
        course(store, local, one).run(lambda _: None)
    merge(store, work, [blog], local, course(store, local, work).held, lambda _: None)
    store.profiles.delete("blog")
    with pytest.raises(UsageError, match="does not read any more"):
        expert_for(store, work, local)


def test_without_an_expert_there_is_nothing_to_merge(
    store: Store, local: LanguageModel, profiles: list[Profile]
) -> None:
    work, blog = profiles
    kept = course(store, local, work).run(lambda _: None)
    with pytest.raises(UsageError, match="blog has no expert on tiny"):
        merge(store, work, [blog], local, course(store, local, work).held, lambda _: None)
    assert store.experts.list() == [kept]


def part(local: LanguageModel, rank: int, seed: int) -> Part:
    draw = torch.Generator().manual_seed(seed)
    with trainable(local, rank, 8, 0) as found:
        tensors = {n: torch.randn(p.shape, generator=draw) * 0.2 for n, p in found.items()}
    return Part(tensors, 8 / rank)


def test_a_merged_expert_adds_the_weighted_sum(local: LanguageModel) -> None:
    one, two = part(local, 4, 1), part(local, 2, 2)
    whole = adapter_of(local, merged([one, two], [0.7, 0.4]), 1.0)
    first = adapter_of(local, one.tensors, 0.7 * one.scale)
    second = adapter_of(local, two.tensors, 0.4 * two.scale)
    assert len(whole.pairs) == len(first.pairs)
    for (layer, down, up), (a, down_a, up_a), (b, down_b, up_b) in zip(
        whole.pairs, first.pairs, second.pairs, strict=True
    ):
        assert layer is a
        assert layer is b
        assert down.shape[1] == 6
        torch.testing.assert_close(down @ up, down_a @ up_a + down_b @ up_b)


def test_one_alone_is_itself(local: LanguageModel) -> None:
    one, two = part(local, 4, 1), part(local, 4, 2)
    tensors = merged([one, two], [1.0, 0.0])
    name = next(iter(one.tensors))
    assert torch.equal(tensors[name][:4], one.tensors[name])


@given(st.floats(0, 1.5), st.floats(0, 1.5))
def test_the_search_comes_near_to_the_lowest_place(x: float, y: float) -> None:
    looked: list[tuple[float, ...]] = []

    def cost(place: tuple[float, ...]) -> float:
        looked.append(place)
        return (place[0] - x) ** 2 + (place[1] - y) ** 2

    found = search(cost, 2)
    assert abs(found[0] - x) < 0.2
    assert abs(found[1] - y) < 0.2
    assert len(looked) == len(set(looked)) <= 40
    assert all(0.0 <= weight <= 1.5 for place in looked for weight in place)


@pytest.mark.parametrize("parts", [1, 2, 3])
def test_it_is_never_worse_than_any_alone(parts: int) -> None:
    def cost(place: tuple[float, ...]) -> float:
        return sum((i + 1) * abs(w - 0.1 * i) for i, w in enumerate(place))

    best = cost(search(cost, parts))
    assert best <= min(cost(tuple(float(i == n) for i in range(parts))) for n in range(parts))
