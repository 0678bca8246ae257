"""Word documents: one file, one document."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from costeer_cli.importers.identity import Identity
from costeer_cli.importers.names import dated_name
from costeer_cli.importers.protocol import Item, Note, Skipped
from costeer_cli.importers.reading import LARGEST, read_bytes, too_little
from costeer_cli.importers.source import Source
from costeer_cli.store.document import Document, tidy, utc

if TYPE_CHECKING:
    from lxml.etree import _Element

_ZIP = b"PK\x03\x04"
_MOST_UNPACKED = 8 * LARGEST  # bytes; pictures too
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# Deleted text, comments' anchors, field codes, and the same again for older programs.
_UNSEEN = frozenset(
    [*(_W + name for name in ("del", "moveFrom", "instrText", "delInstrText")), _MC + "Fallback"]
)
_SIGNS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": " "}
_QUOTES = ("quote", "intense quote")  # styles; Word keeps their English names in every language
_ITEMS = ("list bullet", "list number")
_CONTENTS = re.compile(r"(?:toc|table of figures|index)\b")
# What programs and offices put where a person's name should be.
_NOBODY = re.compile(
    r"\b(?:python-docx|user|admin|administrator|author|unknown|microsoft|office|windows|google|apple"
    r"|libreoffice|company|gmbh|inc|ltd|llc|university|pc|laptop|owner|template)\b",
    re.IGNORECASE,
)
_FULL_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){1,3}")


class Docx:
    """`.docx` files: the body's text, without comments and without what others changed in it."""

    name = "docx"

    def sniff(self, source: Source) -> bool:
        """A file whose name ends in .docx and that begins as they do."""
        entry = source.single
        return entry is not None and entry.suffix == ".docx" and entry.head(4) == _ZIP

    def read(self, source: Source, me: Identity) -> Iterator[Item]:
        """The body as one document, if it is not plainly somebody else's."""
        (entry,) = source.entries
        raw = read_bytes(entry)
        if isinstance(raw, Skipped):
            yield raw
            return
        if trap := _trap(raw):
            yield Skipped(entry.where, "large" if trap == "large" else "broken")
            return
        opened = _opened(raw)
        if opened is None:
            yield Skipped(entry.where, "broken")
            return
        if _is_anothers(opened, me):
            yield Skipped(entry.where, "others")
            return
        body = _Body(opened, me)
        title, text = body.read()
        if little := too_little(text, entry.where):
            yield little
            return
        if body.left_out:
            yield Note(entry.where, "what others inserted is left out")
        name, day = dated_name(entry.name)
        yield Document(
            text=text,
            source=self.name,
            native_id=entry.native_id,
            title=title or opened.title or name,
            kind="document",
            author=opened.author,
            created_at=day or opened.written or entry.modified,
        )


@dataclass(frozen=True, slots=True)
class _Opened:
    """What is in a package: its body, its styles' names by their ids, and who made it when."""

    body: _Element
    styles: dict[str, str]
    author: str
    changed_by: str
    title: str
    written: str


