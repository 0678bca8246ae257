"""What a person's own history tells of them: voice notes that were measured, facts they stated.

Everything is computed here, on this machine; nothing is written by a model. A fact is always a
sentence of theirs, as it stands in one of their texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from costeer_cli.errors import BadInputError
from costeer_cli.personal.habits import Reading, notes, read
from costeer_cli.personal.languages import is_small, language_of
from costeer_cli.personal.lasting import GROUPS, lasting, only_one
from costeer_cli.personal.sentences import words
from costeer_cli.personal.statements import About
from costeer_cli.store.document import Document

LEAST_TEXTS = 10
LEAST_WORDS = 1000
MOST_FACTS = 20
_SAME = 0.6  # Jaccard index of their telling words beyond which two facts are one
_HALF_LIFE = 1095.0  # days in which the newness of a fact halves


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence by the person that says something lasting of them.

    Attributes:
        text: the sentence, as they wrote it last.
        about: what of them it tells.
        document: the number of the text it stands in; None for one that is not stored.
        created_at: when that was written, ISO 8601 in UTC, or ''.
        times: in how many texts they say so.
    """

    text: str
    about: About
    document: int | None
    created_at: str
    times: int

    @property
    def origin(self) -> str:
        """Where it comes from: "document 17, 2024-05-01; in 3 texts"."""
        where = f"document {self.document}"
        where += f", {self.created_at[:10]}" if self.created_at else ""
        return where + (f"; in {self.times} texts" if self.times > 1 else "")


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was learned.

    Attributes:
        notes: of how they write, by topic (see `costeer_cli.personal.profile.TOPICS`).
        facts: best first.
        texts, words: from how much.
    """

    notes: dict[str, str]
    facts: tuple[Fact, ...]
    texts: int
    words: int


def learn(documents: Iterable[Document], known: Sequence[str] = ()) -> Lesson:
    """What `documents` tell of their writer.

    Args:
        documents: theirs alone, stored ones.
        known: facts that the profile has already; nothing like them comes again.

    Raises:
        BadInputError: there is too little to measure.
    """
    readings = [read(document) for document in documents]
    readings.sort(key=lambda one: (one.document.created_at, one.document.id or 0))
    total = sum(len(one.words) for one in readings)
    if len(readings) < LEAST_TEXTS or total < LEAST_WORDS:
        texts = f"{len(readings)} text{'s' if len(readings) != 1 else ''}"
        raise BadInputError(
            f"There is too little to learn from: {texts} with {total} words; it takes"
            f" {LEAST_TEXTS} texts with {LEAST_WORDS} words.",
            hint="Add more with: costeer history import FOLDER",
        )
    return Lesson(notes(readings), tuple(facts(readings, known)), len(readings), total)


def facts(readings: Sequence[Reading], known: Sequence[str] = ()) -> list[Fact]:
    """What the writer says of themselves, what is said often and lately first.

    Args:
        readings: oldest first.
        known: nothing like these.

    Returns:
        `MOST_FACTS` at most, by what they are about.
    """
    newest = max((one.document.days for one in readings), default=0)
    told: list[_Told] = [_Told(text, _telling(text), None) for text in known]
    singles: dict[str, _Told] = {}
    for reading in reversed(readings):
        for sentence in dict.fromkeys(reading.sentences):
            about = lasting(sentence, reading.language)
            if about is None:
                continue
            telling = _telling(sentence, reading.language)
            single = only_one(sentence)
            same = next((one for one in told if _alike(one.telling, telling)), None)
            if same is None and single in singles:
                continue  # they have moved, or grown older, since
            if same is None:
                same = _Told(sentence, telling, about, reading.document)
                told.append(same)
            if single:
                singles.setdefault(single, same)
            same.documents.add(reading.document.id)
    found = [
        (
            len(one.documents) * (0.25 + 0.75 * one.freshness(newest)),
            Fact(one.text, one.about, one.document.id, one.document.created_at, len(one.documents)),
        )
        for one in told
        if one.about is not None and one.document is not None
    ]
    found.sort(key=lambda pair: (-pair[0], pair[1].document or 0, pair[1].text))
    best = [fact for _, fact in found[:MOST_FACTS]]
    return sorted(best, key=lambda fact: GROUPS.index(fact.about))


class _Told:
    """A fact on its way: the newest wording, and every text that says so."""

    def __init__(
        self,
        text: str,
        telling: frozenset[str],
        about: About | None,
        document: Document | None = None,
    ) -> None:
        self.text = text
        self.telling = telling
        self.about = about
        self.document = document
        self.documents: set[int | None] = set()

    def freshness(self, newest: int) -> float:
        """1 for the newest text, halving with the years; of a text without a date, 0."""
        day = self.document.days if self.document else 0
        return 0.5 ** ((newest - day) / _HALF_LIFE) if day else 0.0


def _telling(sentence: str, language: str = "") -> frozenset[str]:
    """The words of a sentence that say something, without endings; numbers too."""
    said = [word.lower().replace("’", "'") for word in words(sentence)]
    language = language or language_of(said) or "en"
    kept = {word.rstrip("s") for word in said if not is_small(word, language)}
    numbers = {part for part in sentence.split() if part.isdigit()}
    return frozenset(kept | numbers) or frozenset(said)


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    shared = len(one & other)
    return shared >= _SAME * (len(one | other) or 1)
