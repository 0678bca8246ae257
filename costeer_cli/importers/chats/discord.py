"""Discord data packages: a folder a channel, with `messages.json` or the older `messages.csv`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from costeer_cli.importers.chats.bursts import Message, Said, bursts
from costeer_cli.importers.csv_rows import csv_rows
from costeer_cli.importers.identity import Identity
from costeer_cli.importers.layout import folder, inside, start
from costeer_cli.importers.protocol import Item, Note, Skipped
from costeer_cli.importers.pull import elements
from costeer_cli.importers.reading import read_json
from costeer_cli.importers.shapes import line, mapping, moment, words
from costeer_cli.importers.source import Entry, Source
from costeer_cli.store.document import Document

# What a package calls its folders depends on the person's language.
_MESSAGES = re.compile(r"(?:[^/]+/){0,2}c?\d{15,21}/messages\.(?:json|csv)", re.IGNORECASE)
_JSON = re.compile(r'\[\s*\{\s*"(?:ID|Timestamp)"\s*:')
_CSV = re.compile(r'"?ID"?,"?Timestamp"?,"?Contents"?', re.IGNORECASE)
_DIRECT = re.compile(r"Direct Message with (.+?)(?:#\d{1,4})?")
_EMOJI = re.compile(r"<a?:(\w+):\d+>")
_ID = re.compile(r"<(?:@[!&]?|t:|id:|/[^<>:]+:|#)[^<>\s]*>[ \t]?")
_SPOILER = re.compile(r"\|\|(.+?)\|\|", re.DOTALL)


class Discord:
    """The person's messages, several in a row as one document; a package holds nobody else's."""

    name = "discord"

    def sniff(self, source: Source) -> bool:
        """Folders named by a number with messages in them, at the top; or one such file."""
        if source.single:
            return source.single.base.lower() in ("messages.json", "messages.csv") and _is_messages(
                source.single
            )
        return any(_is_messages(entry) for _, entry in _channels(source))

    def read(self, source: Source, me: Identity) -> Iterator[Item]:  # noqa: ARG002
        """The messages, one channel after another."""
        found = {} if source.single else dict(inside(source))
        titles: dict[str, Any] = {}
        for name, entry in found.items():
            if entry.base.lower() == "index.json" and name.count("/") <= 1:
                titles |= mapping(read_json(entry))
        channels = _channels(source)
        if source.single:
            channels = [(source.single.name, source.single)]
        for name, entry in channels:
            beside = found.get(name.removesuffix(entry.base) + "channel.json")
            channel = mapping(read_json(beside)) if beside else {}
            number = line(channel.get("id")) or folder(entry.name).lower().removeprefix("c")
            title = line(titles.get(number)) or line(channel.get("name"))
            direct = _DIRECT.fullmatch(title)
            about = Document(
                text="",
                source=self.name,
                title=title,
                kind="message",
                recipient=direct[1] if direct else title,
            )
            yield from bursts(_messages(entry), about, to_the_end=True)


def plain(text: str) -> str:
    """A message as it was seen, without mentions, whose names the package does not say."""
    text = _EMOJI.sub(r":\1:", text)
    return _SPOILER.sub(r"\1", _ID.sub("", text))


@dataclass(frozen=True, slots=True)
class _Row:
    number: str
    at: str
    text: str

    @property
    def order(self) -> tuple[str, int, str]:
        """By time, then by number; numbers are longer than a float can hold."""
        return self.at, len(self.number), self.number


def _channels(source: Source) -> list[tuple[str, Entry]]:
    if source.single:
        return []
    # Where only one channel is given, its folder is taken for the one that holds them all.
    return [
        (name, entry)
        for name, entry in inside(source)
        if _MESSAGES.fullmatch(name)
        or (name.count("/") == 0 and _MESSAGES.fullmatch("/".join(entry.name.split("/")[-2:])))
    ]


def _is_messages(entry: Entry) -> bool:
    beginning = start(entry)
    return bool((_CSV if entry.suffix == ".csv" else _JSON).match(beginning))


def _messages(entry: Entry) -> Iterator[Said]:
    """A channel's messages, the oldest first; the package has the newest first."""
    rows: list[_Row] = []
    for one in csv_rows(entry) if entry.suffix == ".csv" else elements(entry):
        if isinstance(one, Skipped | Note):
            yield one
        elif row := _row(mapping(one[1] if isinstance(one, tuple) else one)):
            rows.append(row)
        else:
            yield Skipped(entry.where, "broken")
    for row in sorted(rows, key=lambda row: row.order):
        where = f"{entry.where} message {row.number}"
        yield Message(where, row.number, plain(row.text), moment(row.at))


def _row(fields: dict[str, Any]) -> _Row | None:
    number = line(fields.get("ID"))
    text = words(fields.get("Contents"))
    return _Row(number, line(fields.get("Timestamp")), text) if number else None
