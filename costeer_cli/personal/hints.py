"""What a prompt says of the text it asks for besides its subject: what kind, and to whom."""

from __future__ import annotations

import re

from costeer_cli.store.ranking import folded, tokens

_KINDS = {
    "email": {"email", "emails", "mail", "mails", "letter"},
    "letter": {"letter", "letters"},
    "note": {"note", "notes", "memo", "diary", "journal"},
    "post": {"post", "posts", "blog", "article", "essay", "newsletter", "tweet", "toot"},
    "message": {"message", "messages", "chat", "dm", "sms", "reply", "whatsapp", "telegram"},
    "comment": {"comment", "comments", "reply"},
    "commit": {"commit", "changelog"},
    "review": {"review", "reviews"},
}
_BEFORE_A_NAME = {"to", "for", "dear", "hi", "hello", "hey", "with", "an", "liebe", "lieber"}
_BEFORE_A_NAME |= {"cher", "chere", "para", "querido", "querida", "ask", "tell", "thank", "thanks"}
_STOP = re.compile(r"[.!?:\n]")


def kinds(prompt: str) -> frozenset[str]:
    """The kinds of text that the prompt speaks of; none where it names none."""
    said = {folded(word) for word in tokens(prompt)}
    return frozenset(kind for kind, words in _KINDS.items() if words & said)


def names(prompt: str) -> list[str]:
    """Words of the prompt that may name somebody: capitalised inside a sentence, or after "to"."""
    found: dict[str, None] = {}
    for sentence in _STOP.split(prompt):
        before = ""
        for word in tokens(sentence):
            small = folded(word)
            if before and (word[:1].isupper() or before in _BEFORE_A_NAME):
                found[small] = None
            before = small
    return list(found)
