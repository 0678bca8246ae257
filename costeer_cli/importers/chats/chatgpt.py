"""ChatGPT exports: `conversations.json`, or `conversations-000.json` and on; zip or folder."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from costeer_cli.importers.chats.assistants import Assistant, prompt
from costeer_cli.importers.protocol import Item, Note, Skipped
from costeer_cli.importers.shapes import line, mapping, moment, rows, words

_TYPED = ("text", "multimodal_text")


class ChatGPT(Assistant):
    """What the person typed to ChatGPT.

    Of a prompt that was edited, the wording that was last followed is taken.
    """

    name = "chatgpt"
    called = "ChatGPT"
    files = re.compile(r"conversations(?:[-_]\d+)?\.json", re.IGNORECASE)
    companions = ("chat.html", "user.json", "export_manifest.json", "message_feedback.json")
    key = "mapping"

    def prompts(self, where: str, conversation: dict[str, Any]) -> Iterator[Item]:
        """Those that were followed, then a word on the others."""
        nodes = mapping(conversation.get("mapping"))
        if not nodes:
            yield Skipped(where, "broken" if conversation.get("mapping") != {} else "empty")
            return
        followed = _followed(nodes, conversation.get("current_node"))
        name = line(conversation.get("conversation_id")) or line(conversation.get("id")) or where
        started = moment(conversation.get("create_time"))
        title = line(conversation.get("title"))
        for key in [*followed, *(key for key in nodes if key not in followed)]:
            message = mapping(mapping(nodes[key]).get("message"))
            text, typed = _text(message)
            if not text:
                if typed:
                    yield Skipped(where, "empty")
            elif not typed:
                yield Skipped(where, "others")
            elif key not in followed:
                yield Note(where, "an earlier wording of an edited prompt, left out")
            else:
                at = moment(message.get("create_time")) or started
                native_id = f"{name}/{line(message.get('id')) or key}"
                yield from prompt(text, where, self.about(native_id, title, at))


def _followed(nodes: dict[str, Any], current: object) -> dict[str, None]:
    """The keys from the first node to the current one, as an ordered set.

    Where it is not said which is current, it is the last that has nothing after it.
    """
    key = current if isinstance(current, str) and current in nodes else None
    if key is None:
        leaves = [key for key, node in nodes.items() if not rows(mapping(node).get("children"))]
        key = leaves[-1] if leaves else next(reversed(nodes))
    backwards: dict[str, None] = {}
    while isinstance(key, str) and key in nodes and key not in backwards:
        backwards[key] = None
        key = mapping(nodes[key]).get("parent")
    return dict.fromkeys(reversed(backwards))


def _text(message: dict[str, Any]) -> tuple[str, bool]:
    """A message's text, and whether the person typed it."""
    content, metadata = mapping(message.get("content")), mapping(message.get("metadata"))
    parts = [words(part) for part in rows(content.get("parts"))]
    text = "\n".join(part for part in parts if part.strip()) or words(content.get("text"))
    typed = (
        mapping(message.get("author")).get("role") == "user"
        and message.get("recipient") in ("all", None)
        and content.get("content_type") in _TYPED
        and not metadata.get("is_visually_hidden_from_conversation")
        and not metadata.get("is_user_system_message")
    )
    return text, typed
