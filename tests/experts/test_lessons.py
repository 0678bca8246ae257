"""Passages as tokens: in the form that is scored later, and padded where nobody sees it."""

from __future__ import annotations

import random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.experts.lessons import IGNORED, Lesson, batches, lessons, padded
from costeer_cli.experts.material import Passage
from costeer_cli.experts.training import nll
from costeer_cli.models.language_model import LanguageModel
from tests.experts.conftest import INSTRUCTIONS, PHRASES, written


def passage(text: str, *, ends: bool = True) -> Passage:
    return Passage("history:1", "Write a note.", text, ends)


def words(local: LanguageModel, lesson: Lesson) -> list[str]:
    return [local.tokenizer.decode(lesson.tokens[start:end]) for start, end in lesson.spans]


def test_a_lesson_is_the_chat_that_is_scored_later(local: LanguageModel) -> None:
    (lesson,) = lessons(local, [passage(written(1))], INSTRUCTIONS)
    prompt = local.render(
        [{"role": "system", "content": INSTRUCTIONS}, {"role": "user", "content": "Write a note."}]
    )
    assert list(lesson.tokens) == [*prompt, *local.encode(written(1)), local.ends[0]]
    assert lesson.spans == ((len(prompt), len(lesson.tokens)),)


def test_a_passage_that_does_not_end_teaches_no_end(local: LanguageModel) -> None:
    (lesson,) = lessons(local, [passage(written(1), ends=False)], INSTRUCTIONS)
    assert lesson.tokens[-1] != local.ends[0]


def test_tiny_texts_share_a_chat(local: LanguageModel) -> None:
    tiny = [passage(f"Yes, {n}.") for n in range(60)]
    made = lessons(local, tiny, INSTRUCTIONS)
    assert len(made) < 20
    said = [text for lesson in made for text in words(local, lesson)]
    assert sorted(said) == sorted(f"Yes, {n}.<|im_end|>" for n in range(60))
    assert max(len(lesson.tokens) for lesson in made) <= 400


def test_long_and_tiny_texts_each_come_once(local: LanguageModel) -> None:
    mixed = [passage(PHRASES[0]), passage(written(1)), passage(PHRASES[1]), passage(written(2))]
    said = [text for lesson in lessons(local, mixed, INSTRUCTIONS) for text in words(local, lesson)]
    assert sorted(said) == sorted(f"{one.wrote}<|im_end|>" for one in mixed)


def test_nothing_is_longer_than_the_window(local: LanguageModel) -> None:
    (lesson,) = lessons(local, [passage(written(1) * 20)], INSTRUCTIONS)
    assert len(lesson.tokens) == local.window
    assert lesson.spans[0][1] == local.window


def test_padding_changes_nothing(local: LanguageModel) -> None:
    made = lessons(local, [passage(written(n) * (1 + n % 3)) for n in range(5)], INSTRUCTIONS)
    alone = sum(nll(local, [lesson], 1) * lesson.targets for lesson in made)
    together = nll(local, made, 10_000) * sum(lesson.targets for lesson in made)
    assert together == pytest.approx(alone, rel=1e-5)


@given(
    st.lists(st.integers(2, 300), min_size=1, max_size=200),
    st.integers(1, 900),
    st.none() | st.integers(),
)
def test_every_lesson_is_in_one_batch(lengths: list[int], room: int, seed: int | None) -> None:
    made = [Lesson((n,) + (0,) * (length - 1), ((1, length),)) for n, length in enumerate(lengths)]
    shuffle = None if seed is None else random.Random(seed)
    found = list(batches(made, room, shuffle))
    assert sorted(lesson.tokens[0] for batch in found for lesson in batch) == list(range(len(made)))
    for batch in found:
        longest = max(len(lesson.tokens) for lesson in batch)
        assert len(batch) == 1 or longest * len(batch) <= room


def test_targets_are_the_persons_words_alone() -> None:
    tokens, targets = padded([Lesson((4, 5, 6), ((1, 3),)), Lesson((7, 8), ((1, 2),))], "cpu")
    assert torch.equal(tokens, torch.tensor([[4, 5, 6], [7, 8, 0]]))
    none = IGNORED
    assert torch.equal(targets, torch.tensor([[none, 5, 6], [none, 8, none]]))
