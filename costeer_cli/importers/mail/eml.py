"""One mail in one file: `.eml`, Apple Mail's `.emlx`, and the files of a Maildir."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from costeer_cli.importers.identity import Identity
from costeer_cli.importers.layout import folder
from costeer_cli.importers.mail.folders import any_aside
from costeer_cli.importers.mail.message import MOST, read_mail
from costeer_cli.importers.protocol import Item, Skipped
from costeer_cli.importers.source import Entry, Source

_SUFFIXES = frozenset({".eml", ".emlx"})
_FIRST_FIELD = re.compile(rb"\s*[!-9;-~]{1,80}[ \t]*:")
_KNOWN_FIELD = re.compile(
    rb"^(?:from|date|received|message-id|subject|to|return-path|mime-version)[ \t]*:", re.I | re.M
)
_COUNT = re.compile(rb"(\d{1,12})[ \t]*\r?\n")
_FLAGS = re.compile(rb"<key>flags</key>\s*<integer>(\d{1,18})</integer>")
_DELETED_OR_DRAFT = 1 << 1 | 1 << 6
_BOM = b"\xef\xbb\xbf"


class Eml:
    """One mail; a Maildir's too, where it is asked about file by file."""

    name = "eml"

    def sniff(self, source: Source) -> bool:
        """A file `.eml`, `.emlx`, or in a folder `cur` or `new`, that begins with headers."""
        entry = source.single
        if entry is None:
            return False
        if entry.suffix not in _SUFFIXES and not in_maildir(entry.name):
            return False
        return is_mail(entry.head(16 * 1024))

    def read(self, source: Source, me: Identity) -> Iterator[Item]:
        """What the person wrote in it."""
        me.require("mail")
        (entry,) = source.entries
        yield from read_file(entry, me, self.name)


def read_file(entry: Entry, me: Identity, source: str) -> Iterator[Item]:
    """What the person wrote in a file that is one mail."""
    if any_aside(str(PurePosixPath(entry.name).parent)) or was_not_sent(entry.name):
        yield Skipped(entry.where, "others")
        return
    try:
        with entry.open() as file:
            raw = file.read(MOST)
    except OSError:
        yield Skipped(entry.where, "unreadable")
        return
    raw = raw.removeprefix(_BOM)
    if count := _COUNT.match(raw):
        end = count.end() + int(count[1])
        flags = _FLAGS.search(raw, min(end, len(raw)))
        if flags and int(flags[1]) & _DELETED_OR_DRAFT:
            yield Skipped(entry.where, "others")
            return
        raw = raw[count.end() : end]
    yield from read_mail(raw.lstrip(), entry.where, me, source)


def in_maildir(name: str) -> bool:
    """Whether `name` is that of a mail in a Maildir."""
    return folder(name) in ("cur", "new")


def was_not_sent(name: str) -> bool:
    """Whether the flags at the end of a Maildir's file say draft or trashed."""
    flags = re.search(r"[:;!]2,([A-Za-z]*)$", name)
    return bool(flags and set(flags[1]) & {"D", "T"})


def is_mail(head: bytes) -> bool:
    """Whether a file that begins so begins with the headers of a mail."""
    head = head.removeprefix(_BOM)
    if count := _COUNT.match(head):
        head = head[count.end() :]
    return bool(_FIRST_FIELD.match(head) and _KNOWN_FIELD.search(head))
