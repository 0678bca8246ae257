"""JSON of any size, read value by value as it is asked for; one value is in memory at a time."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from costeer_cli.importers.protocol import Reason, Skipped
from costeer_cli.importers.reading import note_old_encoding
from costeer_cli.importers.source import Entry

LONGEST = 1 << 27  # characters of one value
_CHUNK = 1 << 16  # bytes
_NEAR_THE_END = 16  # characters; an error there may be a value that is cut in two
_INK = re.compile(r"[^ \t\r\n]")
_ESCAPED = re.compile("[\udc80-\udcff]")
_OLD = {
    0xDC00 + byte: bytes([byte]).decode("cp1252", "replace").replace("\ufffd", "")
    for byte in range(0x80, 0x100)
}


class PullError(ValueError):
    """Nothing more can be read; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


class Pull:
    """A cursor in a JSON file; every method may raise PullError.

    Attributes:
        old: whether some bytes were not UTF-8 and had to be read as Windows-1252.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self.old = False
        self._file = file
        self._bytes = codecs.getincrementaldecoder("utf-8-sig")("surrogateescape")
        self._json = json.JSONDecoder(strict=False)  # control characters in strings are usual
        self._text = ""
        self._at = 0
        self._ended = False

    def peek(self) -> str:
        """The first character of what comes next; '' at the end."""
        while True:
            something = _INK.search(self._text, self._at)
            if something:
                self._at = something.start()
                return something[0]
            self._at = len(self._text)
            if not self._more():
                return ""

    def value(self) -> Any:
        """The next value, whole."""
        self.peek()
        while True:
            try:
                value, end = self._json.raw_decode(self._text, self._at)
                half = self._text[end : end + _NEAR_THE_END]  # of a number, it may be
                if self._ended or (half and half[0] not in ".eE") or len(half) == _NEAR_THE_END:
                    self._at = end
                    return value
            except json.JSONDecodeError as error:
                cut = error.msg.startswith("Unterminated")
                if self._ended or not (cut or error.pos > len(self._text) - _NEAR_THE_END):
                    raise PullError("broken") from None
            except (ValueError, RecursionError):
                raise PullError("broken") from None
            self._more()

    def array(self) -> Iterator[None]:
        """Steps through the next array; each element must be read before going on.

        What is no array is passed over.
        """
        if self.peek() != "[":
            self.value()
            return
        yield from self._steps("]")

    def object(self) -> Iterator[str]:
        """Steps through the keys of the next object; each value must be read before going on.

        What is no object is passed over.
        """
        if self.peek() != "{":
            self.value()
            return
        for _ in self._steps("}"):
            key = self.value()
            if not isinstance(key, str) or self.peek() != ":":
                raise PullError("broken")
            self._at += 1
            yield key

    def _steps(self, closing: str) -> Iterator[None]:
        self._at += 1
        if self.peek() == closing:
            self._at += 1
            return
        while True:
            yield
            mark = self.peek()
            self._at += 1
            if mark == closing:
                return
            if mark != ",":
                raise PullError("broken")

    def _more(self) -> bool:
        """Read on, twice as much as is waiting, so that a long value is not tried too often."""
        if self._ended:
            return False
        waiting = len(self._text) - self._at
        if waiting > LONGEST:
            raise PullError("large")
        try:
            raw = self._file.read(max(_CHUNK, waiting))
        except OSError:
            raise PullError("unreadable") from None
        self._ended = not raw
        text = self._bytes.decode(raw, final=self._ended)
        if _ESCAPED.search(text):
            self.old = True
            text = text.translate(_OLD)
        self._text = self._text[self._at :] + text
        self._at = 0
        return True


@contextmanager
def pulling(entry: Entry) -> Iterator[Pull]:
    """A cursor at the beginning of `entry`.

    Raises:
        PullError: it cannot be opened.
    """
    try:
        file = entry.open()
    except OSError:
        raise PullError("unreadable") from None
    with file:
        yield Pull(file)


def elements(entry: Entry) -> Iterator[Any]:
    """What is in a file that is an array, one by one; among it a `Skipped` or `Note` on the file.

    A `Skipped` comes where it is no array, or cannot be read further.
    """
    try:
        with pulling(entry) as pull:
            if pull.peek() != "[":
                yield Skipped(entry.where, "broken")
                return
            for _ in pull.array():
                yield pull.value()
            if pull.old:
                yield note_old_encoding(entry.where)
    except PullError as error:
        yield Skipped(entry.where, error.reason)
