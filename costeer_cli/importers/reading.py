"""Bytes to text, safely; dates to UTC; what is too little or too much to learn from."""

from __future__ import annotations

import re
from pathlib import Path

from costeer_cli.importers.protocol import Note, Reason, Skipped
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


def read_text(path: Path) -> tuple[str, list[Note]] | Skipped:
    """A whole file as text with LF and NFC, with a note where the encoding was an old one."""
    try:
        if path.stat().st_size > LARGEST:
            return Skipped(str(path), "large")
        text, old = decode(path.read_bytes())
    except OSError:
        return Skipped(str(path), "unreadable")
    except NotTextError as error:
        return Skipped(str(path), error.reason)
    return tidy(text), [Note(str(path), _OLD_ENCODING)] if old else []


def note_old_encoding(path: Path) -> Note:
    """The note for a file of which a part was not UTF-8."""
    return Note(str(path), _OLD_ENCODING)


def too_little(text: str, where: str) -> Skipped | None:
    """Why `text` (tidied) is too little to learn from, or None where it is enough."""
    if not text:
        return Skipped(where, "empty")
    if len(text) < SHORTEST:
        return Skipped(where, "short")
    return None


def is_file(path: Path) -> bool:
    """Whether `path` is a regular file that may be looked at."""
    try:
        return path.is_file()
    except OSError:
        return False


def is_folder(path: Path) -> bool:
    """Whether `path` is a folder that may be looked at."""
    try:
        return path.is_dir()
    except OSError:
        return False
