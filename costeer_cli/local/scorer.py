"""Scores the cloud's candidates with and without the personal context."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import groupby

import numpy as np

from costeer_cli.errors import NotSteerableError
from costeer_cli.local.byte_index import ByteIndex
from costeer_cli.local.bytewise import Bytewise
from costeer_cli.local.covers import CanonicalCovers
from costeer_cli.local.tokenwise import Tokenwise
from costeer_cli.models.adapter import Adapter
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.models.reader import Reader
from costeer_cli.models.tokenizer import Message
from costeer_cli.steering.choice import Choice
from costeer_cli.steering.completion import Evidence
from costeer_cli.steering.position import Candidate, Position


class PairedScorer:
    """One local model reading one text twice: after the private prompt and after the public one.

    Both are rows of one batch, so a block of drafted positions costs one forward pass. Where there
    is an expert it reads the private prompt, and what both bring is one delta; told apart, it reads
    the public prompt too, in a third row.

    Where the cloud's tokens are the local model's, by their ids and bytes, their scores are taken
    as they are; the first position that is scored decides. Everything else is scored by bytes.
    """

    def __init__(
        self,
        model: LanguageModel,
        private: Sequence[Message],
        public: Sequence[Message],
        expert: Adapter | None = None,
        *,
        apart: bool = False,
    ) -> None:
        """Nothing is read before the first positions are there to be scored.

        Args:
            model: the local model.
            private, public: chats with the context and without.
            expert: an adapter of the model.
            apart: whether the expert's part in the evidence is told from the context's.
        """
        self.model = model
        self._expert = expert
        self._prompts = [private, public]
        if expert is not None and apart:
            self._prompts.insert(1, public)
        self._accepted: list[int] = []
        self._text = b""
        self.shares_tokens: bool | None = None

    @property
    def passes(self) -> int:
        """Paired forward passes so far, the reading of the prompts not counted."""
        return self._reader.passes if "_reader" in self.__dict__ else 0

    def prepare(self) -> None:
        """Read the prompts and the text now, rather than when positions are there to be scored.

        Raises:
            TooLongError: a prompt, or the text with it, is longer than the model's window.
        """
        _ = self._reader
        if self.shares_tokens:
            self._tokenwise.prepare(self._accepted)

    def score(self, positions: Sequence[Position], *, flowing: bool = False) -> list[Evidence]:
        """Evidence for consecutive positions; one forward pass where all are of one kind.

        Args:
            positions: the first follows the accepted text; each next one follows the drafted
                token of the one before it.
            flowing: more come soon; evidence may be for the first few only, without a pass, so
                that they need not wait for the rest.

        Raises:
            NotSteerableError: the tokenizers differ, and the local model cannot do with that.
            TooLongError: a prompt, or the text with it, is longer than the model's window.
        """
        if self.shares_tokens is None:
            self.shares_tokens = self._is_shared(positions[0])
        found: list[Evidence] = []
        for shared, run in groupby(positions, key=self._by_tokens):
            block, before = list(run), [p.chosen for p in positions[: len(found)]]
            if not shared:
                found += self._by_bytes(before, block)
                continue
            scored = self._by_ids(before, block, flowing=flowing)
            found += scored
            if len(scored) < len(block):
                break
        return found

    def accept(self, choice: Choice) -> None:
        """Append a chosen token to the text; the end of the text changes nothing."""
        if not choice.ends:
            self._text += choice.text
            self._accepted += self._ids(choice.id, choice.text)

    @cached_property
    def _reader(self) -> Reader:
        prompts = [self.model.render(prompt) for prompt in self._prompts]
        return Reader(self.model, prompts, self._expert, len(prompts) - 1)

    @cached_property
    def _tokenwise(self) -> Tokenwise:
        return Tokenwise(self._reader)

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

    def _by_ids(
        self, before: Sequence[Candidate], block: Sequence[Position], *, flowing: bool
    ) -> list[Evidence]:
        accepted = [*self._accepted, *(i for c in before for i in self._ids(c.id, c.text))]
        drafted = [self._ids(p.chosen.id, p.chosen.text) for p in block]
        return self._tokenwise.score(accepted, drafted, block, flowing=flowing)

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

    def prepare(self) -> None:
        """Nothing to read."""

    def score(self, positions: Sequence[Position], *, flowing: bool = False) -> list[Evidence]:  # noqa: ARG002
        """Zero deltas over the listed candidates, and no tail."""
        return [Evidence(np.zeros(len(p.candidates))) for p in positions]

    def accept(self, choice: Choice) -> None:
        """Nothing to keep."""
