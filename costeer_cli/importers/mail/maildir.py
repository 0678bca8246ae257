"""Maildir: a folder with `cur`, `new` and `tmp`, one file for each mail."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from costeer_cli.importers.identity import Identity
from costeer_cli.importers.layout import folder
from costeer_cli.importers.mail.eml import in_maildir, is_mail, read_file
from costeer_cli.importers.protocol import Item, Skipped
from costeer_cli.importers.source import Source

_TRIED = 5  # mails looked at before it is called one


class Maildir:
    """A mailbox or a tree of them; folders in it may be hidden, as `.Sent` is."""

    name = "maildir"

    def sniff(self, source: Source) -> bool:
        """A folder or zip in which most files are in `cur` or `new`, and begin as mails do."""
        if source.kind == "file":
            return False
        inside = [entry for entry in source.entries if in_maildir(entry.name)]
        if 2 * len(inside) <= len(source.entries):
            return False
        return any(is_mail(entry.head(16 * 1024)) for entry in islice(inside, _TRIED))

    def read(self, source: Source, me: Identity) -> Iterator[Item]:
        """What the person wrote in each of the mails; other files are unknown."""
        me.require("mail")
        for where in source.unreadable:
            yield Skipped(where, "unreadable")
        for entry in source.entries:
            if in_maildir(entry.name):
                yield from read_file(entry, me, self.name)
            elif folder(entry.name) == "tmp":
                yield Skipped(entry.where, "others")  # a delivery that was never finished
            else:
                yield Skipped(entry.where, "unknown")
