"""Slack exports: a folder a channel, a JSON file a day; zip or folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from costeer_cli.importers.chats.bursts import Message, Said, Turn, bursts
from costeer_cli.importers.chats.mrkdwn import plain
from costeer_cli.importers.identity import Identity, UnknownPersonError
from costeer_cli.importers.layout import folder, inside, start
from costeer_cli.importers.protocol import Item, Note, Skipped
from costeer_cli.importers.pull import elements
from costeer_cli.importers.shapes import line, mapping, moment, rows, words
from costeer_cli.importers.source import Entry, Source
from costeer_cli.store.document import Document

_DAY = re.compile(r"(?:.*/)?\d{4}-\d{2}-\d{2}\.json")
_MESSAGE = re.compile(r'"ts"\s*:\s*"\d{9,11}\.\d{6}"')
_PEOPLE = ("users.json", "org_users.json")
_CHATS = ("channels.json", "groups.json", "dms.json", "mpims.json")
_TYPED = (None, "thread_broadcast", "me_message", "file_share")
_NAMES = ("display_name", "real_name")


class Slack:
    """The person's messages, several in a row as one document.

    Who the person is, is looked up in `users.json`, by mail address before names. What bots and
    workflows wrote in the person's name is left out.
    """

    name = "slack"

    def sniff(self, source: Source) -> bool:
        """`users.json` at the top of a zip or folder with a file a day; or one such file."""
        if source.single:
            beginning = start(source.single) if _DAY.fullmatch(source.single.name) else ""
            return beginning.startswith("[") and bool(_MESSAGE.search(beginning))
        found = inside(source)
        people = any(
            name in _PEOPLE and start(entry).startswith(("[", "{")) for name, entry in found
        )
        return people and any(_DAY.fullmatch(name) for name, _ in found)

    def read(self, source: Source, me: Identity) -> Iterator[Item]:
        """The messages, one channel after another.

        Raises:
            BadInputError: it cannot be told which of the people in it the person is.
        """
        me.require("a Slack export")
        found = sorted(inside(source), key=lambda one: one[0])
        if source.single:  # its own name says in which channel's folder it was
            found = [(source.single.name, source.single)]
        workspace = _Workspace(me)
        for name, entry in found:
            if name in _PEOPLE:
                yield from workspace.meet(entry)
            elif name in _CHATS:
                yield from workspace.hear_of(entry)
        workspace.find_person(str(source.path))
        days = [(name, entry) for name, entry in found if _DAY.fullmatch(name)]
        for channel, files in groupby(days, key=lambda one: folder(one[0])):
            entries = [entry for _, entry in files]
            title = workspace.titles.get(channel, channel)
            about = Document(
                text="",
                source=self.name,
                title=title,
                kind="message",
                author=workspace.author,
                recipient=title,
            )
            yield from bursts(workspace.messages(channel, entries), about, to_the_end=True)


@dataclass(slots=True)
class _Workspace:
    """Who and what is in the export.

    Attributes:
        names: what people are called, by id.
        mine: the person's ids; with none of them, who they are must stand in the messages.
        author: what the person is called.
        ids: a channel's id, by the name of its folder.
        titles: what a chat is called, by the name of its folder, where it differs.
    """

    me: Identity
    names: dict[str, str] = field(default_factory=dict)
    mine: set[str] = field(default_factory=set)
    author: str = ""
    ids: dict[str, str] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    _by_mail: set[str] = field(default_factory=set)
    _by_name: set[str] = field(default_factory=set)
    _direct: dict[str, list[str]] = field(default_factory=dict)

    def meet(self, entry: Entry) -> Iterator[Item]:
        """Everybody in `users.json`."""
        for value in elements(entry):
            if isinstance(value, Note | Skipped):
                yield value
                continue
            user = mapping(value)
            profile = mapping(user.get("profile"))
            key, handle = line(user.get("id")), line(user.get("name"))
            names = [line(profile.get(one)) for one in _NAMES]
            self.names[key] = next((name for name in names if name), handle)
            if user.get("is_bot") or not key:
                continue
            if self.me.has(line(profile.get("email"))) or self.me.has(key):
                self._by_mail.add(key)
            if any(map(self.me.has, [*names, handle, line(user.get("real_name"))])):
                self._by_name.add(key)

    def hear_of(self, entry: Entry) -> Iterator[Item]:
        """Every chat in `channels.json`, `dms.json` and so on."""
        for value in elements(entry):
            if isinstance(value, Note | Skipped):
                yield value
                continue
            chat = mapping(value)
            key, name = line(chat.get("id")), line(chat.get("name"))
            self.ids[name or key] = key
            if not name:
                self._direct[key] = [line(member) for member in rows(chat.get("members"))]

    def find_person(self, where: str) -> None:
        """Settle who the person is.

        Raises:
            UnknownPersonError: they are nobody in it, or one of several.
        """
        self.mine = self._by_mail or self._by_name
        if self.names and not self.mine:
            raise UnknownPersonError(
                f"Nobody in {where} is known to be you.",
                hint="Add the mail address you use there: costeer history me add ADDRESS",
            )
        if len(self.mine) > 1 and not self._by_mail:
            raise UnknownPersonError(
                f"Several people in {where} go by your name.",
                hint="Add the mail address you use there: costeer history me add ADDRESS",
            )
        self.author = self.names.get(min(self.mine), "") if self.mine else ""
        for chat, members in self._direct.items():
            others = [self.names.get(one) or one for one in members if one not in self.mine]
            self.titles[chat] = ", ".join(others) or self.author

    def messages(self, channel: str, entries: list[Entry]) -> Iterator[Said]:
        """The messages of one chat, day by day."""
        for entry in entries:
            for number, value in enumerate(elements(entry), 1):
                if isinstance(value, Note | Skipped):
                    yield value
                    continue
                message, where = mapping(value), f"{entry.where} message {number}"
                if not message:
                    yield Skipped(where, "broken")
                elif message.get("type", "message") != "message":
                    yield Skipped(where, "others")
                elif not self._is_mine(message):
                    yield Turn(where)
                elif message.get("subtype") not in _TYPED or message.get("bot_id"):
                    yield Skipped(where, "others")
                else:
                    yield self._message(channel, message, where)

    def _message(self, channel: str, message: dict[str, Any], where: str) -> Message:
        moved, thread = line(message.get("ts")), line(message.get("thread_ts"))
        return Message(
            where,
            f"{self.ids.get(channel) or channel}/{moved or where}",
            plain(words(message.get("text")), self.names),
            moment(moved),
            thread="" if thread == moved else thread,
        )

    def _is_mine(self, message: dict[str, Any]) -> bool:
        user, profile = line(message.get("user")), mapping(message.get("user_profile"))
        if self.mine:
            return user in self.mine
        names = (line(profile.get(one)) for one in (*_NAMES, "name", "email"))
        return self.me.has(user) or any(map(self.me.has, names))