class _Body:
    """The text of a document's body.

    Attributes:
        left_out: how many insertions of others were met.
    """

    def __init__(self, opened: _Opened, me: Identity) -> None:
        self.left_out = 0
        self._opened = opened
        self._me = me

    def read(self) -> tuple[str, str]:
        """The title ('' where no paragraph is one) and the text below it."""
        title = ""
        parts: list[str] = []
        before = ""
        for style, text in self._paragraphs(self._opened.body):
            if style == "title" and not title and not parts:
                title = " ".join(text.split())
                continue
            if parts:
                parts.append("\n" if style == before and style in ("list", "row") else "\n\n")
            parts.append(text)
            before = style
        return title, tidy("".join(parts))

    def _paragraphs(self, parent: _Element) -> Iterator[tuple[str, str]]:
        """The style and text of each paragraph and of each row of a table, in order."""
        for child in parent.iterchildren():
            if child.tag == _W + "p":
                yield from self._paragraph(child)
            elif child.tag == _W + "tbl":
                yield from self._table(child)
            elif child.tag not in _UNSEEN and not self._is_inserted(child):
                yield from self._paragraphs(child)

    def _paragraph(self, element: _Element) -> Iterator[tuple[str, str]]:
        style = ""
        for one in element.iterfind(f"{_W}pPr/{_W}pStyle"):
            style = self._opened.styles.get(one.get(_W + "val") or "", "")
        if style in _QUOTES or _CONTENTS.match(style):
            return
        boxes: list[_Element] = []
        text = "".join(self._said(element, boxes)).strip()
        if text:
            numbered = element.find(f"{_W}pPr/{_W}numPr") is not None
            if style.startswith(_ITEMS) or (numbered and not style.startswith("heading")):
                yield "list", f"- {text}"
            else:
                yield style, text
        for box in boxes:
            yield from self._paragraphs(box)

    def _said(self, parent: _Element, boxes: list[_Element]) -> Iterator[str]:
        for child in parent.iterchildren():
            if not isinstance(child.tag, str) or child.tag in _UNSEEN or self._is_inserted(child):
                continue
            name = child.tag.removeprefix(_W)
            if name == "t":
                yield child.text or ""
            elif name == "txbxContent":
                boxes.append(child)
            elif name in _SIGNS:
                yield _SIGNS[name]
            elif name != "pPr" and child.find(f"{_W}rPr/{_W}vanish") is None:
                yield from self._said(child, boxes)

    def _table(self, table: _Element) -> Iterator[tuple[str, str]]:
        for row in table.iterchildren(_W + "tr"):
            cells = [
                "\n".join(text for _, text in self._paragraphs(cell))
                for cell in row.iterchildren(_W + "tc")
            ]
            cells = [cell for cell in cells if cell]
            # A table with paragraphs in its cells is there for the layout.
            apart = any("\n" in cell for cell in cells) or len(cells) == 1
            if cells:
                yield ("", "\n\n".join(cells)) if apart else ("row", " | ".join(cells))

    def _is_inserted(self, element: _Element) -> bool:
        """Whether it is a tracked insertion by another than the person."""
        if element.tag != _W + "ins":
            return False
        by = " ".join((element.get(_W + "author") or "").split())
        theirs = bool(by) and not (
            self._me.has(by) if self._me.values else by == self._opened.author
        )
        self.left_out += theirs and any(True for _ in element.iter(_W + "t"))
        return theirs


def _trap(raw: bytes) -> str:
    """Why the package must not be opened: "large" or "broken"; '' where it may."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            infos = package.infolist()
            if sum(info.file_size for info in infos) > _MOST_UNPACKED:
                return "large"
            for info in infos:
                if info.filename.lower().endswith((".xml", ".rels")):
                    with package.open(info) as part:
                        if b"<!DOCTYPE" in part.read(2048):  # no such document has one
                            return "broken"
    except (OSError, zipfile.BadZipFile, RuntimeError, ValueError, EOFError, zlib.error):
        return "broken"
    return ""


def _opened(raw: bytes) -> _Opened | None:
    import docx  # noqa: PLC0415

    try:
        word = docx.Document(io.BytesIO(raw))
        about = word.core_properties
        author = _line(about.author)
        # What python-docx makes up where there is nothing, or takes from its own template.
        made_up = "python-docx" in (author, about.last_modified_by)
        return _Opened(
            body=word.element.body,
            styles={style.style_id: str(style.name or "").lower() for style in word.styles},
            author="" if made_up else author,
            changed_by=_line(about.last_modified_by),
            title="" if made_up else _line(about.title),
            written="" if made_up else utc(about.created) or utc(about.modified) or "",
        )
    except Exception:  # whatever is wrong in a package shows in a way of its own
        return None


def _line(value: object) -> str:
    return " ".join(tidy(str(value or "")).split())


def _is_anothers(opened: _Opened, me: Identity) -> bool:
    """Whether it names a full name as its author, and the person as none who had a hand in it."""
    author = opened.author
    if not author or not me.values or me.has(author) or me.has(opened.changed_by):
        return False
    return bool(_FULL_NAME.fullmatch(author)) and not _NOBODY.search(author)
