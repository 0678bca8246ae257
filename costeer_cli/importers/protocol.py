"""What every importer does, and what comes out of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from costeer_cli.importers.identity import Identity
from costeer_cli.importers.source import Source
from costeer_cli.store.document import Document

Reason = Literal[
    "others",  # somebody else's words, or a program's
    "empty",
    "short",
    "unknown",  # a file of no known format
    "large",
    "binary",
    "undecodable",
    "unreadable",
    "broken",
]


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

    def sniff(self, source: Source) -> bool:
        """Whether `source` is surely of this format; False when unsure.

        Looks at names and the first bytes only. Never raises, but for what `Source.entries` does.
        """

    def read(self, source: Source, me: Identity) -> Iterator[Item]:
        """The person's own texts in `source`, one by one, as they stream in.

        Every text that is passed over is counted by a `Skipped`, other people's too. What cannot
        be read is skipped and the rest goes on.

        Raises:
            BadInputError: the whole is not what it claims to be, or it cannot be told who wrote
                what (`me.require`).
        """
