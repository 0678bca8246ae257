"""Turns what a model says next into positions, as a cloud with logprobs would list them."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING

from costeer_cli.models.reader import Reader
from costeer_cli.steering.position import Candidate, Position

if TYPE_CHECKING:
    import torch


def positions(
    reader: Reader, accepted: Sequence[int], most: int, listed: int
) -> Generator[Position, None, None]:
    """Draft greedily after `accepted`, one forward pass per position, as they are asked for.

    Closing the iterator ends the draft; the reader keeps what it has read, so a later draft that
    shares a beginning with this one reads only what differs.

    Args:
        reader: a reader of one row.
        accepted: token ids the draft continues.
        most: how many positions at most; the draft also ends at end-of-text.
        listed: how many candidates each position lists.
    """
    last = _catch_up(reader, accepted)
    for drafted in range(most):
        position = _position(reader, last, listed)
        yield position
        if position.chosen.ends or drafted + 1 == most:
            return
        last = reader.read([_id(position.chosen)])[0, -1]


def _catch_up(reader: Reader, accepted: Sequence[int]) -> torch.Tensor:
    """Bring the reader to `accepted`; return the log-probabilities after it, (V,)."""
    shared = 0
    for held, wanted in zip(reader.tokens, accepted, strict=False):
        if held != wanted:
            break
        shared += 1
    if not accepted:
        reader.forget(0)
        return reader.first[0]
    shared = min(shared, len(accepted) - 1)
    reader.forget(shared)
    return reader.read(accepted[shared:])[0, -1]


def _position(reader: Reader, logprob: torch.Tensor, listed: int) -> Position:
    values, ids = logprob.topk(listed)
    vocabulary = reader.model.vocabulary
    candidates = tuple(
        Candidate(vocabulary.text(i), i, value)
        for i, value in zip(ids.tolist(), values.tolist(), strict=True)
        if value > -float("inf")
    )
    return Position(candidates[0], candidates)


def _id(candidate: Candidate) -> int:
    assert candidate.id is not None
    return candidate.id
