"""mbox: one file with many mails, as Gmail Takeout, Thunderbird and most others export them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from costeer_cli.importers.identity import Identity
from costeer_cli.importers.mail.folders import any_aside
from costeer_cli.importers.mail.message import MOST, read_mail
from costeer_cli.importers.protocol import Item, Skipped
from costeer_cli.importers.source import Source

_BLOCK = 1 << 20  # bytes
_AHEAD = 2048  # bytes that a first line and the beginning of a header may take
_MARK = b"\nFrom "
# `From x ... year`, or Thunderbird's bare `From `; then a header. A sentence has no header below.
_BEGIN = re.compile(
    rb"\nFrom (?:[^\r\n]{0,300}\d:\d\d[^\r\n]{0,60}\b\d{4}\b[^\r\n]{0,40})?[ \t]*\r?\n"
    rb"(?=[!-9;-~]{1,80}:|>From )"
)
_ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)


class Mbox:
    """Mail in one file; its name does not matter, its first line does."""

    name = "mbox"

    def sniff(self, source: Source) -> bool:
        """A file that begins with a `From ` line and a header."""
        if source.single is None:
            return False
        head = source.single.head()
        return _BEGIN.match(b"\n" + head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")) is not None

    def read(self, source: Source, me: Identity) -> Iterator[Item]:
        """What the person wrote in each of the mails, one after another."""
        me.require("mail")
        (entry,) = source.entries
        aside = any_aside(entry.name)
        number = 0
        try:
            with entry.open() as file:
                for number, raw in enumerate(mails(file), 1):
                    where = f"{entry.where}, mail {number}"
                    if aside:
                        yield Skipped(where, "others")
                    else:
                        yield from read_mail(raw, where, me, self.name)
        except OSError:
            yield Skipped(entry.where, "unreadable" if number == 0 else "broken")


def mails(stream: IO[bytes], most: int = MOST) -> Iterator[bytes]:
    """The mails of an mbox as they stream by, without their `From ` lines, `>From ` unescaped.

    Of a mail longer than `most` bytes, only its beginning. What stands before the first mail is
    left out. A file that ends within a mail, or cannot be read on, gives what there is of it.

    Raises:
        OSError: the stream cannot be read on; after the last mail.
    """
    window = b"\n"
    kept = bytearray()
    begun = False
    trouble: OSError | None = None
    while True:
        try:
            block = stream.read(_BLOCK)
        except OSError as error:
            block, trouble = b"", error
        window += block
        position = 0
        for begin in _begins(window, whole=not block):
            if begun:
                _keep(kept, window[position : begin.start() + 1], most)
                yield _unescaped(kept)
                kept.clear()
            begun, position = True, begin.end()
        end = max(position, len(window) - _AHEAD) if block else len(window)
        if begun:
            _keep(kept, window[position:end], most)
        window = window[end:]
        if not block:
            break
    if begun:
        yield _unescaped(kept)
    if trouble:
        raise trouble


def _begins(window: bytes, *, whole: bool) -> Iterator[re.Match[bytes]]:
    """Where mails begin in `window`, but for the last bytes of one that is not `whole`."""
    until = len(window) if whole else len(window) - _AHEAD
    at = window.find(_MARK)
    while 0 <= at < until:
        begin = _BEGIN.match(window, at)
        if begin:
            yield begin
        at = window.find(_MARK, begin.end() if begin else at + 1)


def _keep(kept: bytearray, piece: bytes, most: int) -> None:
    kept += piece[: max(0, most - len(kept))]


def _unescaped(kept: bytearray) -> bytes:
    raw = bytes(kept)
    return _ESCAPED.sub(rb"\1", raw) if b"\n>" in raw and b">From " in raw else raw
