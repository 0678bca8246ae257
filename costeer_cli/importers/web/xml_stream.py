"""XML of any size, element by element, that can neither reach out nor unfold."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import IO, TYPE_CHECKING

from costeer_cli.errors import BadInputError
from costeer_cli.importers.decoding import Decoder
from costeer_cli.importers.protocol import Note, Skipped
from costeer_cli.importers.reading import note_old_encoding
from costeer_cli.importers.source import Entry

if TYPE_CHECKING:
    from lxml.etree import _Element, iterparse

# What a name begins with, by what is in the address of its namespace; '' for feeds' own names.
_SPACES = (
    ("/excerpt/", "excerpt:"),
    ("wordpress.org/export", "wp:"),
    ("/rss/1.0/modules/content", "content:"),
    ("purl.org/dc/", "dc:"),
    ("w3.org/2005/Atom", ""),
    ("purl.org/rss/1.0/", ""),
    ("purl.org/atom/", ""),
    ("schemas.google.com/blogger", "blogger:"),
    ("2007/app", "app:"),
)
_DECLARED = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)
_UTF8 = ("", "utf-8", "utf8", "us-ascii", "ascii")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_BREAKS = ("ERR_UNDECLARED_ENTITY", "WAR_UNDECLARED_ENTITY", "NS_ERR_UNDEFINED_NAMESPACE")


class XmlStream:
    """Iterates over the elements of some names in a file; one is in memory at a time.

    What is not well formed is read as far as it goes.

    Args:
        entry: the file.
        names: as `name_of` gives them.
    """

    def __init__(self, entry: Entry, names: Collection[str]) -> None:
        self._entry = entry
        self._names = names
        self._troubles: list[Skipped | Note] = []

    def __iter__(self) -> Iterator[_Element]:
        """Each element, whole, at its end; what is above it is only there as far as it was read.

        Raises:
            BadInputError: the file defines entities.
        """
        from lxml import etree  # noqa: PLC0415

        try:
            with self._entry.open() as raw:
                clean = _Clean(raw)
                parser = etree.iterparse(
                    clean,
                    events=("start", "end"),
                    resolve_entities=False,
                    load_dtd=False,
                    no_network=True,
                    huge_tree=False,
                    remove_comments=True,
                    remove_pis=True,
                    recover=True,
                )
                yield from self._wanted(parser)
        except etree.LxmlError:
            self._troubles.append(Skipped(self._entry.where, "broken"))
            return
        except OSError:
            self._troubles.append(Skipped(self._entry.where, "unreadable"))
            return
        if clean.decoder and clean.decoder.old:
            self._troubles.append(note_old_encoding(self._entry.where))
        if any(error.type_name not in _BREAKS for error in parser.error_log):
            self._troubles.append(Skipped(self._entry.where, "broken"))

    @property
    def troubles(self) -> list[Skipped | Note]:
        """What was wrong with the file, once it has been gone through."""
        return self._troubles

    def _wanted(self, parser: iterparse) -> Iterator[_Element]:
        done = first = None
        for event, element in parser:
            if first is None:
                first = element
                dtd = element.getroottree().docinfo.internalDTD
                if dtd is not None and any(True for _ in dtd.iterentities()):
                    raise BadInputError(
                        f"{self._entry.where} defines entities, as traps do; not read.",
                        hint="Export it again, or remove the entities.",
                    )
            if event != "end" or name_of(element) not in self._names:
                continue
            yield element
            # Only now, as the parser may still hold on to the one it came from last.
            if done is not None and (parent := done.getparent()) is not None:
                parent.remove(done)
            element.clear(keep_tail=False)
            done = element


class _Clean(io.RawIOBase):
    """The bytes without what XML forbids; UTF-8 also where some of it is Windows-1252."""

    def __init__(self, file: IO[bytes]) -> None:
        self.decoder: Decoder | None = None
        self._file = file
        self._begun = False

    def read(self, size: int = -1) -> bytes:
        """The next bytes; empty at the end only."""
        raw = self._file.read(size if size > 0 else 1 << 16)
        if not self._begun:
            self._begun = True
            declared = _DECLARED.search(raw[:200])
            other = declared and declared[1].decode("ascii").lower() not in _UTF8
            if not other and raw[:2] not in (b"\xff\xfe", b"\xfe\xff"):
                self.decoder = Decoder()
        if self.decoder is None:
            return raw
        while True:
            clean = _CONTROL.sub("", self.decoder.decode(raw)).encode("utf-8", "replace")
            if clean or not raw:  # nothing would mean the end
                return clean
            raw = self._file.read(1 << 16)


def name_of(element: _Element) -> str:
    """An element's name, with `wp:`, `dc:`, `content:`, ... where it is of such a namespace."""
    tag = element.tag
    return _named(tag) if isinstance(tag, str) else ""  # an entity


@lru_cache(maxsize=1024)
def _named(tag: str) -> str:
    space, _, name = tag.rpartition("}")
    if not space:
        return name
    return next((mark for part, mark in _SPACES if part in space), "other:") + name


def children(element: _Element, *names: str) -> list[_Element]:
    """The children of these names."""
    return [child for child in element if name_of(child) in names]


def text_in(element: _Element, *names: str) -> str:
    """The text of the first child of these names that has some, by the order of the names."""
    for name in names:
        for child in children(element, name):
            if text := "".join(child.itertext()).strip():
                return text
    return ""
