"""Positions and choices for a text that is given token by token."""

from __future__ import annotations

import math
from collections.abc import Sequence

from costeer_cli.models.language_model import LanguageModel
from costeer_cli.steering.choice import Choice
from costeer_cli.steering.position import Candidate, Position


def position(model: LanguageModel, drafted: int, others: Sequence[int] = ()) -> Position:
    """A position whose cloud drafted one token, listing it with others at equal probability."""
    ids = [drafted, *others]
    logprob = math.log(0.9 / len(ids))
    listed = tuple(Candidate(model.vocabulary.text(i), i, logprob) for i in ids)
    return Position(listed[0], listed)


def choice(model: LanguageModel, token_id: int) -> Choice:
    """A token that was chosen."""
    return Choice(model.vocabulary.text(token_id), token_id, "cloud", -0.1, None, -0.1, 0)
