"""Saved pages of the web: one file, one document, of which only the main text is taken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from costeer_cli.importers.html_text import html_text, html_tree, leave_out
from costeer_cli.importers.identity import Identity
from costeer_cli.importers.layout import start
from costeer_cli.importers.lines import is_utf16
from costeer_cli.importers.names import dated_name
from costeer_cli.importers.protocol import Item, Note, Skipped
from costeer_cli.importers.reading import (
    NotTextError,
    decode,
    note_old_encoding,
    read_bytes,
    too_little,
)
from costeer_cli.importers.source import Entry, Source
from costeer_cli.importers.web.feed import QUOTED
from costeer_cli.store.document import Document, tidy, utc

if TYPE_CHECKING:
    from lxml.etree import _Element

SUFFIXES = frozenset({".html", ".htm", ".xhtml"})
# What browsers save beside a page: frames with advertisements in them.
_BESIDE = re.compile(r"(?:_files|-Dateien|_fichiers|_archivos|_file|_arquivos)/[^/]*$")
_DECLARED = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_CHARSETS = re.compile(
    r"windows-125\d|iso-8859-\d+|koi8-[ru]|shift_jis|euc-jp|euc-kr|gb2312|gbk|gb18030|big5|macintosh",
    re.IGNORECASE,
)
_BOOKMARKS = re.compile(r"<!doctype\s+netscape-bookmark", re.IGNORECASE)
# Classes that only exports of chats and of activities have.
_EXPORTED = " | ".join(
    f'//*[contains(concat(" ", @class, " "), " {mark}")][1]'
    for mark in ("chat_page ", "chatlog", "outer-cell ", "_a6-g ", "_3-95 ")
)
# Elements that say how words look. Where they lie across blocks, a parser of HTML 5 repeats them
# in every block, and a tree of any size may come of it.
_LOOKS = frozenset({"abbr", "b", "big", "cite", "code", "em", "font", "i", "mark", "nobr", "s"}) | {
    *("small", "span", "strike", "strong", "tt", "u")
}
_ENDS = (" – ", " — ", " | ", " - ", " · ", " :: ")  # between a page's title and its site's


class HtmlPage:
    """`.html` files; menus, margins, readers' comments, quotations and code left out."""

    name = "html"

    def sniff(self, source: Source) -> bool:
        """A file whose name ends in .html, .htm or .xhtml and that begins with a tag."""
        entry = source.single
        return (
            entry is not None
            and entry.suffix in SUFFIXES
            and not _BESIDE.search(entry.name)
            and _beginning(entry).startswith("<")
        )

    def read(self, source: Source, me: Identity) -> Iterator[Item]:
        """The page's main text as one document, if the page names no other author."""
        (entry,) = source.entries
        read = _decoded(entry)
        if isinstance(read, Skipped):
            yield read
            return
        html, notes = read
        page = html_tree(html)
        if _BOOKMARKS.match(html.lstrip()) or (page is not None and page.xpath(_EXPORTED)):
            yield Skipped(entry.where, "others")
            yield Note(entry.where, "an export as HTML, left out: export it in another format")
            return
        about = _About(page)
        if about.author and me.values and not me.has(about.author):
            yield Skipped(entry.where, "others")
            return
        title, text = about.below_heading(html_text(html) if page is None else main_text(page))
        if little := too_little(text, entry.where):
            yield little
            return
        yield from notes
        name, day = dated_name(entry.name)
        yield Document(
            text=text,
            source=self.name,
            native_id=entry.native_id,
            title=title or name,
            kind="post",
            author=about.author,
            created_at=about.published or day or entry.modified,
        )


def main_text(page: _Element) -> str:
    """The main text of a page's tree, which is changed on the way."""
    from lxml import etree  # noqa: PLC0415
    from resiliparse.extract.html2text import extract_plain_text  # noqa: PLC0415

    for path in QUOTED:
        leave_out(page, path)
    etree.strip_tags(page, *_LOOKS)
    html = etree.tostring(page, encoding="unicode", method="html")
    main = extract_plain_text(
        html,
        preserve_formatting="minimal_html",
        main_content=True,
        alt_texts=False,
        comments=False,
    )
    return html_text(main)


class _About:
    """What a page says of itself.

    Attributes:
        author: '' where it names none.
        published: ISO 8601 in UTC, or ''.
    """

    def __init__(self, page: _Element | None) -> None:
        self._page = page
        self._said: dict[str, str] = {}
        for meta in [] if page is None else page.xpath("//meta[@content]"):
            name = meta.get("name") or meta.get("property") or meta.get("itemprop") or ""
            said = " ".join(tidy(meta.get("content")).split())
            self._said.setdefault(name.lower(), said)
        self.author = self._meta("author", "article:author", "dc.creator", "parsely-author")
        if self.author.startswith(("http:", "https:")):
            self.author = ""
        published = self._meta("article:published_time", "date", "dc.date", "datepublished")
        self.published = utc(published) or utc(self._first("//time/@datetime")) or ""
        self._heading = self._first("//h1")
        self._title = self._meta("og:title") or self._first("/html/head/title | //title[1]")

    def below_heading(self, text: str) -> tuple[str, str]:
        """The title, and `text` without it where it begins with it."""
        first, _, rest = text.partition("\n")
        if self._heading and first == self._heading:
            return first, tidy(rest)
        title = self._title
        for end in _ENDS:
            title = title.partition(end)[0] if title.partition(end)[0] else title
        return title if any(map(str.isalnum, title)) else self._heading, text

    def _meta(self, *names: str) -> str:
        return next(filter(None, (self._said.get(name, "") for name in names)), "")

    def _first(self, path: str) -> str:
        if self._page is None:
            return ""
        for one in self._page.xpath(path):
            said = one if isinstance(one, str) else "".join(one.itertext())
            if said := " ".join(tidy(said).split()):
                return said
        return ""


def _beginning(entry: Entry) -> str:
    head = entry.head()
    return head.decode("utf-16", "ignore").lstrip() if is_utf16(head) else start(entry)


def _decoded(entry: Entry) -> tuple[str, list[Note]] | Skipped:
    """The page as text; where it is not UTF-8, in the encoding it says it is in."""
    raw = read_bytes(entry)
    if isinstance(raw, Skipped):
        return raw
    if is_utf16(raw):
        return raw.decode("utf-16", "replace"), []
    declared = _DECLARED.search(raw[:4096])
    charset = declared[1].decode("ascii", "replace") if declared else ""
    try:
        text, old = decode(raw)
    except NotTextError as error:
        if error.reason == "undecodable" and _CHARSETS.fullmatch(charset):
            return raw.decode(charset, "replace"), []
        return Skipped(entry.where, error.reason)
    if old and _CHARSETS.fullmatch(charset):
        return raw.decode(charset, "replace"), []
    return text, [note_old_encoding(entry.where)] if old else []
