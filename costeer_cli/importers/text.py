"""Plain text: one `.txt` file, one document."""

from __future__ import annotations

from collections.abc import Iterator

from costeer_cli.importers.identity import Identity
from costeer_cli.importers.names import dated_name
from costeer_cli.importers.protocol import Item, Skipped
from costeer_cli.importers.reading import read_text, too_little
from costeer_cli.importers.source import Source
from costeer_cli.store.document import Document

SUFFIXES = frozenset({".txt"})


class Text:
    """`.txt` files."""

    name = "text"

    def sniff(self, source: Source) -> bool:
        """A file whose name ends in .txt."""
        return source.single is not None and source.single.suffix in SUFFIXES

    def read(self, source: Source, me: Identity) -> Iterator[Item]:  # noqa: ARG002
        """The whole file as one document; its title and date from its name."""
        (entry,) = source.entries
        found = read_text(entry)
        if isinstance(found, Skipped):
            yield found
            return
        text, notes = found
        if little := too_little(text, entry.where):
            yield little
            return
        yield from notes
        title, day = dated_name(entry.name)
        yield Document(
            text=text,
            source=self.name,
            native_id=entry.native_id,
            title=title,
            created_at=day or entry.modified,
        )
