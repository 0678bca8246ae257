"""Bytes to text, safely; dates to UTC; what is too little or too much to learn from."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
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


def utc(value: object) -> str | None:
    """A moment as ISO 8601 in UTC; '' for none (None, ''), None where it is not a moment.

    Accepts datetimes and dates (without an offset: UTC), ISO 8601 strings, and seconds or
    milliseconds since 1970.
    """
    try:
        if value is None or value == "":
            return ""
        if isinstance(value, str):
            value = datetime.fromisoformat(value.strip())
        elif isinstance(value, int | float) and not isinstance(value, bool):
            seconds = value / 1000 if abs(value) > 1e11 else value
            value = datetime.fromtimestamp(seconds, UTC)
        elif isinstance(value, date) and not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day, tzinfo=UTC)
        if not isinstance(value, datetime):
            return None
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return moment.astimezone(UTC).isoformat()
    except (ValueError, OverflowError, OSError):
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
