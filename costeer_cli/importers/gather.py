"""Everything that several paths hold, before any of it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from costeer_cli.errors import BadInputError
from costeer_cli.importers.protocol import Note, Skipped
from costeer_cli.importers.registry import sniff
from costeer_cli.store.document import Document, tagged


@dataclass(slots=True)
class Gathered:
    """What was found, what was passed over, and what was not quite as it should be."""

    documents: list[Document] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def gather(
    paths: Sequence[Path], *, tags: Sequence[str] = (), profile: str | None = None
) -> Gathered:
    """Read all of `paths`, each by the importer that is sure of it.

    Args:
        paths: files and folders.
        tags: given to every document, besides its own.
        profile: every document is bound to it; None leaves them as they are.

    Raises:
        BadInputError: a path is missing, of no known format or broken, or nothing was found.
    """
    gathered = Gathered()
    readers = [(sniff(path), path) for path in paths]  # all are known before one is read
    for importer, path in readers:
        for item in importer.read(path):
            if isinstance(item, Skipped):
                gathered.skipped.append(item)
            elif isinstance(item, Note):
                gathered.notes.append(item)
            else:
                gathered.documents.append(tagged(item, tags, profile))
    if not gathered.documents:
        raise BadInputError(
            f"There is nothing to import{reasons(gathered.skipped)}.",
            hint="Give a folder of notes, or a .md, .txt or .jsonl file with some text in it.",
        )
    return gathered


def reasons(skipped: Sequence[Skipped]) -> str:
    """` (2 binary, 1 short)`: the counts by reason, or '' where nothing was skipped."""
    counts: dict[str, int] = {}
    for item in skipped:
        counts[item.reason] = counts.get(item.reason, 0) + 1
    said = ", ".join(f"{count} {reason}" for reason, count in sorted(counts.items()))
    return f" ({said})" if said else ""
