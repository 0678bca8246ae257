"""Unique strings planted in a private context, looked for in what was sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from costeer_cli.privacy.audit.body import spoken
from costeer_cli.privacy.audit.said import runs
from costeer_cli.privacy.folding import folded, words
from costeer_cli.store.wire import WireRecord

LETTERS = 8
"""So many letters or digits of a canary in a row are a part of it; of a shorter one, all."""

WORDS = 3
"""So many words of it in a row are one too."""


@dataclass(frozen=True, slots=True)
class Canary:
    """A string that stands nowhere else in the world.

    Attributes:
        label: what it is called in a report.
        text: the string.
    """

    label: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Escape:
    """A canary, or a part of it, that left: with which request of which draft."""

    label: str
    draft: str
    request: int


def escapes(canaries: Iterable[Canary], requests: Iterable[WireRecord]) -> Iterator[Escape]:
    """Every canary in every request, whole or in part."""
    known = [
        (canary, _parts(canary.text), set(runs(words(canary.text), WORDS))) for canary in canaries
    ]
    for request in requests:
        texts = [*spoken(request.body, ()), request.endpoint, *request.headers.values()]
        lines = [folded(text) for text in texts]
        said = {run for text in texts for run in runs(words(text), WORDS)}
        for canary, parts, sentences in known:
            if any(part in line for part in parts for line in lines) or said & sentences:
                yield Escape(canary.label, request.draft_id, request.n)


def _parts(text: str) -> set[str]:
    letters = folded(text)
    size = min(LETTERS, len(letters))
    return {letters[start : start + size] for start in range(len(letters) - size + 1)}
