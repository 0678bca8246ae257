"""Small things to import, and how they are read in a test."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

from costeer_cli.importers.identity import Identity
from costeer_cli.importers.protocol import Importer, Item, Skipped
from costeer_cli.importers.source import Entry, Source
from costeer_cli.store.document import Document

PROSE = "The mare stood in the rain and did not mind it."
NOBODY = Identity()


def write(path: Path, content: str | bytes = PROSE) -> Path:
    """A file, its folders too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def laid(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """A folder of these files."""
    for name, content in files.items():
        write(folder / name, content)
    return folder


def entry(path: Path, content: str | bytes) -> Entry:
    """A file, as importers are given it."""
    (one,) = Source(write(path, content)).entries
    return one


def zipped(path: Path, files: Mapping[str, str | bytes]) -> Path:
    """A zip of these files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def read(importer: Importer, path: Path, *me: str) -> list[Item]:
    """All that an importer finds at `path`, where it is sure of it."""
    source = Source(path)
    assert importer.sniff(source)
    return list(importer.read(source, Identity.of(me)))


def taken(items: list[Item]) -> list[Document]:
    """The documents."""
    return [item for item in items if isinstance(item, Document)]


def passed_over(items: list[Item]) -> list[tuple[str, str]]:
    """The reasons and the ends of the places of what was not taken."""
    return [
        (item.reason, item.where.rpartition("/")[2]) for item in items if isinstance(item, Skipped)
    ]
