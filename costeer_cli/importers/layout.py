"""Where an export begins in what is imported, and how its files begin."""

from __future__ import annotations

import re
from itertools import takewhile
from pathlib import PurePosixPath

from costeer_cli.importers.source import Entry, Source

_WRITINGS = frozenset((".md", ".markdown", ".txt", ".docx", ".eml", ".mbox"))
HEAD = 1 << 16  # bytes; the keys of a first record are told apart within them


def inside(source: Source) -> list[tuple[str, Entry]]:
    """Every file with its name below the folder that holds them all; hidden ones left out.

    An export that lies somewhere below other things is so not taken for the whole of them.
    """
    entries = [entry for entry in source.entries if not is_hidden(entry.name)]
    names = [entry.name for entry in entries]
    if not names:
        return []
    # What the first and the last in the order of the alphabet share, all share.
    ends = zip(min(names).split("/")[:-1], max(names).split("/")[:-1], strict=False)
    skip = sum(len(one) + 1 for one, _ in takewhile(lambda pair: pair[0] == pair[1], ends))
    return [(entry.name[skip:], entry) for entry in entries]


def is_hidden(name: str) -> bool:
    """Whether a file, or a folder it is in, is hidden, or what macOS adds to a zip."""
    return "/." in f"/{name}" or name.startswith("__MACOSX/")


def named(source: Source, pattern: re.Pattern[str]) -> list[Entry]:
    """The files of such a name below the folder that holds them all; a single file by its own."""
    found = [(source.single.base, source.single)] if source.single else inside(source)
    return [entry for name, entry in found if pattern.fullmatch(name)]


def alone(found: list[tuple[str, Entry]], *companions: str) -> bool:
    """Whether an export at the top of `found` is all that is there.

    Args:
        found: what `inside` gave.
        companions: files, in lower case, that come with the export; with one of them all is its.
    """
    top = [entry for name, entry in found if "/" not in name]
    if any(entry.base.lower() in companions for entry in top):
        return True
    return not any(entry.suffix in _WRITINGS for entry in top)


def start(entry: Entry) -> str:
    """The first characters of a text file, without a byte order mark and blank space."""
    return entry.head(HEAD).decode("utf-8", "replace").lstrip("\ufeff \t\r\n")


def folder(name: str) -> str:
    """The name of the folder a file is in; '' for none."""
    return PurePosixPath(name).parent.name
