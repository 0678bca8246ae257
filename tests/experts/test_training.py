"""Training: it learns, stops in time, goes on where it broke off, and repeats itself."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
import torch

from costeer_cli.errors import BadInputError, UsageError
from costeer_cli.experts.lessons import Lesson, lessons
from costeer_cli.experts.material import gather
from costeer_cli.experts.training import Look, Settings, Trained, Training, nll, steps_for
from costeer_cli.models.adapter import adapter_of
from costeer_cli.models.language_model import LanguageModel
from tests.experts.conftest import INSTRUCTIONS, history

FAST = Settings(rank=4, alpha=8, rate=2e-2, room=512)


@pytest.fixture(scope="module")
def taught(local: LanguageModel) -> tuple[list[Lesson], list[Lesson]]:
    material = gather(history(8), lambda text: len(local.encode(text)))
    return (
        lessons(local, material.train, INSTRUCTIONS),
        lessons(local, material.held, INSTRUCTIONS),
    )


class BrokenError(KeyboardInterrupt):
    """Somebody pressed Ctrl-C."""


def run(
    training: Training, stop_after: int | None = None, unfinished: bytes | None = None
) -> tuple[Trained | None, list[Look], list[bytes]]:
    looks: list[Look] = []
    kept: list[bytes] = []

    def tell(look: Look) -> None:
        looks.append(look)
        if look.step == stop_after:
            raise BrokenError

    try:
        return training.run(tell, kept.append, unfinished), looks, kept
    except BrokenError:
        return None, looks, kept


def test_it_learns_and_keeps_the_best_step(
    local: LanguageModel, taught: tuple[list[Lesson], list[Lesson]]
) -> None:
    trained, looks, _ = run(Training(local, *taught, FAST))
    assert trained is not None
    assert trained.after < trained.before - 0.2
    assert looks[-1].steps == steps_for(taught[0], FAST)
    best = min(looks, key=lambda look: look.held)
    assert best.held == trained.after
    assert trained.step in range(best.step - 1, best.step + 1)
    assert nll(local, taught[1], FAST.room) == pytest.approx(trained.before, abs=1e-5)
    with adapter_of(local, trained.tensors, FAST.alpha / FAST.rank).reading(99):
        assert nll(local, taught[1], FAST.room) == pytest.approx(trained.after, abs=1e-5)


def test_the_same_seed_trains_the_same_expert(
    local: LanguageModel, taught: tuple[list[Lesson], list[Lesson]]
) -> None:
    one, looks, _ = run(Training(local, *taught, FAST))
    two, again, _ = run(Training(local, *taught, FAST))
    other, _, _ = run(Training(local, *taught, replace(FAST, seed=1)))
    assert one is not None
    assert two is not None
    assert other is not None
    assert [(look.step, look.loss, look.held) for look in looks] == [
        (look.step, look.loss, look.held) for look in again
    ]
    assert all(torch.equal(tensor, two.tensors[name]) for name, tensor in one.tensors.items())
    assert any(not torch.equal(tensor, other.tensors[name]) for name, tensor in one.tensors.items())


@pytest.mark.parametrize("stop_after", [5, 8])
def test_a_broken_run_goes_on_to_the_same_end(
    local: LanguageModel, taught: tuple[list[Lesson], list[Lesson]], stop_after: int
) -> None:
    whole, looks, _ = run(Training(local, *taught, FAST))
    nothing, before, kept = run(Training(local, *taught, FAST), stop_after)
    assert nothing is None
    rest, after, _ = run(Training(local, *taught, FAST), unfinished=kept[-1])
    assert whole is not None
    assert rest is not None
    assert before[-1].step == stop_after
    assert after[0].step <= stop_after + 1
    assert [look.loss for look in after] == [look.loss for look in looks[-len(after) :]]
    assert rest.step == whole.step
    assert all(torch.equal(tensor, rest.tensors[name]) for name, tensor in whole.tensors.items())


def test_a_broken_run_leaves_the_model_as_it_was(
    local: LanguageModel, taught: tuple[list[Lesson], list[Lesson]]
) -> None:
    before = nll(local, taught[1], FAST.room)
    names = [name for name, _ in local.network.named_modules()]
    run(Training(local, *taught, FAST), stop_after=3)
    assert nll(local, taught[1], FAST.room) == before
    assert [name for name, _ in local.network.named_modules()] == names


def strange(seed: int) -> list[Lesson]:
    """A text that nobody wrote."""
    draw = random.Random(seed)
    return [Lesson(tuple(draw.randrange(3, 300) for _ in range(250)), ((10, 247),))]


def test_it_stops_when_other_texts_get_no_likelier(
    local: LanguageModel, taught: tuple[list[Lesson], list[Lesson]]
) -> None:
    training = Training(local, taught[0], strange(1), FAST)
    trained, looks, _ = run(training)
    assert trained is not None
    assert looks[-1].step < training.steps
    assert trained.step == looks[-1].step - 4
    assert trained.after == min(look.held for look in looks) < looks[-1].held


def test_what_never_helps_is_refused(
    local: LanguageModel, taught: tuple[list[Lesson], list[Lesson]]
) -> None:
    with pytest.raises(UsageError, match="got no likelier"):
        run(Training(local, taught[0], strange(0), FAST))


def test_a_checkpoint_of_something_else_is_refused(
    local: LanguageModel, taught: tuple[list[Lesson], list[Lesson]]
) -> None:
    _, _, kept = run(Training(local, *taught, replace(FAST, rank=2)), stop_after=4)
    for content in (b"", b"nonsense" * 9, kept[-1][:-9], kept[-1]):
        with pytest.raises(BadInputError):
            run(Training(local, *taught, FAST), unfinished=content)


def test_how_many_steps() -> None:
    def lesson(tokens: int) -> Lesson:
        return Lesson((5,) * tokens, ((1, tokens),))

    settings = Settings(room=1000)
    assert steps_for([lesson(100)], settings) == 24
    assert steps_for([lesson(500)] * 100, settings) == 100
    assert steps_for([lesson(500)] * 9000, settings) == 160


def test_how_long_it_takes_is_a_number(
    local: LanguageModel, taught: tuple[list[Lesson], list[Lesson]]
) -> None:
    before = nll(local, taught[1], FAST.room)
    assert 0 < Training(local, *taught, FAST).seconds() < 600
    assert nll(local, taught[1], FAST.room) == before
