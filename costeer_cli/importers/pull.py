"""JSON of any size, read value by value as it is asked for; one value is in memory at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import IO, Any

from costeer_cli.importers.decoding import Decoder
from costeer_cli.importers.protocol import Note, Reason, Skipped
from costeer_cli.importers.reading import note_old_encoding
from costeer_cli.importers.source import Entry

LONGEST = 1 << 27  # characters of one value
_CHUNK = 1 << 16  # bytes
_NEAR_THE_END = 16  # characters; an error there may be a value that is cut in two
_INK = re.compile(r"[^ \t\r\n]")


class PullError(ValueError):
    """Nothing more can be read; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


class Pull:
    """A cursor in a JSON file; every method may raise PullError."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._decoder = Decoder()
        self._json = json.JSONDecoder(strict=False)  # control characters in strings are usual
        self._text = ""
        self._at = 0
        self._ended = False

    @property
    def old(self) -> bool:
        """Whether some bytes were not UTF-8 and had to be read as Windows-1252."""
        return self._decoder.old

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
        self._text = self._text[self._at :] + self._decoder.decode(raw)
        self._at = 0
        return True


@contextmanager
def pulling(entry: Entry, at: int = 0) -> Iterator[Pull]:
    """A cursor in `entry`, whose first `at` bytes are passed over.

    Raises:
        PullError: it cannot be opened.
    """
    with ExitStack() as stack:
        try:
            file = stack.enter_context(entry.open())
            file.read(at)
        except OSError:
            raise PullError("unreadable") from None
        yield Pull(file)


def pulled(
    entry: Entry, values: Callable[[Pull], Iterable[Any]], at: int = 0
) -> Iterator[Any | Skipped | Note]:
    """What `values` pulls out of `entry`, then a `Skipped` or `Note` on the file where it is due.

    Args:
        entry: the file; its first `at` bytes are passed over.
        values: may raise PullError, which becomes the `Skipped`.
        at: in bytes.
    """
    try:
        with pulling(entry, at) as pull:
            yield from values(pull)
            if pull.old:
                yield note_old_encoding(entry.where)
    except PullError as error:
        yield Skipped(entry.where, error.reason)


def elements(entry: Entry, at: int = 0) -> Iterator[Any]:
    """What is in a file that is an array, one by one; among it a `Skipped` or `Note` on the file.

    A `Skipped` comes where it is no array, or cannot be read further.

    Args:
        entry: the file.
        at: where in it the array begins, in bytes.
    """
    return pulled(entry, _elements, at)


def _elements(pull: Pull) -> Iterator[Any]:
    if pull.peek() != "[":
        raise PullError("broken")
    for _ in pull.array():
        yield pull.value()
