"""From the events of an answer to pieces of text, for services that list no candidates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from costeer_cli.cloud.drafted import Draft
from costeer_cli.cloud.listing import Naming, whole
from costeer_cli.cloud.provider import Traffic
from costeer_cli.cloud.wires.wire import Wire
from costeer_cli.errors import NotSteerableError, ProviderUnreachableError


def proposed(
    events: Iterable[Mapping[str, Any]], wire: Wire, traffic: Traffic, held: bytes
) -> Iterator[bytes]:
    """Pieces of one answer as the service cut them, then an empty one where the text ends.

    The answer is over where a part of it was lost on its way to be a text.

    Args:
        held: what the answer begins with although the text has it already.

    Raises:
        NotSteerableError: the answer goes on in another way than the text does.
        ProviderUnreachableError: it broke off.
    """
    draft, finish = Draft(wire, Naming(), traffic, b""), None
    for event in events:
        step = draft.read(event)
        finish = step.finish or finish
        piece = whole(step.text)
        if step.text and not piece:
            return
        again = min(len(piece), len(held))
        if piece[:again] != held[:again]:
            raise NotSteerableError("The service cannot go on from the very end of this text.")
        piece, held = piece[again:], held[again:]
        if piece:
            yield piece
    if finish is None:
        raise ProviderUnreachableError("The service's answer broke off.")
    if finish == "stop":
        yield b""
