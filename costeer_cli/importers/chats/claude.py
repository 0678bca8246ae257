"""Claude exports: `conversations.json`, alone or in a batch's zip or folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from costeer_cli.importers.chats.assistants import conversations, prompt
from costeer_cli.importers.chats.layout import alone, inside, start
from costeer_cli.importers.chats.shapes import line, mapping, moment, rows, words
from costeer_cli.importers.identity import Identity
from costeer_cli.importers.protocol import Item, Skipped
from costeer_cli.importers.source import Entry, Source
from costeer_cli.store.document import Document

_ARRAY = re.compile(r"\[\s*\{")


class Claude:
    """What the person typed to Claude, a prompt a document; files they sent along are left out.

    Prompts are orders more than prose: their kind is "prompt" and their source "claude", by which
    a profile may leave them out. The export names nobody else, so nothing need be known of the
    person.
    """

    name = "claude"

    def sniff(self, source: Source) -> bool:
        """An array of conversations with `chat_messages`, alone or topmost in a zip or folder."""
        return any(_is_claude(entry) for entry in _files(source))

    def read(self, source: Source, me: Identity) -> Iterator[Item]:  # noqa: ARG002
        """The prompts, one conversation after another."""
        for entry in _files(source):
            for found in conversations(entry):
                if isinstance(found, tuple):
                    yield from self._conversation(*found)
                else:
                    yield found

    def _conversation(self, where: str, conversation: dict[str, Any]) -> Iterator[Item]:
        if not isinstance(conversation.get("chat_messages"), list):
            yield Skipped(where, "broken")
            return
        name = line(conversation.get("uuid")) or where
        title = line(conversation.get("name"))
        started = moment(conversation.get("created_at"))
        for number, one in enumerate(conversation["chat_messages"]):
            message = mapping(one)
            if not message:
                yield Skipped(where, "broken")
            elif message.get("sender") != "human":
                yield Skipped(where, "others")
            else:
                at = moment(message.get("created_at")) or started
                about = Document(
                    text="",
                    source=self.name,
                    native_id=f"{name}/{line(message.get('uuid')) or number}",
                    title=title,
                    recipient="Claude",
                    created_at=at.isoformat() if at else "",
                )
                yield from prompt(_text(message), where, about)


def _files(source: Source) -> list[Entry]:
    if source.single:
        return [source.single] if source.single.suffix == ".json" else []
    found = inside(source)
    if not alone(found, "users.json", "projects.json", "memories.json"):
        return []
    return [entry for name, entry in found if name.lower() == "conversations.json"]


def _is_claude(entry: Entry) -> bool:
    beginning = start(entry)
    return bool(_ARRAY.match(beginning)) and '"chat_messages"' in beginning


def _text(message: dict[str, Any]) -> str:
    """What was typed; older exports have it in one place, newer ones in the other."""
    parts = (mapping(part) for part in rows(message.get("content")))
    texts = (words(part.get("text")) for part in parts if part.get("type") == "text")
    return "\n".join(text for text in texts if text.strip()) or words(message.get("text"))
