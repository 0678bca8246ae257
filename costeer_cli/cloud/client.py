"""The SDK's client, kept from looking at the machine and from telling about it.

Imported only where a client is opened, since it needs the SDK.
"""

from __future__ import annotations

import logging

import openai  # noqa: TID253

_TALKATIVE = ("openai", "httpx2", "httpcore2", "h2", "hpack")


class Client(openai.OpenAI):
    """Runs no program to find out what system this is, for headers that never go out."""

    def platform_headers(self) -> dict[str, str]:
        """None."""
        return {}


def hush() -> None:
    """Let no library of the line log: OPENAI_LOG and the like would have it print what is sent,
    and the encoded headers, with the key among them."""
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
