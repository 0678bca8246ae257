"""What a body may hold: the keys of an allow-list, and no text of unknown origin."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from costeer_cli.cloud.provider import DraftSettings, PublicText, Request
from costeer_cli.cloud.wires.wire import Wire

ASK = PublicText("Write the text.", "A note to Ana.")
NINE = DraftSettings(9, 20)
WORDS = st.text(st.characters(codec="utf-8"), max_size=12)
ACCEPTED = st.lists(st.tuples(WORDS.filter(bool).map(str.encode), st.none()), max_size=5)
PUBLIC = st.builds(PublicText, WORDS, WORDS, ACCEPTED.map(tuple))


def after(*texts: str | bytes, ids: bool = False) -> PublicText:
    """The text that goes on from these tokens."""
    raw = [text.encode() if isinstance(text, str) else text for text in texts]
    return replace(
        ASK, accepted=tuple((text, 100 + n if ids else None) for n, text in enumerate(raw))
    )


def fields(request: Request) -> dict[str, Any]:
    """The body as JSON."""
    found: dict[str, Any] = json.loads(request.body)
    return found


def keys(value: Any) -> set[str]:
    """All keys, at any depth."""
    if isinstance(value, dict):
        return set(value).union(*map(keys, value.values()))
    return set().union(*map(keys, value)) if isinstance(value, list) else set()


def strings(value: Any) -> Iterator[str]:
    """All texts that are not keys, at any depth."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from strings(part)
    elif isinstance(value, str):
        yield value


def assert_pure(wire: Wire, again: Wire, text: PublicText, settings: DraftSettings) -> None:
    """The same arguments give the same bytes, whoever is asked and however often."""
    first = wire.encode(text, settings)
    assert wire.encode(replace(text), replace(settings)) == first
    wire.encode(replace(text, prompt="Another."), settings)
    assert wire.encode(text, settings) == first == again.encode(text, settings)
