"""What every importer does, and what comes out of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from costeer_cli.store.document import Document

Reason = Literal["empty", "short", "large", "binary", "undecodable", "unreadable", "broken"]


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was not taken.

    Attributes:
        where: the file, and the line where there is one; never any of the text.
        reason: one word, for counting.
    """

    where: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was taken, but not quite as it stood; `said` holds none of the text."""

    where: str
    said: str


Item = Document | Skipped | Note


class Importer(Protocol):
    """One history format. Third parties add theirs by an entry point in `costeer.importers`."""

    @property
    def name(self) -> str:
        """One word; also the `source` of its documents."""

    def sniff(self, path: Path) -> bool:
        """Whether `path` is surely of this format; False when unsure. Never raises."""

    def read(self, path: Path) -> Iterator[Item]:
        """The person's own texts in `path`, one by one.

        Raises:
            BadInputError: the file as a whole is not what it claims to be.
        """
