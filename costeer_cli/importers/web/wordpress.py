"""What WordPress exports (WXR): posts, pages and comments of a whole blog in one XML file."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from costeer_cli.importers.fields import Own
from costeer_cli.importers.html_text import html_text
from costeer_cli.importers.identity import Identity, comparable
from costeer_cli.importers.layout import start
from costeer_cli.importers.protocol import Item, Skipped
from costeer_cli.importers.reading import too_little
from costeer_cli.importers.source import Source
from costeer_cli.importers.web.feed import QUOTED, moment, tags
from costeer_cli.importers.web.xml_stream import XmlStream, children, text_in
from costeer_cli.store.document import Document, tidy

if TYPE_CHECKING:
    from lxml.etree import _Element

_SPACE = "wordpress.org/export/"
_NOT_WRITTEN = frozenset(
    {"attachment", "revision", "nav_menu_item", "custom_css", "customize_changeset", "oembed_cache"}
)
_GONE = frozenset({"trash", "auto-draft", "spam"})
_ATTRIBUTE = r"""\s+[\w-]+\s*=\s*(?:"[^"\[\]]*"|'[^'\[\]]*'|[^\s\[\]"']+)"""
# A word in brackets may be prose, so a shortcode is a known one or one with attributes.
_SHORTCODE = re.compile(
    r"\[/?(?:caption|gallery|embed|audio|video|playlist|more|contact-form|wp_caption|toc)\s*/?\]"
    rf"|\[[a-z][\w-]*(?:{_ATTRIBUTE})++\s*/?\]|\[/[a-z][\w-]*\]",
    re.IGNORECASE,
)
_QUOTING = re.compile(r"\[(/?)(code|sourcecode|quote|blockquote)\b[^\[\]]*\]", re.IGNORECASE)
_BLOCK = re.compile(r"<!--\s*wp:")
_PARAGRAPH = re.compile(r"\n\n\s*")
_LINE = re.compile(r"\n(?<=[^>\s]\n)(?!\s*<)")


class WordPress:
    """The person's posts, pages, drafts and comments; other authors' and readers' left out."""

    name = "wordpress"

    def sniff(self, source: Source) -> bool:
        """An RSS file with the namespace of WordPress's exports."""
        if source.single is None or source.single.suffix != ".xml":
            return False
        beginning = start(source.single)
        return "<rss" in beginning and _SPACE in beginning

    def read(self, source: Source, me: Identity) -> Iterator[Item]:
        """Posts in the file's order, each before its comments."""
        (entry,) = source.entries
        people = _People(me)
        stream = XmlStream(entry, ("item", "wp:author"))
        number = 0
        for element in stream:
            if children(element, "wp:author_login"):
                people.add(element)
                continue
            number += 1
            where = f"{entry.where} item {number}"
            yield self._post(element, where, people)
            for place, comment in enumerate(children(element, "wp:comment"), 1):
                yield self._comment(comment, element, f"{where} comment {place}", people)
        yield from stream.troubles

    def _post(self, item: _Element, where: str, people: _People) -> Item:
        login = text_in(item, "dc:creator")
        if (
            text_in(item, "wp:post_type") in _NOT_WRITTEN
            or text_in(item, "wp:status") in _GONE
            or not people.are_mine(login)
        ):
            return Skipped(where, "others")
        text = own_text(text_in(item, "content:encoded"))
        return too_little(text, where) or Document(
            text=text,
            source=self.name,
            native_id=_name(item),
            title=tidy(html.unescape(text_in(item, "title"))),
            kind="post",
            author=people.shown(login),
            created_at=_moment(item, "wp:post_date_gmt", "pubDate", "wp:post_date"),
            tags=tags(item),
        )

    def _comment(self, comment: _Element, item: _Element, where: str, people: _People) -> Item:
        author = text_in(comment, "wp:comment_author")
        if (
            text_in(comment, "wp:comment_type") not in ("", "comment")
            or text_in(comment, "wp:comment_approved") in _GONE
            or not people.wrote(author, text_in(comment, "wp:comment_author_email"))
        ):
            return Skipped(where, "others")
        text = own_text(text_in(comment, "wp:comment_content"))
        return too_little(text, where) or Document(
            text=text,
            source=self.name,
            native_id=f"{_name(item)}#comment-{text_in(comment, 'wp:comment_id')}",
            title=tidy(html.unescape(text_in(item, "title"))),
            kind="comment",
            author=author,
            created_at=_moment(comment, "wp:comment_date_gmt", "wp:comment_date"),
        )


def own_text(content: str) -> str:
    """The text of a post, in blocks or as the old editor kept it, without what it quotes."""
    content = _unquoted(re.sub("\r\n?", "\n", content).strip())
    if not _BLOCK.search(content):
        # The old editor's paragraphs are blank lines, and its line ends are meant.
        content = "\n".join(line.rstrip() for line in content.split("\n"))
        content = _LINE.sub("<br>\n", _PARAGRAPH.sub("\n<p>", content))
    return html_text(_SHORTCODE.sub("", content), QUOTED)


def _unquoted(content: str) -> str:
    """Without what stands between the shortcodes of quotations and of programs."""
    marks = list(_QUOTING.finditer(content))
    ends = {mark[2].lower(): mark.start() for mark in marks if mark[1]}
    kept, at, inside = [], 0, ""
    for mark in marks:
        kind = mark[2].lower()
        if not inside and not mark[1] and mark.start() < ends.get(kind, 0):
            kept.append(content[at : mark.start()])
            inside = kind
        elif inside == kind and mark[1]:
            at, inside = mark.end(), ""
    return "".join([*kept, content[at:]])


@dataclass(slots=True)
class _Author:
    login: str
    mail: str
    shown: str


@dataclass(slots=True)
class _People:
    """Who writes the blog, and who of them the person is."""

    me: Identity
    authors: dict[str, _Author] = field(default_factory=dict)
    own: Own = field(init=False)

    def __post_init__(self) -> None:
        self.own = Own(self.me, "a blog that several people write")

    def add(self, author: _Element) -> None:
        """Take down one of the blog's authors."""
        login = text_in(author, "wp:author_login")
        mail = text_in(author, "wp:author_email")
        self.authors[login] = _Author(login, mail, text_in(author, "wp:author_display_name"))

    def are_mine(self, login: str) -> bool:
        """Whether a post by `login` is the person's."""
        one = self.authors.get(login)
        names = (one.mail, one.shown, login) if one else (login,)
        return any(map(self.me.has, names)) or self.own(login)

    def wrote(self, author: str, mail: str) -> bool:
        """Whether a comment by such a name and address is the person's.

        Of somebody who said nothing about themselves those are that the only author wrote.
        """
        if self.me.values:
            mine = [one for one in self.authors.values() if self.are_mine(one.login)]
        else:
            mine = list(self.authors.values()) if len(self.authors) == 1 else []
        if self.me.has(mail) or (
            mail and any(comparable(one.mail) == comparable(mail) for one in mine)
        ):
            return True
        return not mail and self.me.has(author)

    def shown(self, login: str) -> str:
        """The name that readers see for a login."""
        one = self.authors.get(login)
        return (one.shown if one else "") or login


def _name(item: _Element) -> str:
    number = text_in(item, "wp:post_id")
    return text_in(item, "guid") or f"{text_in(item, 'link')}#{number}"


def _moment(element: _Element, *names: str) -> str:
    return next(filter(None, (moment(text_in(element, name)) for name in names)), "")
