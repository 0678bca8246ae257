"""Everything that several paths hold, counted as it streams by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from costeer_cli.errors import BadInputError
from costeer_cli.importers.identity import Identity, UnknownPersonError
from costeer_cli.importers.protocol import Importer, Item, Note, Skipped
from costeer_cli.importers.registry import importers, sniff
from costeer_cli.importers.source import Source
from costeer_cli.store.document import Document, tagged

_SHOWN = 3
_HARMLESS = ("others", "empty", "short", "unknown")  # reasons that need no place
_CLOCKS_DIFFER = timedelta(days=2)


@dataclass(slots=True)
class Tally:
    """What came by.

    Attributes:
        taken: documents.
        skipped: how much was passed over, by reason.
        notes: how often each thing was not quite as it should be.
        troubles: the first few places of what could not be read.
        samples: the first few documents.
    """

    taken: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    troubles: list[Skipped] = field(default_factory=list)
    samples: list[Document] = field(default_factory=list)

    def documents(self, items: Iterator[Item]) -> Iterator[Document]:
        """The documents among `items`, everything counted."""
        for item in items:
            if isinstance(item, Document):
                self.taken += 1
                if len(self.samples) < _SHOWN:
                    self.samples.append(item)
                yield item
            elif isinstance(item, Note):
                self.notes[item.said] += 1
            else:
                self.skipped[item.reason] += 1
                if item.reason not in _HARMLESS and len(self.troubles) < _SHOWN:
                    self.troubles.append(item)


@dataclass(frozen=True, slots=True)
class Found:
    """A path and the importer that is sure of it; None where each file in it is asked about."""

    source: Source
    importer: Importer | None

    @property
    def format(self) -> str:
        """The format's name."""
        return self.importer.name if self.importer else self.source.kind


def look(paths: Sequence[Path]) -> list[Found]:
    """What `paths` are; nothing but their beginnings is read.

    Raises:
        BadInputError: one is missing, or of no known format.
    """
    found = []
    for path in paths:
        source = Source(path)
        importer = sniff(source)
        if importer is None and source.kind == "file":
            names = ", ".join(sorted(one.name for one in importers()))
            raise BadInputError(
                f"{path} is in no format that can be imported.", hint=f"Known: {names}."
            )
        found.append(Found(source, importer))
    return found


def gather(
    found: Sequence[Found], me: Identity, *, tags: Sequence[str] = (), profile: str | None = None
) -> Iterator[Item]:
    """Read all that was found, one item after another.

    Args:
        found: what `look` gave.
        me: who the person is.
        tags: given to every document, besides its own.
        profile: every document is bound to it; None leaves them as they are.

    Raises:
        BadInputError: something is not what it claims to be.
    """
    latest = (datetime.now(UTC) + _CLOCKS_DIFFER).isoformat()
    for one in found:
        yield from (Skipped(where, "unreadable") for where in one.source.unreadable)
        read = one.importer.read if one.importer else _each
        for item in read(one.source, me):
            if not isinstance(item, Document):
                yield item
                continue
            document = tagged(item, tags, profile)
            if document.created_at > latest:
                yield Note(str(one.source.path), "a date from the future, left out")
                document = replace(document, created_at="")
            yield document


def reasons(skipped: Counter[str]) -> str:
    """` (2 binary, 1 short)`: the counts by reason, or '' where nothing was skipped."""
    said = ", ".join(f"{count} {reason}" for reason, count in sorted(skipped.items()))
    return f" ({said})" if said else ""


def _each(source: Source, me: Identity) -> Iterator[Item]:
    """Every file of a folder or zip by the importer that is sure of it; hidden ones left out."""
    for entry in source.entries:
        if entry.hidden:
            continue
        alone = source.only(entry)
        importer = sniff(alone)
        if importer is None:
            yield Skipped(entry.where, "unknown")
            continue
        try:
            yield from importer.read(alone, me)
        except UnknownPersonError:
            raise
        except BadInputError:  # one file of many: the rest is imported
            yield Skipped(entry.where, "broken")
