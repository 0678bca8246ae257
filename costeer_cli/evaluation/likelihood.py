"""How likely the person's own text is, token by token, under the cloud as it is steered.

The negative log-likelihood is a proper score: a system gains by giving what the person wrote a
higher probability, and by nothing else. It needs a cloud that scores a given text, which is one in
this process; nothing is sent.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from costeer_cli.errors import UsageError
from costeer_cli.local.scorer import PairedScorer
from costeer_cli.models.reader import Reader
from costeer_cli.steering.choice import Choice
from costeer_cli.steering.position import Candidate, Position

if TYPE_CHECKING:
    from costeer_cli.models.language_model import LanguageModel
    from costeer_cli.models.tokenizer import Message
    from costeer_cli.steering.completion import Evidence
    from costeer_cli.steering.policy import Policy

_BLOCK = 8
LISTED = 20
"""Candidates a cloud lists."""


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Of one text.

    Attributes:
        nats: negative log-likelihood of all of it.
        tokens: of the cloud's.
        bytes: in UTF-8.
    """

    nats: float
    tokens: int
    bytes: int

    @property
    def nll(self) -> float:
        """Nats per token."""
        return self.nats / self.tokens

    @property
    def bits_per_byte(self) -> float:
        """Comparable between models with different tokens."""
        return self.nats / math.log(2) / self.bytes


@dataclass(frozen=True)
class Reading:
    """A text as the cloud reads it, position by position, and what the local model says of it.

    Attributes:
        positions: each with the cloud's candidates and, among them as `chosen`, the token that
            stands in the text.
        evidence: of the local model, for each position; empty where it was not asked.
    """

    positions: tuple[Position, ...]
    evidence: tuple[Evidence, ...] = ()

    @property
    def cloud(self) -> Likelihood:
        """Under the cloud alone."""
        return self._sum([p.chosen.logprob for p in self.positions])

    def steered(self, policy: Policy) -> Likelihood:
        """Under the cloud as `policy` steers it, at temperature 1."""
        found = []
        for position, evidence in zip(self.positions, self.evidence, strict=True):
            steered = policy.distribution(position, evidence)
            found.append(float(steered.logprob[position.candidates.index(position.chosen)]))
        return self._sum(found)

    def _sum(self, logprobs: Sequence[float]) -> Likelihood:
        size = sum(len(p.chosen.text) for p in self.positions)
        return Likelihood(-math.fsum(logprobs), len(self.positions), size)


def read(
    cloud: LanguageModel, messages: Sequence[Message], text: str, listed: int = LISTED
) -> Reading:
    """Read `text` after a chat with a model in this process.

    Args:
        listed: candidates besides the token that stands there.

    Raises:
        UsageError: the text has no tokens.
        TooLongError: chat and text do not fit into the model's window.
    """
    ids = cloud.encode(text)
    if not ids:
        raise UsageError("There is an empty text among those to be tested on.")
    reader = Reader(cloud, [cloud.render(messages)])
    rows = [reader.first[0]]
    if len(ids) > 1:
        rows += list(reader.read(ids[:-1])[0])
    vocabulary = cloud.vocabulary
    positions = []
    for token, row in zip(ids, rows, strict=True):
        best = row.topk(min(listed, len(vocabulary))).indices.tolist()
        candidates = tuple(
            Candidate(vocabulary.text(i), i, float(row[i]))
            for i in dict.fromkeys([token, *best])
            if vocabulary.texts[i] is not None
        )
        positions.append(Position(candidates[0], candidates))
    return Reading(tuple(positions))


def weighed(reading: Reading, scorer: PairedScorer) -> Reading:
    """`reading` with the local model's evidence, read as while a text is written."""
    evidence: list[Evidence] = []
    for start in range(0, len(reading.positions), _BLOCK):
        block = reading.positions[start : start + _BLOCK]
        evidence += scorer.score(block)
        for position in block:
            token = position.chosen
            scorer.accept(Choice(token.text, token.id, "cloud", token.logprob, None, None, None))
    return Reading(reading.positions, tuple(evidence))
