"""Bytes of tokens as text for people: whole characters only, no control codes."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterable

from costeer_cli.steering.choice import Choice

_ALLOWED = "\n\t"


class Decoder:
    """Decodes tokens one by one; what is split over tokens comes with its last token.

    That is a character of several bytes, and a CR LF. What comes out, all in all, is
    `harmless` of the whole text.
    """

    def __init__(self) -> None:
        self._decoder = io.IncrementalNewlineDecoder(exact_decoder(), translate=True)

    def feed(self, token: bytes) -> str:
        """What became readable with this token."""
        return harmless(self._decoder.decode(token))

    def close(self) -> str:
        """What is left of a character that never ended."""
        return harmless(self._decoder.decode(b"", final=True))


def exact_decoder() -> codecs.IncrementalDecoder:
    """Decodes tokens one by one, control characters and all; invalid bytes become U+FFFD."""
    return codecs.getincrementaldecoder("utf-8")("replace")


def harmless(text: str) -> str:
    """`text` without control characters, which could drive a terminal; CR LF becomes LF."""
    return "".join(
        c if c in _ALLOWED or (c >= " " and not "\x7f" <= c <= "\x9f") else "\ufffd"
        for c in text.replace("\r\n", "\n").replace("\r", "\n")
    )


def whole(choices: Iterable[Choice]) -> str:
    """The text of all choices, without the blank a model may put at either end."""
    return b"".join(choice.text for choice in choices).decode("utf-8", "replace").strip()
