"""Mails and mail folders for the tests of this folder."""

from __future__ import annotations

from pathlib import Path

from costeer_cli.importers.identity import Identity
from costeer_cli.importers.protocol import Importer, Item, Note, Skipped
from costeer_cli.importers.source import Source
from costeer_cli.store.document import Document

ME = Identity.of(["Maya Lindqvist", "maya@lindqvist.example"])
PROSE = "The ferry leaves at seven, and nobody is on deck."
BEGIN = b"From 1790000000000000001@xxx Mon Jun 03 10:15:00 +0000 2024\n"


def mail(text: str = PROSE, /, **headers: str) -> bytes:
    """A mail by the person; a header given as '' is left out, `_` stands for `-`."""
    usual = {
        "From": "Maya Lindqvist <maya@lindqvist.example>",
        "To": "Tom Ashworth <tom@ashworth.example>",
        "Subject": "Ferry",
        "Date": "Mon, 3 Jun 2024 12:15:00 +0200",
        "Message-ID": "<one@lindqvist.example>",
        "Content-Type": "text/plain; charset=utf-8",
    }
    usual |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}\n" for name, value in usual.items() if value]
    return ("".join(lines) + "\n" + text + "\n").encode()


def items(importer: Importer, path: Path, me: Identity = ME) -> list[Item]:
    """All that an importer that is sure of `path` makes of it."""
    source = Source(path)
    assert importer.sniff(source)
    return list(importer.read(source, me))


def documents(found: list[Item]) -> list[Document]:
    """The documents among them."""
    return [item for item in found if isinstance(item, Document)]


def reasons(found: list[Item]) -> list[str]:
    """Why others were passed over."""
    return [item.reason for item in found if isinstance(item, Skipped)]


def notes(found: list[Item]) -> list[str]:
    """What was said of those that were taken."""
    return [item.said for item in found if isinstance(item, Note)]
