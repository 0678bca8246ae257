"""The private context: what the local model reads about the writer before it scores a token."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from costeer_cli.errors import TooLongError
from costeer_cli.personal.profile import Profile
from costeer_cli.personal.retrieval import Excerpt
from costeer_cli.store.document import Document

_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*(?=\s)|[。！？][」』”]*|(?=\n)")
_NO_END = re.compile(  # before a full stop that ends no sentence: "Dr.", "e.g.", "J.", "3."
    r"(?:^|[\s(\"“„])(?:[^\W\d]|\d{1,2}|[^\W\d](?:\.[^\W\d])+|Dr|Mrs?|Ms|Prof|St|vs|cf|approx|ca|bzw"
    r"|vgl|Nr|Hr|Fr|Mme)\.$",
    re.IGNORECASE,
)
_LONGEST_WORD = 12  # characters before a full stop in which that is looked for
_ASKED = "Write a text."  # where it is not known what was asked
_LEAST_CUT = 80  # characters; less of a text than this shows no voice


Message = dict[str, str]
"""A chat message: `role` and `content`."""


@dataclass(frozen=True, slots=True)
class Example:
    """A text by the writer: what was asked, and what they wrote."""

    asked: str
    wrote: str


@dataclass(frozen=True, slots=True)
class PrivateContext:
    """What the local model reads, and only the local model.

    Attributes:
        about: the profile in plain English; deterministic.
        examples: texts by the writer, most telling first.
        tokens: of all of it as a chat, by the counter that was given.
        sources: what is in it, without any of it: "profile:mara", "profile:mara:2" (the second
            text the profile brings), "history:17" (document 17).
    """

    about: str = ""
    examples: tuple[Example, ...] = ()
    tokens: int = 0
    sources: tuple[str, ...] = ()

    @property
    def documents(self) -> tuple[int, ...]:
        """The numbers of the stored documents in it."""
        start = "history:"
        return tuple(int(one[len(start) :]) for one in self.sources if one.startswith(start))

    def messages(self, instructions: str, prompt: str) -> list[Message]:
        """The chat that ends with `prompt`: the profile as instructions, texts as earlier turns.

        Earlier turns show a small model a voice better than the same texts in the instructions
        do (benchmarks/placement.py). The most telling text comes last, next to the prompt.
        """
        system = "\n\n".join(part for part in (instructions, self.about) if part)
        turns = [
            message
            for example in reversed(self.examples)
            for message in (
                {"role": "user", "content": example.asked},
                {"role": "assistant", "content": example.wrote},
            )
        ]
        return [{"role": "system", "content": system}, *turns, {"role": "user", "content": prompt}]


Count = Callable[[Sequence[Message]], int]
"""Tokens of a chat."""


def pack(
    profile: Profile | None, excerpts: Sequence[Excerpt], budget: int, count: Count
) -> PrivateContext:
    """The profile, then as many of the excerpts as fit, in their order.

    A text that does not fit, or that would take more than half of the room when there are others,
    is cut at the end of a sentence, or left out where too little of it would remain.

    Args:
        profile: who writes; None for the excerpts alone.
        excerpts: best first.
        budget: the most tokens the whole may have.
        count: tokens of a chat.

    Raises:
        TooLongError: the profile alone is over the budget.
    """
    about = describe(profile) if profile else ""
    sources = (f"profile:{profile.name}",) if profile else ()
    context = _counted(PrivateContext(about, (), 0, sources), count)
    if context.tokens > budget:
        over = context.tokens - budget
        raise TooLongError(
            f"The profile needs {context.tokens} tokens, {over} more than there is room for.",
            hint="Shorten it with: costeer profile edit NAME, or raise --context-tokens.",
        )
    share = budget - context.tokens if len(excerpts) == 1 else (budget - context.tokens) // 2
    for excerpt in excerpts:
        most = min(budget, context.tokens + share)
        context = _with(context, excerpt.document, most, count) or context
    return context


def sentence_ends(text: str) -> list[int]:
    """Where sentences, headings and list items end in `text`, ascending."""
    found = (match for match in _SENTENCE_END.finditer(text) if not _goes_on(text, match))
    return list(dict.fromkeys(match.end() for match in found))


def _goes_on(text: str, end: re.Match[str]) -> bool:
    """Whether it is no end: "Dr. Lee", "J. Berg", "am 3. Mai", "rain ... and snow"."""
    if end[0] != ".":
        return False
    if text[max(end.start() - 2, 0) : end.start()] == "..":
        return text[end.end() : end.end() + 2].strip()[:1].islower()
    return bool(_NO_END.search(text, max(end.end() - _LONGEST_WORD, 0), end.end()))


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


def _with(
    context: PrivateContext, document: Document, most: int, count: Count
) -> PrivateContext | None:
    """`context` and as much of `document` as keeps within `most` tokens; None for too little."""

    def ending_at(end: int) -> PrivateContext:
        asked = _line(document.prompt or document.title) or _ASKED
        example = Example(asked, document.text[:end].rstrip())
        return _counted(
            PrivateContext(
                context.about,
                (*context.examples, example),
                0,
                (*context.sources, source_of(document)),
            ),
            count,
        )

    whole = ending_at(len(document.text))
    if whole.tokens <= most:
        return whole
    ends = [end for end in sentence_ends(document.text) if end >= _LEAST_CUT]
    best = bisect_left(ends, True, key=lambda end: ending_at(end).tokens > most)
    if best == 0:
        return None
    cut = ending_at(ends[best - 1])
    return cut if cut.tokens <= most else None


def _counted(context: PrivateContext, count: Count) -> PrivateContext:
    if not (context.about or context.examples):
        return context
    return replace(context, tokens=count(context.messages("", "")))


def _line(text: str) -> str:
    return " ".join(text.split())


def source_of(document: Document) -> str:
    """What a text is called in `PrivateContext.sources`."""
    if document.id is None:
        return f"{document.source}:{document.native_id}"
    return f"history:{document.id}"
