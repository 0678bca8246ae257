"""Scores the cloud's candidates with and without the personal context."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate, groupby
from typing import cast

import numpy as np
from numpy.typing import NDArray

from costeer_cli.errors import NotSteerableError
from costeer_cli.local.byte_index import ByteIndex
from costeer_cli.local.bytewise import Bytewise
from costeer_cli.local.covers import CanonicalCovers
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.models.reader import Reader
from costeer_cli.models.tokenizer import Message
from costeer_cli.steering.choice import Choice
from costeer_cli.steering.completion import Evidence, Tail
from costeer_cli.steering.position import Candidate, Position


class PairedScorer:
    """One local model reading one text twice: after the private prompt and after the public one.

    Both are rows of one batch, so a block of drafted positions costs one forward pass. Tokens are
    read when they are needed to score what follows them, never twice, and rejected ones are cut
    off the KV caches.

    Where the cloud's tokens are the local model's, by their ids and bytes, their scores are taken
    as they are; the first position that is scored decides. Everything else is scored by bytes.
    """

    def __init__(
        self, model: LanguageModel, private: Sequence[Message], public: Sequence[Message]
    ) -> None:
        """Nothing is read before the first positions are there to be scored."""
        self.model = model
        self._prompts = private, public
        self._accepted: list[int] = []
        self._text = b""
        self.shares_tokens: bool | None = None

    @property
    def passes(self) -> int:
        """Paired forward passes so far, the reading of the prompts not counted."""
        return self._reader.passes if "_reader" in self.__dict__ else 0

    def prepare(self) -> None:
        """Read both prompts now, rather than when the first positions are there.

        Raises:
            TooLongError: a prompt is longer than the model's window.
        """
        _ = self._reader

    def score(self, positions: Sequence[Position]) -> list[Evidence]:
        """Evidence for consecutive positions; one forward pass where all are of one kind.

        The first position follows the accepted text; each next one follows the drafted token of
        the one before it.

        Raises:
            NotSteerableError: the tokenizers differ, and the local model cannot do with that.
            TooLongError: a prompt, or the text with it, is longer than the model's window.
        """
        if self.shares_tokens is None:
            self.shares_tokens = self._is_shared(positions[0])
        found: list[Evidence] = []
        for shared, run in groupby(positions, key=self._by_tokens):
            block, before = list(run), [p.chosen for p in positions[: len(found)]]
            found += self._by_ids(before, block) if shared else self._by_bytes(before, block)
        return found

    def accept(self, choice: Choice) -> None:
        """Append a chosen token to the text; the end of the text changes nothing."""
        if not choice.ends:
            self._text += choice.text
            self._accepted += self._ids(choice.id, choice.text)

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self.model, [self.model.render(prompt) for prompt in self._prompts])

    @cached_property
    def _bytewise(self) -> Bytewise:
        if not self.model.sees_all:
            raise NotSteerableError(
                f"{self.model.name} and the cloud model do not share a tokenizer, and a model "
                "with sliding windows cannot score by bytes.",
                hint="Use another local model: costeer model use NAME",
            )
        index = ByteIndex(self.model.vocabulary)
        return Bytewise(self._reader, CanonicalCovers(self.model.encode, index), index)

    def _by_tokens(self, position: Position) -> bool:
        return bool(self.shares_tokens) and self._is_shared(position)

    def _is_shared(self, position: Position) -> bool:
        """Whether every candidate of a position is the local model's token of the same id."""
        texts = self.model.vocabulary.texts
        return all(
            c.ends or (c.id is not None and 0 <= c.id < len(texts) and texts[c.id] == c.text)
            for c in position.candidates
        )

    def _by_bytes(self, before: Sequence[Candidate], block: Sequence[Position]) -> list[Evidence]:
        text = self._text + b"".join(candidate.text for candidate in before)
        return self._bytewise.score(text, block)

    def _by_ids(self, before: Sequence[Candidate], block: Sequence[Position]) -> list[Evidence]:
        ids = [*self._accepted, *(i for c in before for i in self._ids(c.id, c.text))]
        drafted = [self._ids(p.chosen.id, p.chosen.text) for p in block[:-1]]
        places = list(accumulate(map(len, drafted), initial=len(ids)))
        wanted = ids + [i for piece in drafted for i in piece]
        start = min(_shared(self._reader.tokens, wanted), max(len(ids) - 1, 0))
        self._reader.forget(start)
        rows: dict[int, NDArray[np.float32]] = {}
        if not ids:
            rows[0] = self._reader.first.float().cpu().numpy()
        if wanted[start:]:
            after = self._reader.read(wanted[start:]).float().cpu().numpy()
            rows |= {start + 1 + i: after[:, i] for i in range(after.shape[1])}
        return [
            self._evidence(position, rows[place])
            for position, place in zip(block, places, strict=True)
        ]

    def _evidence(self, position: Position, row: NDArray[np.float32]) -> Evidence:
        with_context, without = row.astype(np.float64)
        vocabulary = self.model.vocabulary
        listed = [vocabulary.end if c.ends else cast(int, c.id) for c in position.candidates]
        unlisted = vocabulary.writable.copy()
        unlisted[listed] = False
        ids = np.flatnonzero(unlisted)
        tail = Tail(vocabulary, ids, without[ids], with_context[ids] - without[ids])
        return Evidence(with_context[listed] - without[listed], tail)

    def _ids(self, token_id: int | None, text: bytes) -> list[int]:
        """The local model's tokens for one of the cloud's."""
        texts = self.model.vocabulary.texts
        if token_id is not None and 0 <= token_id < len(texts) and texts[token_id] == text:
            return [token_id]
        own = self.model.vocabulary.find(text)
        if own is not None or not text:
            return [own] if own is not None and text else []
        return self.model.encode(text.decode("utf-8", "replace"))


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
