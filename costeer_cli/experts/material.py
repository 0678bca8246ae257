"""What an expert learns from: the person's texts, long ones cut, some of them held out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from costeer_cli.errors import UsageError
from costeer_cli.personal.context import sentence_ends, source_of
from costeer_cli.personal.languages import language_of
from costeer_cli.store.document import Document

ASKED = "Write a text."
"""What is taken to have been asked where nobody knows."""

FEWEST_TEXTS = 3
FEWEST_WORDS = 150
MOST_TOKENS = 120_000
"""Of the newest texts; more would take longer than a person waits."""

_LONGEST = 400  # tokens of a passage
_MOST_PASSAGES = 40  # of one text, so that none drowns the others
_HELD = 0.15  # of the texts
_MOST_HELD = 12  # passages: they are read again and again
_DATED = 0.8  # of the texts have a date: then the newest are held out


@dataclass(frozen=True, slots=True)
class Passage:
    """A text, or a part of a long one.

    Attributes:
        source: of which text, as `personal.context.source_of` names it.
        asked: what it answers.
        wrote: the words.
        ends: whether the text ends with it.
    """

    source: str
    asked: str
    wrote: str
    ends: bool = True


@dataclass(frozen=True, slots=True)
class Material:
    """What is learned from, and what it is held against.

    Attributes:
        train, held: passages; no text is in both, but for a single long one.
        documents: the numbers of the stored texts in either.
        brought: digests of the texts in either that a profile brings.
        texts, words: of both together.
        cut: texts that were cut into passages.
        unasked: texts of which it is not known what was asked.
        left_out: older texts for which there was no room.
        language: the code of the language most of them are in; '' where it cannot be told.
        by_date: whether the newest were held out; else it went by digest.
    """

    train: tuple[Passage, ...]
    held: tuple[Passage, ...]
    documents: tuple[int, ...]
    brought: tuple[str, ...]
    texts: int
    words: int
    cut: int
    unasked: int
    left_out: int
    language: str
    by_date: bool

    @property
    def digest(self) -> str:
        """Of everything that is learned from, and of how it is split."""
        seen = hashlib.sha256()
        for part in (self.train, self.held):
            for passage in part:
                seen.update(repr(passage).encode())
            seen.update(b"|")
        return seen.hexdigest()


def gather(
    documents: Sequence[Document],
    count: Callable[[str], int],
    mask: Callable[[str], str] = str,
) -> Material:
    """The material that `documents`, newest first, make.

    Args:
        documents: some may be the same text twice.
        count: tokens of a text.
        mask: what is learned in the place of a text, such as it with placeholders for private
            values.

    Raises:
        UsageError: there is too little to learn a voice from.
    """
    texts = list({document.digest: document for document in documents}.values())
    used: list[tuple[Document, list[Passage]]] = []
    room = MOST_TOKENS
    for document in texts:
        text = mask(document.text)
        tokens = count(text)
        whole = Passage(source_of(document), mask(_asked(document)) or ASKED, text)
        passages = _cut(whole, tokens)
        passages = passages[:_MOST_PASSAGES] if len(texts) > 1 else passages
        room -= min(tokens, _LONGEST * len(passages))
        if room < 0 and used:
            break
        used.append((document, passages))
    dated = sum(bool(document.created_at) for document, _ in used)
    by_date = dated >= _DATED * len(used)
    train, held = _split(used, by_date=by_date)
    words = sum(len(passage.wrote.split()) for passage in (*train, *held))
    _require_enough(len(train) + len(held), words)
    kept = [document for document, _ in used]
    return Material(
        train=tuple(train),
        held=tuple(held),
        documents=tuple(sorted(document.id for document in kept if document.id is not None)),
        brought=tuple(sorted(document.digest for document in kept if document.id is None)),
        texts=len(kept),
        words=words,
        cut=sum(len(passages) > 1 for _, passages in used),
        unasked=sum(not _asked(document) for document in kept),
        left_out=len(texts) - len(kept),
        language=language_of(" ".join(document.text[:2000] for document in kept[:50]).split()),
        by_date=by_date,
    )


def _require_enough(passages: int, words: int) -> None:
    if passages < FEWEST_TEXTS or words < FEWEST_WORDS:
        raise UsageError(
            f"There are {passages} texts with {words} words to learn from; an expert needs "
            f"{FEWEST_TEXTS} with {FEWEST_WORDS} at least.",
            hint="Bring in more of what you wrote: costeer history import",
        )


def _split(
    used: Sequence[tuple[Document, list[Passage]]], *, by_date: bool
) -> tuple[list[Passage], list[Passage]]:
    """Passages to train on, and passages of other texts."""
    if len(used) == 1:
        passages = used[0][1]
        first = len(passages) - max(1, round(_HELD * len(passages)))
        return passages[:first], passages[first:][:_MOST_HELD]
    key = (lambda one: (one[0].created_at, one[0].digest)) if by_date else _by_digest
    ordered = sorted(used, key=key, reverse=True)
    most = max(1, round(_HELD * len(ordered)))
    held: list[Passage] = []
    number = 0
    for _, passages in ordered[:most]:
        if len(held) >= _MOST_HELD:
            break
        held += passages[: _MOST_HELD - len(held)]
        number += 1
    return [passage for _, passages in ordered[number:] for passage in passages], held


def _by_digest(one: tuple[Document, list[Passage]]) -> tuple[str, str]:
    return one[0].digest, ""


def _cut(whole: Passage, tokens: int) -> list[Passage]:
    """The text whole, or cut at ends of sentences where it is long."""
    text = whole.wrote
    if tokens <= _LONGEST:
        return [whole]
    room = max(1, len(text) * _LONGEST // tokens)  # characters
    ends, cuts, start = sentence_ends(text), [0], 0
    while len(text) - start > room:
        within = [end for end in ends if start < end <= start + room]
        blank = text.rfind(" ", start + 1, start + room)
        start = within[-1] if within else blank if blank > start else start + room
        cuts.append(start)
    cuts.append(len(text))
    parts = [text[a:b].strip() for a, b in pairwise(cuts)]
    passages = [replace(whole, wrote=part, ends=False) for part in parts[:-1] if part]
    return [*passages, replace(whole, wrote=parts[-1])]


def _asked(document: Document) -> str:
    return " ".join((document.prompt or document.title).split())
