"""From the events of an answer to positions, whatever the wire shape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from costeer_cli.cloud.listing import Naming, end, position, require_sense
from costeer_cli.cloud.provider import Traffic
from costeer_cli.cloud.wires.wire import Step, Token, Wire
from costeer_cli.errors import NotSteerableError, ProviderError, ProviderUnreachableError
from costeer_cli.steering.position import Position

_UNKNOWN_FORM = (KeyError, TypeError, ValueError, IndexError, AttributeError)
_WATCHED = 8  # positions looked at for numbers that mean nothing


def drafted(
    events: Iterable[Mapping[str, Any]],
    wire: Wire,
    naming: Naming,
    most: int,
    traffic: Traffic,
) -> Iterator[Position]:
    """The positions of one draft.

    A character that the service spreads over tokens it cannot name becomes one position, where
    the service tells the character, and is not written where it does not. An end that the service
    does not list becomes a position of its own, so that it is never lost.

    Raises:
        NotSteerableError: what is listed cannot be used.
        ProviderUnreachableError: the answer broke off, lost its log-probabilities, or is of an
            unknown form.
    """
    count, finish, counted, watched = 0, None, False, list[Position]()
    nameless: list[Token] = []
    for event in events:
        step = _read(wire, event, traffic, first=not counted)
        counted = counted or step.prompt_tokens is not None
        if step.gap:
            return
        finish = step.finish or finish
        rest = step.text.encode()
        for token in step.tokens:
            found = position(*token, naming)
            if found is None:
                nameless.append(token)
                continue
            if nameless:  # some services give the last token of a character all of it
                if found.chosen.text.isascii():
                    yield _without_own(nameless[0], naming)
                    return
                found = _whole(nameless, found.chosen.text, naming)
            rest = rest.removeprefix(found.chosen.text)
            count += 1
            watched.append(found)
            yield found
            if found.chosen.ends:
                return
        if nameless and rest:
            yield _whole(nameless, rest, naming)
            count += 1
        elif rest and not step.tokens:
            raise ProviderUnreachableError("The service sent text without log-probabilities.")
        if len(watched) >= _WATCHED:
            require_sense(watched)
            watched.clear()
    yield from _ending(finish, count, nameless, naming, most)


def after_held(positions: Iterator[Position], held: bytes) -> Iterator[Position]:
    """`positions` without the first ones, which write again what was held back.

    Raises:
        NotSteerableError: the draft goes on in another way than the text does.
    """
    while held:
        position = next(positions, None)
        if position is None:
            return
        text = position.chosen.text
        if not text or not held.startswith(text):
            raise NotSteerableError(
                "The service cannot go on from the very end of this text.",
                hint="Use a service that takes raw prompts, such as llama-server or vLLM.",
            )
        held = held[len(text) :]
    yield from positions


def _read(wire: Wire, event: Mapping[str, Any], traffic: Traffic, *, first: bool) -> Step:
    try:
        step = wire.read(event)
    except _UNKNOWN_FORM as error:
        raise ProviderUnreachableError("The service sent an answer of an unknown form.") from error
    if step.thinking:
        raise NotSteerableError(
            "The model thinks before it writes, and its thoughts cannot be steered.",
            hint="Switch its thinking off on the server, or use a model that does not think.",
        )
    if step.finish in {"content_filter", "refusal", "safety"}:
        raise ProviderError("The service's own filter stopped the text.")
    traffic.read(step.prompt_tokens if first else None, step.cached_tokens)
    if step.model and traffic.model and step.model != traffic.model:
        raise NotSteerableError(
            "Another model answers under the same name than before.",
            hint="Look at it anew: costeer provider test",
        )
    traffic.model = step.model or traffic.model
    return step


def _whole(nameless: list[Token], text: bytes, naming: Naming) -> Position:
    """One position for several tokens that together make `text`; takes them off the list."""
    (chosen, listed), *others = nameless
    nameless.clear()
    found = position(chosen, listed, naming, text)
    assert found is not None
    total = found.chosen.logprob + sum(token.known or 0.0 for token, _ in others)
    whole = type(found.chosen)(text, None, total)
    rest = tuple(c for c in found.candidates if c is not found.chosen)
    return Position(whole, (whole, *rest), max(found.unnamed, found.chosen.logprob))


def _without_own(token: Token, naming: Naming) -> Position:
    """The position of a token that cannot be named: the likeliest that can stands in for it."""
    chosen, listed = token
    named = [t for t in listed if t.known is not None and naming.bytes_of(t)]
    if not named:
        raise NotSteerableError(
            "The service wrote something that it does not list.",
            hint="Use a service that lists token ids or bytes, such as llama-server or vLLM.",
        )
    best = max(named, key=lambda t: t.known or 0.0)
    found = position(best, [t for t in listed if t != chosen], naming)
    assert found is not None
    return replace(found, unnamed=max(found.unnamed, chosen.known or 0.0))


def _ending(
    finish: str | None, count: int, nameless: list[Token], naming: Naming, most: int
) -> Iterator[Position]:
    if finish is None and count == 0:
        raise ProviderUnreachableError("The service's answer broke off before it began.")
    if finish == "stop" and nameless:
        chosen, listed = nameless[0]
        ended = position(chosen, listed, naming, b"")
        assert ended is not None
        yield ended
    elif nameless and count == 0:
        yield _without_own(nameless[0], naming)
    elif finish == "stop" and count < most:
        yield end()
