"""Feeds of blogs: RSS and Atom, also as Blogger exports them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import suppress
from email.utils import parseaddr, parsedate_to_datetime
from typing import TYPE_CHECKING

from costeer_cli.importers.fields import Own
from costeer_cli.importers.html_text import html_text
from costeer_cli.importers.identity import Identity
from costeer_cli.importers.layout import start
from costeer_cli.importers.protocol import Item, Note, Skipped
from costeer_cli.importers.reading import too_little
from costeer_cli.importers.source import Source
from costeer_cli.importers.web.xml_stream import XmlStream, children, name_of, text_in
from costeer_cli.store.document import Document, tidy, utc

if TYPE_CHECKING:
    from lxml.etree import _Element

SUFFIXES = frozenset({".xml", ".rss", ".atom", ".rdf", ".feed", ""})
QUOTED = ("//blockquote", "//pre")  # other people's words, and programs
_ROOT = re.compile(
    r"(?:<\?xml[^>]*>|<\?xml-stylesheet[^>]*>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>|\s)*+<",
    re.S,
)
_ROOTS = re.compile(
    r"(?:rss[\s>]|rdf:RDF\s[^>]*purl\.org/rss|feed\s[^>]*(?:2005/Atom|purl\.org/atom))"
)
_CUT_OFF = re.compile(r"(?:\[?(?:…|\.\.\.)\]?|read more\W*)\s*$", re.IGNORECASE)
_KINDS = "schemas.google.com/g/2005#kind"
_LONGEST_AUTHOR = 320


class Feed:
    """The posts in one feed by the person; by whoever it is, where only one person writes it."""

    name = "feed"

    def sniff(self, source: Source) -> bool:
        """A file that begins as RSS or Atom does, and is no export of WordPress."""
        if source.single is None or source.single.suffix not in SUFFIXES:
            return False
        beginning = start(source.single)
        root = _ROOT.match(beginning)
        return bool(
            root
            and _ROOTS.match(beginning, root.end())
            and "wordpress.org/export" not in beginning[root.end() : root.end() + 2000]
        )

    def read(self, source: Source, me: Identity) -> Iterator[Item]:
        """Posts in the feed's order."""
        (entry,) = source.entries
        own = Own(me, "a feed that several people write")
        stream = XmlStream(entry, ("item", "entry"))
        for number, item in enumerate(stream, 1):
            where = f"{entry.where} entry {number}"
            by = _author(item) or _author_of_all(item)
            name, address = parseaddr(by[:_LONGEST_AUTHOR])  # it recurses at each bracket
            author = name if "@" in address and name else by
            known = me.has(author) or me.has(address if "@" in address else by)
            kind = _blogger_kind(item) or "post"
            # Whose a comment is only its author tells; templates and settings are programs.
            mine = known or own(author) if kind in ("post", "page") else known and kind == "comment"
            if not mine:
                yield Skipped(where, "others")
                continue
            yield from self._from(item, where, author, "post" if kind == "page" else kind)
        yield from stream.troubles

    def _from(self, item: _Element, where: str, author: str, kind: str) -> Iterator[Item]:
        text, whole = _body(item)
        if little := too_little(text, where):
            yield little
            return
        if not whole and _CUT_OFF.search(text):
            yield Note(where, "only the beginning of a post is in the feed")
        link = next((one.get("href") or "" for one in children(item, "link")), "")
        yield Document(
            text=text,
            source=self.name,
            native_id=text_in(item, "guid", "id", "link") or link or item.get("about", ""),
            title=tidy(html.unescape(text_in(item, "title"))),
            kind=kind,
            author=author,
            created_at=moment(
                text_in(item, "pubDate", "published", "dc:date", "issued", "updated")
            ),
            tags=tags(item),
        )


def moment(written: str) -> str:
    """A date as feeds write it, in ISO 8601 in UTC; '' for none."""
    if iso := utc(written):
        return iso
    try:
        return utc(parsedate_to_datetime(written)) or ""
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def tags(item: _Element) -> tuple[str, ...]:
    """The categories and tags of a post."""
    found = []
    for one in children(item, "category"):
        if _KINDS not in (one.get("scheme") or ""):
            found.append(" ".join((one.get("term") or one.text or "").split()))
    return tuple(dict.fromkeys(html.unescape(tag) for tag in found if tag))


def _body(item: _Element) -> tuple[str, bool]:
    """The text, and whether it is sure to be all of it."""
    for name in ("content:encoded", "content", "description", "summary"):
        for child in children(item, name):
            kind = (child.get("type") or "html").lower()
            if len(child) and kind in ("xhtml", "application/xhtml+xml", "html", "text/html"):
                text = html_text(_inner(child), QUOTED)
            else:
                said = "".join(child.itertext())
                marked = "<" in said and kind not in ("text", "text/plain")
                text = html_text(said, QUOTED) if marked else tidy(html.unescape(said))
            if text:
                return text, name.startswith("content")
    return "", True


def _inner(element: _Element) -> str:
    from lxml import etree  # noqa: PLC0415

    for one in element.iter(etree.Element):
        with suppress(ValueError):  # what was mended may have a name that nothing can have
            one.tag = name_of(one).rpartition(":")[2]
    return str(etree.tostring(element, encoding="unicode", with_tail=False))


def _author(element: _Element) -> str:
    for one in children(element, "dc:creator", "author", "managingEditor", "other:author"):
        name = text_in(one, "name", "email") or (one.text or "")
        if name := " ".join(html.unescape(name).split()):
            return name
    return ""


def _author_of_all(item: _Element) -> str:
    feed = item.getparent()
    if feed is None:
        return ""
    return _author(feed) or next(filter(None, map(_author, children(feed, "channel"))), "")


def _blogger_kind(item: _Element) -> str:
    """What Blogger says an entry is: post, comment, template, ...; '' in other feeds."""
    if said := text_in(item, "blogger:type"):
        return said.lower()
    for one in children(item, "category"):
        if _KINDS in (one.get("scheme") or ""):
            return (one.get("term") or "").rpartition("#")[2].lower()
    return ""
