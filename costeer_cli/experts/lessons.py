"""Passages as tokens to learn, and batches of them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from costeer_cli.experts.material import Passage
from costeer_cli.models.language_model import LanguageModel

if TYPE_CHECKING:
    import torch

_SHORT = 100  # tokens; shorter ones share a chat, so that few tokens are spent on instructions
_CHAT = 400  # tokens of a shared chat
_SORTED = 64  # lessons among which those of like length go together
IGNORED = -100
"""Stands where there is nothing to predict."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A chat to read.

    Attributes:
        tokens: all of it.
        spans: from where to where the person's own words stand in it, ends of text included.
    """

    tokens: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]

    @property
    def targets(self) -> int:
        """How many tokens are to be predicted."""
        return sum(end - start for start, end in self.spans)


def lessons(model: LanguageModel, passages: Sequence[Passage], instructions: str) -> list[Lesson]:
    """Chats in the form in which the model later scores: instructions, what was asked, the text.

    Short texts become turns of one chat.
    """
    made: list[Lesson] = []
    chat = _Chat(model, instructions)
    for passage in passages:
        one = _Chat(model, instructions)
        one.add(passage)
        if len(one.tokens) - len(one.head) > _SHORT or not passage.ends:
            made.append(one.lesson)
            continue
        if not chat.add(passage):
            made.append(chat.lesson)
            chat = one
    if chat.spans:
        made.append(chat.lesson)
    return made


class _Chat:
    """A chat that grows by a turn at a time."""

    def __init__(self, model: LanguageModel, instructions: str) -> None:
        self._model = model
        self._messages = [{"role": "system", "content": instructions}]
        self.head = model.render(self._messages)
        self.tokens: list[int] = []
        self.spans: list[tuple[int, int]] = []

    @property
    def lesson(self) -> Lesson:
        """The chat so far, as much of it as fits into the window."""
        window = self._model.window
        spans = ((start, min(end, window)) for start, end in self.spans if start < window)
        return Lesson(tuple(self.tokens[:window]), tuple(spans))

    def add(self, passage: Passage) -> bool:
        """Add what was asked and written; False, and nothing is added, where it does not fit."""
        messages = [*self._messages, {"role": "user", "content": passage.asked}]
        start = self._model.render(messages)
        if start[: len(self.tokens)] != self.tokens:  # a template that rewrites earlier turns
            return False
        wrote = self._model.encode(passage.wrote)
        if passage.ends:
            wrote.append(self._model.ends[0])
        if self.spans and len(start) + len(wrote) > _CHAT:
            return False
        self.tokens = start + wrote
        self.spans.append((len(start), len(self.tokens)))
        self._messages = [*messages, {"role": "assistant", "content": passage.wrote}]
        return True


def batches(
    made: Sequence[Lesson], room: int, shuffle: random.Random | None
) -> Iterator[list[Lesson]]:
    """Every lesson once, those of like length together, `room` tokens with the padding at most.

    Args:
        made: the lessons.
        room: a longer lesson is a batch of its own.
        shuffle: puts them in an order; None leaves the order.
    """
    order = list(made)
    found: list[list[Lesson]] = []
    if shuffle is not None:
        shuffle.shuffle(order)
    for start in range(0, len(order), _SORTED):
        some = sorted(order[start : start + _SORTED], key=lambda lesson: len(lesson.tokens))
        batch: list[Lesson] = []
        for lesson in some:
            if batch and len(lesson.tokens) * (len(batch) + 1) > room:
                found.append(batch)
                batch = []
            batch.append(lesson)
        found.append(batch)
    if shuffle is not None:
        shuffle.shuffle(found)
    yield from found


def padded(batch: Sequence[Lesson], device: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Tokens and targets, (rows, length) each, padded on the right, where nothing sees it."""
    import torch

    length = max(len(lesson.tokens) for lesson in batch)
    tokens = torch.zeros((len(batch), length), dtype=torch.long)
    targets = torch.full((len(batch), length), IGNORED, dtype=torch.long)
    for row, lesson in enumerate(batch):
        ids = torch.tensor(lesson.tokens)
        tokens[row, : len(ids)] = ids
        for start, end in lesson.spans:
            targets[row, start:end] = ids[start:end]
    return tokens.to(device), targets.to(device)
