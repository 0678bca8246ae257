"""Archives of X, once Twitter: tweets and notes in JavaScript files, one array a file."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

from costeer_cli.importers.identity import Identity
from costeer_cli.importers.layout import HEAD, named, start
from costeer_cli.importers.protocol import Item, Note, Skipped
from costeer_cli.importers.pull import elements
from costeer_cli.importers.reading import too_little
from costeer_cli.importers.shapes import line, mapping, words
from costeer_cli.importers.source import Entry, Source
from costeer_cli.store.document import Document, tidy, utc

_TWEETS = re.compile(r"(?:data/)?tweets?(?:-part\d+)?\.js", re.IGNORECASE)
_NOTES = re.compile(r"(?:data/)?note-tweets?(?:-part\d+)?\.js", re.IGNORECASE)
_ACCOUNT = re.compile(r"(?:data/)?account\.js", re.IGNORECASE)
_PRIVATE = re.compile(r"(?:data/)?direct-messages(?:-group)?(?:-part\d+)?\.js", re.IGNORECASE)
_ASSIGNED = re.compile(r"window\.YTD\.(\w+)\.part\d+\s*=\s*(?=\[)")
_SHORT_LINK = re.compile(r"\s*https?://t\.co/\w+")
_MENTIONS = re.compile(r"(?:[.\s]*@\w{1,15}\b[\s,:]*)+")
_REPOSTED = re.compile(r"RT @\w")
_CUT = 100  # characters; a tweet that is shorter is no beginning of a long note


class XArchive:
    """The person's posts and replies; what they passed on is left out, and direct messages."""

    name = "x"

    def sniff(self, source: Source) -> bool:
        """A `tweets.js` that assigns an array, alone or in the archive's folder."""
        return any(_begins(entry)[0] in ("tweet", "tweets") for entry in named(source, _TWEETS))

    def read(self, source: Source, me: Identity) -> Iterator[Item]:  # noqa: ARG002
        """Posts, the oldest file first; a long post whole, as its note has it."""
        author = ""
        for entry in named(source, _ACCOUNT):
            for account in _rows(entry):
                if not isinstance(account, Skipped | Note):
                    handle = line(mapping(account.get("account")).get("username"))
                    author = f"@{handle}" if handle else author
        long = _Long()
        for entry in named(source, _NOTES):
            for row in _rows(entry):
                if isinstance(row, Skipped | Note):
                    yield row
                else:
                    yield from long.add(mapping(row.get("noteTweet") or row), entry)
        for entry in named(source, _TWEETS):
            for number, row in enumerate(_rows(entry), 1):
                if isinstance(row, Skipped | Note):
                    yield row
                    continue
                where = f"{entry.where} post {number}"
                yield self._post(mapping(row.get("tweet") or row), where, author, long)
        for where, name, text, moment in long.left():
            yield too_little(text, where) or Document(
                text=text,
                source=self.name,
                native_id=name,
                kind="post",
                author=author,
                created_at=moment,
            )
        for entry in named(source, _PRIVATE):
            yield Skipped(entry.where, "others")
            yield Note(entry.where, "direct messages, left out")

    def _post(self, tweet: dict[str, Any], where: str, author: str, long: _Long) -> Item:
        raw = tweet.get("full_text") or tweet.get("text")
        number = line(tweet.get("id_str")) or line(tweet.get("id"))
        if not isinstance(raw, str) or not number:
            return Skipped(where, "broken")
        if _REPOSTED.match(raw) or tweet.get("retweeted_status"):
            return Skipped(where, "others")
        text = long.whole(number, html.unescape(raw))
        to = line(tweet.get("in_reply_to_screen_name"))
        answers = to and f"@{to}".casefold() != author.casefold()
        text = own_text(text)
        return too_little(text, where) or Document(
            text=text,
            source=self.name,
            native_id=number,
            kind="comment" if answers else "post",
            author=author,
            recipient=f"@{to}" if answers else "",
            created_at=_moment(tweet.get("created_at")),
        )


def own_text(text: str) -> str:
    """A post without the people it is addressed to and without shortened links."""
    text = _SHORT_LINK.sub("", text)
    addressed = _MENTIONS.match(text)
    return tidy(text[addressed.end() :] if addressed else text)


class _Long:
    """The notes, which hold whole what the tweets have the beginning of."""

    def __init__(self) -> None:
        self._notes: dict[str, tuple[str, str, str]] = {}
        self._by_tweet: dict[str, str] = {}
        self._by_start: dict[str, list[str]] = {}

    def add(self, note: dict[str, Any], entry: Entry) -> Iterator[Skipped]:
        """Keep a note; yields what is wrong with it."""
        inner = mapping(note.get("core")) or mapping(note.get("noteTweetResults")) or note
        text = html.unescape(words(inner.get("text")))
        number = line(note.get("noteTweetId")) or line(note.get("tweetId"))
        where = f"{entry.where} note {number}"
        if not number or not text.strip():
            yield Skipped(entry.where, "empty" if number else "broken")
            return
        moment = utc(note.get("createdAt")) or _moment(note.get("createdAt"))
        self._notes[number] = (where, text, moment)
        self._by_tweet[line(note.get("tweetId"))] = number
        self._by_start.setdefault(_beginning(text)[:_CUT], []).append(number)

    def whole(self, number: str, text: str) -> str:
        """The text of the note that the tweet `number` is of or begins; else `text` itself."""
        begins = _beginning(text)
        found = [self._by_tweet[number]] if number in self._by_tweet else []
        if len(begins) >= _CUT:
            found += self._by_start.get(begins[:_CUT], [])
        for note in found:
            if note in self._notes and _beginning(self._notes[note][1]).startswith(begins):
                return self._notes.pop(note)[1]
        return text

    def left(self) -> Iterator[tuple[str, str, str, str]]:
        """Place, id, text and date of each note that no tweet began."""
        for number, (where, text, moment) in self._notes.items():
            yield where, number, own_text(text), moment


def _beginning(text: str) -> str:
    return " ".join(_SHORT_LINK.sub("", text).split()).rstrip("….").rstrip()


def _begins(entry: Entry) -> tuple[str, int]:
    """What a file assigns to ('' where it does not), and at which byte its array begins."""
    text = start(entry)
    match = _ASSIGNED.match(text)
    return (match[1].lower(), entry.head(HEAD).index(b"[")) if match else ("", 0)


def _rows(entry: Entry) -> Iterator[dict[str, Any] | Skipped | Note]:
    kind, at = _begins(entry)
    if not kind:
        yield Skipped(entry.where, "broken")
        return
    for row in elements(entry, at):
        known = isinstance(row, dict | Skipped | Note)
        yield row if known else Skipped(entry.where, "broken")


def _moment(value: object) -> str:
    """`Sat Feb 18 12:33:11 +0000 2023` in ISO 8601; '' for what is no such date."""
    with suppress(ValueError, OverflowError):
        return utc(datetime.strptime(words(value), "%a %b %d %H:%M:%S %z %Y")) or ""
    return ""
