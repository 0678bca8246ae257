"""Slack's markup undone: `<@U1>`, `<url|label>`, `*bold*` and three entities."""

from __future__ import annotations

import re
from collections.abc import Mapping

_TOKEN = re.compile(r"<([^<>\n]*)>")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_ENTITY = re.compile("|".join(_ENTITIES))
_STYLED = re.compile(r"(?<![\w*_~`])([*_~])(?=\S)([^*_~`\n]+)(?<=\S)\1(?![\w*_~`])")


def plain(text: str, names: Mapping[str, str]) -> str:
    """A message as it was seen.

    Args:
        text: as Slack keeps it.
        names: what people are called, by id; unknown ones are left out.
    """

    def seen(token: re.Match[str]) -> str:
        target, _, label = token[1].partition("|")
        sign, rest = target[:1], target[1:]
        if sign == "@":
            name = label or names.get(rest, "")
            return f"@{name.removeprefix('@')}" if name else ""
        if sign == "#":
            return f"#{label}" if label else ""
        if sign == "!":
            return label or (f"@{rest}" if rest.isalpha() else "")
        return label or target.removeprefix("mailto:").removeprefix("tel:")

    text = _STYLED.sub(r"\2", _TOKEN.sub(seen, text))
    return _ENTITY.sub(lambda entity: _ENTITIES[entity[0]], text)
