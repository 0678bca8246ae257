"""What a file's name says about the text in it."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from costeer_cli.store.document import utc

_DATED = re.compile(r"(\d{4}-\d{2}-\d{2})(?=\D|$)[ _-]*")


def dated_name(name: str) -> tuple[str, str]:
    """Title and date (ISO 8601 in UTC, or '') from a name like `2024-05-01-morning-walk.md`."""
    whole = PurePosixPath(name).stem
    stem, day = whole, ""
    if match := _DATED.match(stem):
        day = utc(match[1]) or ""
        stem = stem[match.end() :] if day else stem
    return re.sub(r"[\s_-]+", " ", stem).strip() or whole, day
