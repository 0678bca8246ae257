"""The data Reddit gives on request: flat tables, of which comments and posts are the person's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from costeer_cli.importers.csv_rows import csv_rows
from costeer_cli.importers.identity import Identity
from costeer_cli.importers.layout import inside, start
from costeer_cli.importers.markdown import own_prose
from costeer_cli.importers.protocol import Item, Note, Skipped
from costeer_cli.importers.reading import too_little
from costeer_cli.importers.shapes import line, words
from costeer_cli.importers.source import Entry, Source
from costeer_cli.store.document import Document, tidy, utc

_TABLES = {"comments.csv": "t1", "posts.csv": "t3"}  # and how Reddit's ids of their rows begin
_PRIVATE = re.compile(r"(?:messages.*|chat_history.*)\.csv", re.IGNORECASE)
_COLUMNS = frozenset({"id", "permalink", "subreddit", "body"})  # YouTube's comments.csv has others
_ELSEWHERE = re.compile(r"https?://(?!(?:\w+\.)?redd(?:it\.com|\.it)/)", re.IGNORECASE)
_ENTITIES = {"&gt;": ">", "&lt;": "<", "&amp;": "&"}


class Reddit:
    """The person's comments and posts; of the table only what is named here is looked at."""

    name = "reddit"

    def sniff(self, source: Source) -> bool:
        """A `comments.csv` or `posts.csv` with Reddit's columns, alone or at the top."""
        return any(_is_reddit(entry) for _, entry in _tables(source))

    def read(self, source: Source, me: Identity) -> Iterator[Item]:  # noqa: ARG002
        """Comments, then posts, in the tables' order."""
        for prefix, entry in _tables(source):
            if not _is_reddit(entry):
                yield Skipped(entry.where, "unknown")
                continue
            for row in csv_rows(entry):
                yield self._from(*row, prefix) if isinstance(row, tuple) else row
        for name, entry in [] if source.single else inside(source):
            if _PRIVATE.fullmatch(name):
                yield Skipped(entry.where, "others")
                yield Note(entry.where, "private messages, left out")

    def _from(self, where: str, fields: Mapping[str, object], prefix: str) -> Item:
        number, body = line(fields.get("id")), words(fields.get("body")).strip()
        if not number:
            return Skipped(where, "broken")
        title = line(fields.get("title"))
        if body in ("[deleted]", "[removed]"):
            return Skipped(where, "empty")
        # The title of a link elsewhere is most often a headline of somebody else's.
        if not body and not _ELSEWHERE.match(words(fields.get("url"))):
            body = title
        text = own_text(body)
        group = line(fields.get("subreddit")).removeprefix("r/")
        moment = words(fields.get("date")).strip().removesuffix(" UTC")
        return too_little(text, where) or Document(
            text=text,
            source=self.name,
            native_id=number if number.startswith(f"{prefix}_") else f"{prefix}_{number}",
            title=title,
            kind="comment" if prefix == "t1" else "post",
            recipient=f"r/{group}" if group else "",
            created_at=utc(moment) or "",
        )


def own_text(body: str) -> str:
    """A comment in Markdown without what it quotes and without code."""
    for entity, sign in _ENTITIES.items():
        body = body.replace(entity, sign)
    heading, text = own_prose(tidy(body))
    return f"{heading}\n\n{text}".strip()


def _tables(source: Source) -> list[tuple[str, Entry]]:
    found = [(source.single.base, source.single)] if source.single else inside(source)
    tables = {name.lower(): entry for name, entry in found}
    return [(prefix, tables[name]) for name, prefix in _TABLES.items() if name in tables]


def _is_reddit(entry: Entry) -> bool:
    head = start(entry).split("\n", 1)[0]
    return {name.strip('" \r').lower() for name in head.split(",")} >= _COLUMNS
