"""A file line by line, however long its lines are."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import partial
from typing import TextIO

from costeer_cli.importers.source import Entry

LONGEST = 16 * 1024 * 1024  # bytes, or characters in UTF-16; nobody writes longer lines
_MARKS = (b"\xff\xfe", b"\xfe\xff")


def is_utf16(head: bytes) -> bool:
    """Whether a file that begins so is UTF-16, as tables and redirected output of Windows are."""
    return head.startswith(_MARKS)


def lines(entry: Entry) -> Iterator[tuple[int, bytes | None]]:
    """Each line's number, from 1, and its bytes with their end; None for one over `LONGEST`.

    A file in UTF-16 comes as UTF-8. A line that is too long is never held in memory.

    Raises:
        OSError: the file cannot be read, or no further.
    """
    with entry.open() as file:
        if is_utf16(entry.head(2)):
            # Half a character, as in a file that was cut, is no reason to lose the others.
            wide = io.TextIOWrapper(file, "utf-16", errors="replace", newline="\n")
            read: Callable[[int], bytes] = partial(_utf8, wide)
        else:
            read = file.readline
        number = 0
        while line := read(LONGEST):
            number += 1
            whole = True
            while not line.endswith(b"\n") and (rest := read(LONGEST)):
                line, whole = rest, False
            yield number, line if whole else None


def _utf8(wide: TextIO, size: int) -> bytes:
    return wide.readline(size).encode("utf-8", "replace")
