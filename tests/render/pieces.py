"""Choices out of plain bytes, and ways to split bytes into tokens."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import strategies as st

from costeer_cli.steering.choice import Choice


def chosen(text: bytes, source: str = "cloud", **more: Any) -> Choice:
    """A choice of `text`; `more` replaces what else there is to it."""
    fields: dict[str, Any] = {
        "id": 7,
        "cloud_logprob": -1.5,
        "delta": 0.25,
        "steered_logprob": -1.25,
        "rank": 1,
    }
    return Choice(text, source=source, **(fields | more))


def split(text: bytes) -> st.SearchStrategy[list[bytes]]:
    """Every way to cut `text` into tokens of a byte or more."""
    cuts = st.sets(st.integers(1, max(len(text) - 1, 1)))

    def cut(places: set[int]) -> list[bytes]:
        edges = [0, *sorted(place for place in places if place < len(text)), len(text)]
        pieces = [text[a:b] for a, b in itertools.pairwise(edges)]
        return [piece for piece in pieces if piece]

    return cuts.map(cut)
