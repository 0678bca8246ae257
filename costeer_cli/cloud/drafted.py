"""From the events of an answer to positions, whatever the wire shape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from costeer_cli.cloud.listing import (
    Listed,
    Naming,
    end,
    likeliest,
    position,
    require_sense,
    whole,
)  # fmt: skip
from costeer_cli.cloud.provider import Traffic
from costeer_cli.cloud.wires.wire import Step, Token, Wire
from costeer_cli.errors import NotSteerableError, ProviderError, ProviderUnreachableError
from costeer_cli.steering.position import Position

_UNKNOWN_FORM = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError)
_SILENT = 1000  # events in a row that may say nothing
_WATCHED = 8  # positions looked at for numbers that mean nothing
_BY_ITSELF = {"eos", "eos_token", "end_turn"}
_FILTERED = {"content_filter", "refusal", "safety"}
_LISTS_IDS = "Use a service that lists token ids or bytes, such as llama-server or vLLM."


def drafted(
    events: Iterable[Mapping[str, Any]],
    wire: Wire,
    naming: Naming,
    most: int,
    traffic: Traffic,
    echoed: bytes = b"",
) -> Iterator[Position]:
    """The positions of one draft.

    A character that the service spreads over tokens it cannot name becomes one position, where
    the service tells the character, and is not written where it does not. An end that the service
    does not list becomes a position of its own, so that it is never lost.

    Args:
        events: of the answer.
        wire: reads them.
        naming: tells the bytes of tokens.
        most: positions asked for.
        traffic: takes down what is told of the request.
        echoed: a text that the answer may begin with, be it listed or not.

    Raises:
        NotSteerableError: what is listed cannot be used, or nothing is listed at all.
        ProviderError: the service's filter stopped the text.
        ProviderUnreachableError: the answer broke off, or lost its form or its log-probabilities
            on the way.
    """
    draft = Draft(wire, naming, traffic, echoed)
    finish = None
    for event in events:
        step = draft.read(event)
        if step.gap:
            return
        if draft.ended:  # what comes behind an end tells of the request
            if step.tokens:
                return
            continue
        finish = step.finish or finish
        yield from draft.positions(step)
        if draft.cut:
            return
    if not draft.ended:
        yield from draft.ending(finish, most)


def sensible(positions: Iterable[Position]) -> Iterator[Position]:
    """`positions` with what can be scored, watched for numbers that mean nothing.

    Raises:
        NotSteerableError: they are well-formed and mean nothing, or a token is endless.
    """
    watched: list[Position] = []
    for listed in positions:
        found = likeliest(listed)
        yield found
        watched.append(found)
        if len(watched) == _WATCHED:
            require_sense(watched)
            watched.clear()


class Draft:
    """What is known of a draft between its events.

    Attributes:
        ended: whether the text is at its end.
        cut: whether no position can come any more, although the service goes on.
    """

    def __init__(self, wire: Wire, naming: Naming, traffic: Traffic, echoed: bytes) -> None:
        self.ended = self.cut = False
        self._wire = wire
        self._naming = naming
        self._traffic = traffic
        self._echoed = echoed
        self._count = 0
        self._told_prompt = self._told_cached = False
        self._silent = 0
        self._nameless: list[Token] = []
        self._ahead = b""  # listed, and not yet in the text
        self._compared = True  # whether the text can be held against the list

    def read(self, event: Mapping[str, Any]) -> Step:
        """One event, looked at for all that stops a draft."""
        try:
            step = self._wire.read(event)
            if not isinstance(step.finish, str | None):
                raise TypeError("no reason")
        except _UNKNOWN_FORM as error:
            kind = ProviderUnreachableError if self._count else NotSteerableError
            raise kind("The service sent an answer of an unknown form.") from error
        if step.thinking:
            raise NotSteerableError(
                "The model thinks before it writes, and its thoughts cannot be steered.",
                hint="Switch its thinking off on the server, or use a model that does not think.",
            )
        if step.finish in _FILTERED:
            raise ProviderError("The service's own filter stopped the text.")
        self._silent = 0 if step.text else self._silent + 1
        if self._silent > _SILENT:
            raise ProviderUnreachableError("The service goes on and on without writing anything.")
        self._count_traffic(step)
        if step.finish in _BY_ITSELF:
            step = replace(step, finish="stop")
        return self._unechoed(step)

    def positions(self, step: Step) -> Iterator[Position]:
        """What one event adds."""
        rest = self._unlisted(step.text)
        for token in step.tokens:
            found = position(*token, self._naming)
            if found is None:
                self._nameless.append(token)
                continue
            text = found.chosen.text
            before = _before(rest, text) if self._nameless else b""
            if before:
                yield self._whole([], before)
                rest = rest.removeprefix(before)
            elif self._nameless and text.isascii():
                yield self._counted(_without_own(self._nameless[0], self._naming))
                self.cut = True
                return
            elif self._nameless:  # some services give the last token of a character all of it
                found = self._whole([token], text)
            self.ended = found.chosen.ends
            yield self._counted(found)
            if self.ended:
                return
            rest = self._compare(rest, text)
        if self._nameless and rest:
            yield self._whole([], rest)
        elif rest and not step.tokens:
            kind = ProviderUnreachableError if self._count else NotSteerableError
            raise kind("The service sent text without log-probabilities.")
        elif rest and self._compared:
            raise _another_text()

    def ending(self, finish: str | None, most: int) -> Iterator[Position]:
        """What the end of the answer adds."""
        if self._count == 0 and finish not in {"length", "stop"}:
            raise ProviderUnreachableError("The service's answer broke off before it began.")
        if self._nameless and finish == "stop":
            chosen, listed = self._nameless[0]
            ended = position(chosen, listed, self._naming, b"")
            assert ended is not None
            yield ended
        elif self._nameless and self._count == 0:
            yield _without_own(self._nameless[0], self._naming)
        elif finish == "stop" and self._count < most:
            yield end()

    def _count_traffic(self, step: Step) -> None:
        """Take down what is told; some services tell it again with every event."""
        self._traffic.read(
            None if self._told_prompt else step.prompt_tokens,
            None if self._told_cached else step.cached_tokens,
        )
        self._told_prompt |= step.prompt_tokens is not None
        self._told_cached |= step.cached_tokens is not None
        if step.model and self._traffic.model and step.model != self._traffic.model:
            raise NotSteerableError(
                "Another model answers under the same name than before.",
                hint="Look at it anew: costeer provider test",
            )
        self._traffic.model = step.model or self._traffic.model

    def _unechoed(self, step: Step) -> Step:
        """List what a step echoes, where the service only wrote it."""
        text, echoed = step.text.encode(errors="replace"), self._echoed
        if not echoed or not text:
            return step
        if not step.tokens and echoed.startswith(text):
            self._echoed = echoed[len(text) :]
            return replace(step, tokens=[_sure(text)])
        self._echoed = b""
        listed = b"".join(self._naming.bytes_of(chosen) or b"" for chosen, _ in step.tokens)
        if text.startswith(echoed) and text[len(echoed) :] == listed:
            return replace(step, tokens=[_sure(echoed), *step.tokens])
        return step

    def _unlisted(self, added: str) -> bytes:
        """What an event adds to the text beyond what was listed before."""
        text = whole(added)
        if added and not text:
            self._compared, self._ahead = False, b""
        if text.startswith(self._ahead):
            text, self._ahead = text[len(self._ahead) :], b""
        elif self._ahead.startswith(text):
            text, self._ahead = b"", self._ahead[len(text) :]
        else:
            raise _another_text()
        return text

    def _compare(self, rest: bytes, listed: bytes) -> bytes:
        """What of the text comes after a listed token; some lose the blanks before a word."""
        if not self._compared or rest.startswith(listed):
            return rest.removeprefix(listed)
        if listed.startswith(rest):
            self._ahead += listed[len(rest) :]
        elif listed.lstrip() != rest:
            raise _another_text()
        return b""

    def _whole(self, more: list[Token], text: bytes) -> Position:
        """One position for several tokens that together make `text`; none is nameless then."""
        (chosen, listed), *others = [*self._nameless, *more]
        self._nameless.clear()
        # with one token only, those before it were hidden: what is listed goes on from them
        found = position(chosen, listed if others else (), self._naming, text)
        assert found is not None
        total = found.chosen.logprob + sum(token.known or 0.0 for token, _ in others)
        mine = replace(found.chosen, id=None, logprob=total)
        rest = tuple(c for c in found.candidates if c is not found.chosen)
        one = Position(mine, (mine, *rest), max(found.unnamed, found.chosen.logprob))
        return one if more else self._counted(one)

    def _counted(self, found: Position) -> Position:
        self._count += 1
        return found


def _before(text: bytes, listed: bytes) -> bytes:
    """What stands in a text before a listed token; all of it before an end."""
    before, found, _ = text.partition(listed) if listed else (text, b"-", b"")
    return before if found else b""


def _sure(text: bytes) -> Token:
    return Listed(0.0, raw=text, id=None), ()


def _without_own(token: Token, naming: Naming) -> Position:
    """The position of a token that cannot be named: the likeliest that can stands in for it."""
    chosen, listed = token
    named = [t for t in listed if t.known is not None and naming.bytes_of(t)]
    if not named:
        raise NotSteerableError(
            "The service wrote something that it does not list.", hint=_LISTS_IDS
        )
    best = max(named, key=lambda t: t.known or 0.0)
    found = position(best, [t for t in listed if t != chosen], naming)
    assert found is not None
    return replace(found, unnamed=max(found.unnamed, chosen.known or 0.0))


def _another_text() -> NotSteerableError:
    return NotSteerableError(
        "The tokens that the service lists are not the text that it writes.", hint=_LISTS_IDS
    )
