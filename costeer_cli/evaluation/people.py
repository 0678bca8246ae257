"""Who is tested on what: a person, what they were asked, what they wrote, and what came before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from costeer_cli.errors import BadInputError, UsageError
from costeer_cli.importers import cogenesis, lamp
from costeer_cli.importers.people import Person
from costeer_cli.importers.source import Source
from costeer_cli.personal.profile import Profile
from costeer_cli.personal.retrieval import scope_of
from costeer_cli.store.database import Store, open_memory
from costeer_cli.store.document import Document
from costeer_cli.store.scope import Scope

_FEWEST_WORDS = 25  # of a text that is to be written again
_LARGEST_SHARE = 0.3  # of a history that may be held out
_NEWEST = 5000


@dataclass(frozen=True, slots=True)
class Trial:
    """One text to write again.

    Attributes:
        id: unlike that of any other trial.
        person: whose it is; two trials of one person have the same.
        prompt: what was asked.
        gold: what they wrote.
        profile: what is known of them.
        history: what they wrote before, without `gold`.
    """

    id: str
    person: str
    prompt: str
    gold: str
    profile: Profile | None
    history: tuple[Document, ...]

    def store(self) -> Store:
        """A store of its own, in memory, that holds the history and nothing else."""
        store = open_memory()
        store.documents.add(_loose(document, self.profile) for document in self.history)
        return store


@dataclass(frozen=True, slots=True)
class Trials:
    """What to test on.

    Attributes:
        name: of the set: a file's name, or the profile's.
        public: whether it is published anyway, so that nothing of it is private.
        all: in a fixed order.
        left_out: texts that could not be used.
    """

    name: str
    public: bool
    all: tuple[Trial, ...]
    left_out: int = 0

    @property
    def people(self) -> int:
        """How many different people there are."""
        return len({trial.person for trial in self.all})


def halves(trials: Sequence[Trial]) -> tuple[list[Trial], list[Trial]]:
    """Two halves with nobody in both, the same each time: one to fit on, one to report on."""
    people = sorted({trial.person for trial in trials}, key=_shuffled)
    first = set(people[: (len(people) + 1) // 2])
    return (
        [trial for trial in trials if trial.person in first],
        [trial for trial in trials if trial.person not in first],
    )


def of_file(path: Path, most: int | None = None) -> Trials:
    """The people of a CoGenesis, LaMP or LongLaMP file, one trial for each row with a text.

    Raises:
        BadInputError: it is none of them, or broken.
    """
    if not path.is_file():
        raise BadInputError(
            f"There is no file {path}.", hint="Leave it out to test on your own history."
        )
    source = Source(path)
    rows = list(_read(source, path))
    usable = [row for row in rows if row.gold and row.prompt]
    if not usable:
        raise BadInputError(
            f"Nobody in {path} has a text to be compared with.",
            hint="A LaMP file of questions needs its file of outputs beside it.",
        )
    some = usable if most is None else usable[:most]
    trials = tuple(_trial(row, n) for n, row in enumerate(some))
    return Trials(path.name, True, trials, len(rows) - len(usable))


def of_history(store: Store, profile: Profile | None, most: int = 20) -> Trials:
    """The newest texts of one's own history, with all that was written before the first of them.

    A text is used where it is known what was asked. Nothing that is held out, and nothing written
    after it, is read for any other; where dates are missing, texts without one count as oldest.

    Raises:
        UsageError: there are too few texts.
    """
    scope: Scope = scope_of(profile)
    texts = list(reversed(store.documents.newest(scope, _NEWEST)))
    usable = [text for text in texts if _asked(text) and _long_enough(text.text)]
    allowed = min(most, int(len(texts) * _LARGEST_SHARE), len(usable))
    if allowed < 1:
        raise UsageError(
            f"Of {len(texts)} texts in the history {len(usable)} can be held out; that is too few.",
            hint="Import more that says what was asked or has a title, or name a data set.",
        )
    held = usable[-allowed:]
    first = texts.index(held[0])
    before = tuple(texts[:first])
    if not before:
        raise UsageError("There is nothing in the history from before the texts to be tested on.")
    name = profile.name if profile else ""
    trials = tuple(
        Trial(f"{_shuffled(text.digest)[:12]}", name, _asked(text), text.text, profile, before)
        for text in held
    )
    return Trials(name or "history", False, trials, len(texts) - len(usable))


def _read(source: Source, path: Path) -> Iterator[Person]:
    if cogenesis.CoGenesis().sniff(source):
        return cogenesis.people(source)
    if lamp.Lamp().sniff(source) or lamp.LongLamp().sniff(source):
        return lamp.people(source)
    raise BadInputError(
        f"{path} is not of a data set that costeer knows.",
        hint="It reads CoGenesis, LaMP and LongLaMP as JSON.",
    )


def _trial(row: Person, number: int) -> Trial:
    facts = tuple(f"{_plain(name)}: {'; '.join(said)}" for name, said in row.about.items())
    title = " ".join(row.about.get("Name", ())) or "the writer"
    profile = Profile(name="person", title=title, facts=facts, defaults={}, toml="")
    return Trial(f"{row.id}-{number}", row.id, row.prompt, row.gold, profile, row.history)


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _loose(document: Document, profile: Profile | None) -> Document:
    """As it has to be for the profile to read it in a store of its own."""
    bound = profile.name if profile is not None and document.profile is not None else None
    filtered = profile is not None and (profile.history_tags or profile.history_kinds)
    return replace(document, id=None, profile=bound, tags=document.tags if filtered else ())


def _asked(text: Document) -> str:
    return text.prompt or text.title


def _long_enough(text: str) -> bool:
    return len(text.split()) >= _FEWEST_WORDS


def _shuffled(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
