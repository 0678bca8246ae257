"""Telegram exports as JSON: one chat, or everything; `result.json` alone, in a folder or a zip."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from costeer_cli.errors import BadInputError
from costeer_cli.importers.chats.bursts import Message, Said, Turn, bursts
from costeer_cli.importers.identity import Identity
from costeer_cli.importers.layout import alone, inside, named, start
from costeer_cli.importers.protocol import Item, Skipped
from costeer_cli.importers.pull import Pull, pulled
from costeer_cli.importers.shapes import line, mapping, moment, rows, words
from costeer_cli.importers.source import Entry, Source
from costeer_cli.store.document import Document

_CHAT = re.compile(
    r'"type"\s*:\s*"(?:saved_messages|(?:personal|bot)_chat|verify_codes|replies'
    r'|(?:private|public)_(?:group|supergroup|channel))"'
)
_PAGES = re.compile(r"(?:messages\d*|export_results)\.html")
_HTML = "<title>Exported Data</title>"
_NOT_TYPED = ("pre", "blockquote", "expandable_blockquote")
_NAMELESS = {"saved_messages": "Saved Messages"}


class Telegram:
    """The person's messages, several in a row as one document.

    An export of everything says whose it is; for a single chat costeer must know who the person
    is. Forwarded messages, quotations and what was sent by way of a bot are left out.
    """

    name = "telegram"

    def sniff(self, source: Source) -> bool:
        """A `result.json` of Telegram's, or its HTML, which `read` refuses."""
        return any(_is_telegram(entry) for entry in _files(source)) or bool(_pages(source))

    def read(self, source: Source, me: Identity) -> Iterator[Item]:
        """The messages, one chat after another.

        Raises:
            BadInputError: it is an HTML export, or nothing is known of the person.
        """
        entries = [entry for entry in _files(source) if _is_telegram(entry)]
        if not entries:
            raise BadInputError(
                f"{source.path} is a Telegram export as HTML, which does not say who wrote what.",
                hint='Export again and choose "Machine-readable JSON" as the format.',
            )
        for entry in entries:
            yield from pulled(entry, partial(_Export, entry, me))


def _files(source: Source) -> list[Entry]:
    if source.single:
        return [source.single] if source.single.suffix == ".json" else []
    found = inside(source)
    return [entry for name, entry in found if name.lower() == "result.json" and alone(found)]


def _pages(source: Source) -> list[Entry]:
    """The pages of an HTML export."""
    return [entry for entry in named(source, _PAGES) if _HTML in start(entry)]


def _is_telegram(entry: Entry) -> bool:
    beginning = start(entry)
    if not beginning.startswith("{"):
        return False
    whole = '"personal_information"' in beginning or '"chats"' in beginning
    return ('"about"' in beginning and whole) or bool(
        _CHAT.search(beginning) and '"messages"' in beginning
    )


@dataclass(slots=True)
class _Export:
    """One `result.json` as it streams by.

    Attributes:
        owner: the person's own id, as soon as the export has said it.
    """

    entry: Entry
    me: Identity
    pull: Pull
    owner: str = ""

    def __iter__(self) -> Iterator[Item]:
        """What is in it; an object that is a chat itself, or holds lists of chats."""
        chat: dict[str, str] = {}
        for key in self.pull.object():
            if key == "personal_information":
                self.owner = line(mapping(self.pull.value()).get("user_id"))
            elif key in ("chats", "left_chats"):
                yield from self.lists()
            else:
                yield from self.field(key, chat)

    def lists(self) -> Iterator[Item]:
        """All chats below `chats` or `left_chats`."""
        yield from self.unless("{")
        for key in self.pull.object():
            if key != "list":
                self.pull.value()
                continue
            yield from self.unless("[")
            for _ in self.pull.array():
                yield from self.chat()

    def unless(self, mark: str) -> Iterator[Skipped]:
        """A `Skipped` where what comes next does not begin so, and will be passed over."""
        if self.pull.peek() != mark:
            yield Skipped(self.entry.where, "broken")

    def chat(self) -> Iterator[Item]:
        """One of the chats in a list."""
        yield from self.unless("{")
        about: dict[str, str] = {}
        for key in self.pull.object():
            yield from self.field(key, about)

    def field(self, key: str, chat: dict[str, str]) -> Iterator[Item]:
        """One field of a chat; `chat` gathers those that come before its messages."""
        if key != "messages":
            chat[key] = line(self.pull.value())
            return
        if not self.owner:
            self.me.require("a single Telegram chat")
        yield from self.unless("[")
        name = chat.get("name") or _NAMELESS.get(chat.get("type", ""), "")
        about = Document(text="", source="telegram", title=name, kind="message", recipient=name)
        yield from bursts(self.messages(chat.get("id") or self.entry.native_id), about)

    def messages(self, chat: str) -> Iterator[Said]:
        """The messages of one chat."""
        for number, _ in enumerate(self.pull.array(), 1):
            message = mapping(self.pull.value())
            name = line(message.get("id")) or f"#{number}"
            where = f"{self.entry.where} message {chat}/{name}"
            text, quoted = _text(message)
            if not message:
                yield Skipped(where, "broken")
            elif message.get("type", "message") != "message":
                yield Skipped(where, "others")
            elif not self.mine(message):
                yield Turn(where)
            elif any(message.get(key) for key in ("forwarded_from", "saved_from", "via_bot")):
                yield Skipped(where, "others")
            else:
                if quoted:
                    yield Skipped(where, "others")
                at = moment(message.get("date_unixtime")) or moment(message.get("date"))
                if text or not quoted:
                    yield Message(where, f"{chat}/{name}", text, at)

    def mine(self, message: dict[str, Any]) -> bool:
        """Whether the person wrote it; old exports have ids without `user` before the number."""
        sender = line(message.get("from_id"))
        if self.owner:
            return sender in (f"user{self.owner}", self.owner)
        names = (sender, sender.removeprefix("user"), line(message.get("from")))
        return any(map(self.me.has, names))


def _text(message: dict[str, Any]) -> tuple[str, bool]:
    """What was typed, and whether there was a quotation in it."""
    whole = message.get("text_entities") or message.get("text")
    if isinstance(whole, str):
        return whole, False
    kept, quoted = [], False
    for part in rows(whole):
        kind = mapping(part).get("type")
        if kind not in _NOT_TYPED:
            kept.append(words(part) or words(mapping(part).get("text")))
        quoted = quoted or (kind in _NOT_TYPED and kind != "pre")
    return "".join(kept), quoted
