"""What a file's name and date say about the text in it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from costeer_cli.store.document import utc

_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})(?=\D|$)[ _-]*")


def dated_name(path: Path) -> tuple[str, str]:
    """Title and date (ISO 8601 in UTC, or '') from a name like `2024-05-01-morning-walk.md`."""
    stem, day = path.stem, ""
    if match := _DATED.match(stem):
        day = utc(match[1]) or ""
        stem = stem[match.end() :] if day else stem
    return re.sub(r"[\s_-]+", " ", stem).strip() or path.stem, day


def modified(path: Path) -> str:
    """When the file was last changed, ISO 8601 in UTC; '' where that cannot be known."""
    try:
        return utc(int(path.stat().st_mtime)) or ""
    except OSError:
        return ""


def native_id(path: Path) -> str:
    """The file's own place, the same by whichever link it was reached."""
    return os.path.realpath(path)
