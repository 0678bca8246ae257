"""A draft that begins with what was held back: the draft without it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from costeer_cli.errors import NotSteerableError
from costeer_cli.steering.position import Candidate, Position


def after_held(positions: Iterator[Position], held: bytes) -> Iterator[Position]:
    """`positions` without their beginning, which writes again what was held back.

    A token that begins with the held text and goes on is cut: of its position those candidates
    are left that begin so too, given that they do. Where the service's own token goes on in
    another way, the likeliest of them stands in for it and the draft ends.

    Raises:
        NotSteerableError: the draft goes on in another way than the text does.
    """
    while held:
        position = next(positions, None)
        if position is None:
            return
        text = position.chosen.text
        if text and held.startswith(text):
            held = held[len(text) :]
            continue
        yield _beyond(position, held)
        if not text.startswith(held):
            return
        held = b""
    yield from positions


def _beyond(position: Position, held: bytes) -> Position:
    """A position given that its text begins with `held`, behind that."""
    agreeing = [
        c
        for c in position.candidates
        if c.text and (c.text.startswith(held) or held.startswith(c.text))
    ]
    longer = [c for c in agreeing if len(c.text) > len(held)]
    if not longer:
        raise NotSteerableError(
            "The service cannot go on from the very end of this text.",
            hint="Use a service that takes raw prompts, such as llama-server or vLLM.",
        )
    # not the sum alone: rounding must not make a probability of more than 1
    mass = math.log(max(math.fsum(math.exp(c.logprob) for c in agreeing), 1e-300))
    cut = {c: Candidate(c.text[len(held) :], None, min(c.logprob - mass, 0.0)) for c in longer}
    own = position.chosen if position.chosen in cut else max(longer, key=lambda c: c.logprob)
    open_ = [c.logprob for c in agreeing if c not in cut]
    return Position(
        cut[own],
        tuple(cut.values()),
        min(max([position.unnamed, *open_]) - mass, 0.0),
    )
