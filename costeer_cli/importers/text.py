"""Plain text: one `.txt` file, one document."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from costeer_cli.importers.names import dated_name, modified, native_id
from costeer_cli.importers.protocol import Item, Skipped
from costeer_cli.importers.reading import is_file, read_text, too_little
from costeer_cli.store.document import Document

SUFFIXES = frozenset({".txt"})


class Text:
    """`.txt` files."""

    name = "text"

    def sniff(self, path: Path) -> bool:
        """A regular file whose name ends in .txt."""
        return path.suffix.lower() in SUFFIXES and is_file(path)

    def read(self, path: Path) -> Iterator[Item]:
        """The whole file as one document; its title and date from its name."""
        found = read_text(path)
        if isinstance(found, Skipped):
            yield found
            return
        text, notes = found
        if little := too_little(text, str(path)):
            yield little
            return
        yield from notes
        title, day = dated_name(path)
        yield Document(
            text=text,
            source=self.name,
            native_id=native_id(path),
            title=title,
            created_at=day or modified(path),
        )
