"""Archives of Mastodon and its kin: what one account did, in ActivityPub's `outbox.json`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from costeer_cli.importers.html_text import html_text
from costeer_cli.importers.identity import Identity
from costeer_cli.importers.layout import named, start
from costeer_cli.importers.protocol import Item, Note, Skipped
from costeer_cli.importers.pull import Pull, PullError, pulled, pulling
from costeer_cli.importers.reading import too_little
from costeer_cli.importers.shapes import line, mapping, rows, words
from costeer_cli.importers.source import Source
from costeer_cli.store.document import Document, tidy, utc

_OUTBOX = re.compile(r"outbox(?:[-_.]?\d+)?\.json", re.IGNORECASE)
_ACTOR = re.compile(r"actor\.json", re.IGNORECASE)
_MARKS = ('"OrderedCollection', "activitystreams")
_TEXTS = frozenset({"Note", "Article", "Question", "Page"})
_EVERYBODY = ("https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public")
_MENTIONS = re.compile(r"(?:[.\s]*@[\w.-]+(?:@[\w.-]+)?[\s,:]*)+")
# A link that shows its own address, shortened for the eye; and what a quoted post is marked with.
_NOT_WORDS = (
    '//a[.//span[contains(@class, "invisible")]]',
    '//*[contains(@class, "quote-inline")]',
    "//blockquote",
)


class Mastodon:
    """The account's own posts and replies; boosts and direct messages are left out."""

    name = "mastodon"

    def sniff(self, source: Source) -> bool:
        """An `outbox.json` that is a collection of activities, alone or at an archive's top."""
        return any(all(mark in start(entry) for mark in _MARKS) for entry in named(source, _OUTBOX))

    def read(self, source: Source, me: Identity) -> Iterator[Item]:  # noqa: ARG002
        """Posts in the archive's order."""
        actor = _actor(source)
        for entry in named(source, _OUTBOX):
            for number, activity in enumerate(pulled(entry, _activities), 1):
                if isinstance(activity, Skipped | Note):
                    yield activity
                else:
                    where = f"{entry.where} activity {number}"
                    yield from self._from(activity, where, actor)

    def _from(self, activity: Any, where: str, actor: dict[str, Any]) -> Iterator[Item]:
        kind = line(mapping(activity).get("type"))
        post = mapping(mapping(activity).get("object"))
        if not kind or (kind == "Create" and line(post.get("type")) not in _TEXTS):
            yield Skipped(where, "broken" if not kind else "unknown")
            return
        me, by = words(actor.get("id")), words(post.get("attributedTo"))
        if kind != "Create" or (me and by and me != by):
            yield Skipped(where, "others")
            return
        if _is_direct(activity, post):
            yield Skipped(where, "others")
            yield Note(where, "a direct message, left out")
            return
        text = own_text(_content(post))
        answered = words(post.get("inReplyTo"))
        answers = bool(answered) and not (by and answered.startswith(by))
        handle = line(actor.get("preferredUsername"))
        moment = post.get("published") or activity.get("published")
        yield too_little(text, where) or Document(
            text=text,
            source=self.name,
            native_id=line(post.get("id")) or line(activity.get("id")),
            title=line(post.get("name")) or line(post.get("summary")),
            kind="comment" if answers else "post",
            author=f"@{handle}" if handle else "",
            recipient=_addressed(post) if answers else "",
            created_at=utc(words(moment)) or "",
        )


def own_text(content: str) -> str:
    """The text of a post's HTML without the people it is addressed to and without bare links."""
    text = html_text(content, _NOT_WORDS)
    addressed = _MENTIONS.match(text)
    return tidy(text[addressed.end() :] if addressed else text)


def _content(post: dict[str, Any]) -> str:
    if content := words(post.get("content")):
        return content
    return next((one for one in mapping(post.get("contentMap")).values() if words(one)), "")


def _is_direct(activity: dict[str, Any], post: dict[str, Any]) -> bool:
    """Whether only those who are named in it may read it: neither everybody nor all followers."""
    readers: list[str] = []
    for one in (activity, post):
        for field in ("to", "cc"):
            value = one.get(field)
            readers += map(words, rows(value) or [value])
    return not any(one in _EVERYBODY or one.endswith("/followers") for one in readers)


def _addressed(post: dict[str, Any]) -> str:
    for tag in map(mapping, rows(post.get("tag"))):
        if tag.get("type") == "Mention" and (name := line(tag.get("name"))):
            return name
    return ""


def _actor(source: Source) -> dict[str, Any]:
    for entry in named(source, _ACTOR):
        try:
            with pulling(entry) as pull:
                return mapping(pull.value())
        except PullError:
            return {}
    return {}


def _activities(pull: Pull) -> Iterator[Any]:
    for key in pull.object():
        if key != "orderedItems":
            pull.value()
            continue
        for _ in pull.array():
            yield pull.value()
