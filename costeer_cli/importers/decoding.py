"""Lines of bytes as text, where a whole file is too much to decide its encoding by."""

from __future__ import annotations

from collections.abc import Iterator

from costeer_cli.importers.lines import lines
from costeer_cli.importers.source import Entry


class Decoded:
    """Iterates over a file's lines as numbers, from 1, and text; None for a line too long to read.

    Attributes:
        old: whether some line was not UTF-8 and had to be read as Windows-1252.
    """

    def __init__(self, entry: Entry) -> None:
        self.old = False
        self._entry = entry

    def __iter__(self) -> Iterator[tuple[int, str | None]]:
        """OSError where the file cannot be read, or no further."""
        for number, raw in lines(self._entry):
            text = None if raw is None else self._text(raw)
            yield number, text.removeprefix("\ufeff") if text and number == 1 else text

    def _text(self, raw: bytes) -> str:
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            self.old = True
            return raw.decode("cp1252", "replace").replace("\ufffd", "")
