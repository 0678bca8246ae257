"""Bytes to text, safely; what is too little or too much to learn from."""

from __future__ import annotations

import json
import re

from costeer_cli.importers.protocol import Note, Reason, Skipped
from costeer_cli.importers.source import Entry
from costeer_cli.store.document import tidy

SHORTEST = 20  # characters; a shorter text says nothing about how someone writes
LARGEST = 16 * 1024 * 1024  # bytes; a larger file is a log or a dump, not one text
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_MOST_CONTROL = 0.05  # share of control characters beyond which bytes are not text
_OLD_ENCODING = "not UTF-8, read as Windows-1252"


class NotTextError(ValueError):
    """The bytes are not text; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


def decode(raw: bytes) -> tuple[str, bool]:
    """Bytes as text, and whether they had to be read as Windows-1252 because they are not UTF-8.

    Raises:
        NotTextError: "binary" (NUL bytes, or too many control characters) or "undecodable".
    """
    if b"\x00" in raw:
        raise NotTextError("binary")
    old = False
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text, old = raw.decode("cp1252"), True
        except UnicodeDecodeError:
            text = raw.decode("latin-1")
            soup = _is_soup(text)
            raise NotTextError("binary" if soup else "undecodable") from None
    if _is_soup(text):
        raise NotTextError("binary")
    return text, old


def _is_soup(text: str) -> bool:
    return len(_CONTROL.findall(text)) > _MOST_CONTROL * len(text)


def read_bytes(entry: Entry) -> bytes | Skipped:
    """A whole file, if it is not too large for one text."""
    if entry.size > LARGEST:
        return Skipped(entry.where, "large")
    try:
        with entry.open() as file:
            raw = file.read(LARGEST + 1)
    except OSError:
        return Skipped(entry.where, "unreadable")
    return raw if len(raw) <= LARGEST else Skipped(entry.where, "large")


def read_text(entry: Entry) -> tuple[str, list[Note]] | Skipped:
    """A whole file as text with LF and NFC, with a note where the encoding was an old one."""
    raw = read_bytes(entry)
    if isinstance(raw, Skipped):
        return raw
    try:
        text, old = decode(raw)
    except NotTextError as error:
        return Skipped(entry.where, error.reason)
    return tidy(text), [note_old_encoding(entry.where)] if old else []


def read_json(entry: Entry) -> object:
    """What a small file says in JSON; None where it cannot be read, or is none."""
    raw = read_bytes(entry)
    try:
        return None if isinstance(raw, Skipped) else json.loads(raw)
    except (ValueError, RecursionError):
        return None


def note_old_encoding(where: str) -> Note:
    """The note for a file of which a part was not UTF-8."""
    return Note(where, _OLD_ENCODING)


def too_little(text: str, where: str) -> Skipped | None:
    """Why `text` (tidied) is too little to learn from, or None where it is enough."""
    if not text:
        return Skipped(where, "empty")
    if len(text) < SHORTEST:
        return Skipped(where, "short")
    return None
