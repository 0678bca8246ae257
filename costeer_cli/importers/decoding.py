"""Bytes as text, where a whole file is too much to decide its encoding by."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from costeer_cli.importers.lines import lines
from costeer_cli.importers.source import Entry

_ESCAPED = re.compile("[\udc80-\udcff]")
_OLD = {0xDC00 + byte: bytes([byte]).decode("cp1252", "ignore") for byte in range(0x80, 0x100)}


class Decoder:
    """Decodes what streams by; bytes that are not UTF-8 are read as Windows-1252.

    Attributes:
        old: whether there were such bytes.
    """

    def __init__(self) -> None:
        self.old = False
        self._utf8 = codecs.getincrementaldecoder("utf-8-sig")("surrogateescape")

    def decode(self, raw: bytes) -> str:
        """What is complete with `raw`, which is empty at the end only."""
        text = self._utf8.decode(raw, final=not raw)
        if _ESCAPED.search(text):
            self.old = True
            text = text.translate(_OLD)
        return text


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
