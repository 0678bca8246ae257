"""Claude exports: `conversations.json`, alone or in a batch's zip or folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from costeer_cli.importers.chats.assistants import Assistant, prompt
from costeer_cli.importers.protocol import Item, Skipped
from costeer_cli.importers.shapes import line, mapping, moment, rows, words


class Claude(Assistant):
    """What the person typed to Claude; files they sent along are left out."""

    name = "claude"
    called = "Claude"
    files = re.compile(r"conversations\.json", re.IGNORECASE)
    companions = ("users.json", "projects.json", "memories.json")
    key = "chat_messages"

    def prompts(self, where: str, conversation: dict[str, Any]) -> Iterator[Item]:
        """What was typed, in its order."""
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
                native_id = f"{name}/{line(message.get('uuid')) or number}"
                yield from prompt(_text(message), where, self.about(native_id, title, at))


def _text(message: dict[str, Any]) -> str:
    """What was typed; older exports have it in one place, newer ones in the other."""
    parts = (mapping(part) for part in rows(message.get("content")))
    texts = (words(part.get("text")) for part in parts if part.get("type") == "text")
    return "\n".join(text for text in texts if text.strip()) or words(message.get("text"))
