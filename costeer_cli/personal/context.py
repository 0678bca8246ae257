"""The private context: what the local model reads about the writer before it scores a token."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from costeer_cli.errors import TooLongError
from costeer_cli.personal.profile import Profile
from costeer_cli.personal.retrieval import Excerpt
from costeer_cli.store.document import Document

_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*(?=\s)|[。！？][」』”]*|(?=\n)")
_LEAST_CUT = 80  # characters; less of a text than this shows no voice


@dataclass(frozen=True, slots=True)
class PrivateContext:
    """What the local model reads, and only the local model.

    Attributes:
        text: plain English, deterministic for the same profile and excerpts.
        tokens: of the whole text, by the counter that was given.
        sources: what is in it, without any of it: "profile:mara", "profile:mara:2" (the second
            text the profile brings), "history:17" (document 17).
    """

    text: str
    tokens: int
    sources: tuple[str, ...]


def pack(
    profile: Profile | None,
    excerpts: Sequence[Excerpt],
    budget: int,
    count: Callable[[str], int],
) -> PrivateContext:
    """The profile, then as many of the excerpts as fit, in their order.

    A text that does not fit, or that would take more than half of the room when there are others,
    is cut at the end of a sentence, or left out where too little of it would remain.

    Args:
        profile: who writes; None for the excerpts alone.
        excerpts: best first.
        budget: the most tokens `text` may have.
        count: tokens of a text.

    Raises:
        TooLongError: the profile alone is over the budget.
    """
    text = describe(profile) if profile else ""
    tokens = count(text) if text else 0
    if tokens > budget:
        raise TooLongError(
            f"The profile needs {tokens} tokens, {tokens - budget} more than there is room for.",
            hint="Shorten its facts or its voice with: costeer profile edit NAME",
        )
    share = budget - tokens if len(excerpts) == 1 else (budget - tokens) // 2
    sources = [f"profile:{profile.name}"] if profile else []
    heading = "Texts by the writer:" if profile is None or profile.kind == "person" else "Examples:"
    for excerpt in excerpts:
        start = "\n\n".join(part for part in (text, heading) if part)
        fitting = _fitting(start, excerpt.document, min(budget, tokens + share), count)
        if fitting is None:
            continue
        text, tokens = fitting
        heading = ""
        sources.append(_source(excerpt.document))
    return PrivateContext(text, tokens, tuple(sources))


def describe(profile: Profile) -> str:
    """The profile in plain English, without the texts it brings."""
    person = profile.kind == "person"
    parts = [f"The writer: {profile.title}" if person else f"How to write: {profile.title}"]
    if profile.facts:
        heading = "About the writer:" if person else "Bear in mind:"
        parts.append("\n".join([heading, *(f"- {_line(fact)}" for fact in profile.facts)]))
    if profile.voice:
        heading = "How the writer writes" if person else "In detail"
        parts.append(f"{heading}: {_line(profile.voice)}")
    return "\n\n".join(parts)


def _fitting(
    start: str, document: Document, most: int, count: Callable[[str], int]
) -> tuple[str, int] | None:
    """`start` and as much of `document` as keeps within `most` tokens, and their number."""

    def ending_at(end: int) -> tuple[str, int]:
        text = "\n\n".join(part for part in (start, _item(document, end)) if part)
        return text, count(text)

    whole = ending_at(len(document.text))
    if whole[1] <= most:
        return whole
    ends = [match.end() for match in _SENTENCE_END.finditer(document.text)]
    ends = [end for end in ends if end >= _LEAST_CUT]
    best = bisect_left(ends, True, key=lambda end: ending_at(end)[1] > most)
    if best == 0:
        return None
    cut = ending_at(ends[best - 1])
    return cut if cut[1] <= most else None


def _item(document: Document, end: int) -> str:
    asked = _line(document.prompt or document.title)
    lines = [f"Asked: {asked}"] if asked else []
    return "\n".join([*lines, "Wrote:", document.text[:end].rstrip()])


def _line(text: str) -> str:
    return " ".join(text.split())


def _source(document: Document) -> str:
    if document.id is None:
        return f"{document.source}:{document.native_id}"
    return f"history:{document.id}"
