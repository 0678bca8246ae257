"""Scores the cloud's candidates with and without the personal context."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from costeer_cli.errors import NotSteerableError
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.models.reader import Reader
from costeer_cli.models.tokenizer import Message
from costeer_cli.steering.choice import Choice
from costeer_cli.steering.completion import Evidence, Tail
from costeer_cli.steering.position import Position


class PairedScorer:
    """One local model reading one text twice: after the private prompt and after the public one.

    Both are rows of one batch, so a block of drafted positions costs one forward pass. Tokens are
    read when they are needed to score what follows them, never twice, and rejected ones are cut
    off the KV caches.
    """

    def __init__(
        self, model: LanguageModel, private: Sequence[Message], public: Sequence[Message]
    ) -> None:
        """Nothing is read before the first positions are there to be scored."""
        self.model = model
        self._prompts = private, public
        self._accepted: list[int] = []

    @property
    def passes(self) -> int:
        """Paired forward passes so far, the reading of the prompts not counted."""
        return self._reader.passes if "_reader" in self.__dict__ else 0

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self.model, [self.model.render(prompt) for prompt in self._prompts])

    def score(self, positions: Sequence[Position]) -> list[Evidence]:
        """Evidence for consecutive positions, in one forward pass.

        The first position follows the accepted text; each next one follows the drafted token of
        the one before it.

        Raises:
            NotSteerableError: the cloud's token ids are not those of the local model.
            TooLongError: a prompt, or the text with it, is longer than the model's window.
        """
        drafted = [self._local_id(p.chosen.id, p.chosen.text) for p in positions[:-1]]
        wanted = self._accepted + drafted
        before = len(self._accepted)
        start = min(_shared(self._reader.tokens, wanted), max(before - 1, 0))
        self._reader.forget(start)
        rows = []
        if before == 0:
            rows.append(self._reader.first.float().cpu().numpy())
        if wanted[start:]:
            after = self._reader.read(wanted[start:]).float().cpu().numpy()
            rows += [after[:, i] for i in range(max(before - 1, 0) - start, after.shape[1])]
        return [
            self._evidence(position, row) for position, row in zip(positions, rows, strict=True)
        ]

    def accept(self, choice: Choice) -> None:
        """Append a chosen token to the text; the end of the text changes nothing."""
        if not choice.ends:
            self._accepted.append(self._local_id(choice.id, choice.text))

    def _evidence(self, position: Position, row: NDArray[np.float32]) -> Evidence:
        with_context, without = row.astype(np.float64)
        listed = [self._local_id(c.id, c.text) for c in position.candidates]
        unlisted = self.model.vocabulary.writable.copy()
        unlisted[listed] = False
        ids = np.flatnonzero(unlisted)
        tail = Tail(self.model.vocabulary, ids, without[ids], with_context[ids] - without[ids])
        return Evidence(with_context[listed] - without[listed], tail)

    def _local_id(self, token_id: int | None, text: bytes) -> int:
        vocabulary = self.model.vocabulary
        if not text:
            return vocabulary.end  # whichever of several ends the cloud lists
        if token_id is None:
            token_id = vocabulary.find(text)
        if (
            token_id is None
            or not 0 <= token_id < len(vocabulary)
            or vocabulary.texts[token_id] != text
        ):
            raise NotSteerableError(
                f"The cloud model and {self.model.name} do not share a tokenizer.",
                hint="Use a local model of the cloud model's family: costeer model use NAME",
            )
        return token_id


class Unscored:
    """Stands in for a scorer where nothing personal takes part: every delta is zero."""

    passes = 0

    def score(self, positions: Sequence[Position]) -> list[Evidence]:
        """Zero deltas over the listed candidates, and no tail."""
        return [Evidence(np.zeros(len(p.candidates))) for p in positions]

    def accept(self, choice: Choice) -> None:
        """Nothing to keep."""


def _shared(first: Sequence[int], second: Sequence[int]) -> int:
    """How many tokens two texts share from the start."""
    count = 0
    for one, other in zip(first, second, strict=False):
        if one != other:
            break
        count += 1
    return count
