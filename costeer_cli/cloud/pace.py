"""How much may come, and how long it may take, before an answer has said something.

Imported only beside a client, since it needs the HTTP library.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

import httpx2

_EVENT = 4 << 20  # bytes; the events of 20 candidates have a few thousand
_REFUSAL = 64 << 10  # bytes of an answer that says no


class Pace:
    """Watches what comes between two events: a service can keep a line open for ever, by signs of
    life or by a line without an end.

    Args:
        seconds: longest wait for an event, whatever else comes.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.event()

    def event(self) -> None:
        """An event was read, and the next one is waited for."""
        self._size, self._since = 0, time.monotonic()

    def watch(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The chunks of an answer.

        Raises:
            ReadTimeout: no event came of them in time.
            DecodingError: they are too long for one.
        """
        for chunk in chunks:
            self._size += len(chunk)
            if self._size > _EVENT:
                raise httpx2.DecodingError("an event without an end")
            if time.monotonic() - self._since > self._seconds:
                raise httpx2.ReadTimeout("no event came")
            yield chunk


class Beginning(httpx2.SyncByteStream):
    """The beginning of an answer that says no; nobody reads the rest.

    Args:
        stream: of the answer.
        seconds: for all of it.
    """

    def __init__(self, stream: httpx2.SyncByteStream, seconds: float) -> None:
        self._stream = stream
        self._seconds = seconds

    def __iter__(self) -> Iterator[bytes]:
        """Chunks."""
        until, size = time.monotonic() + self._seconds, 0
        for chunk in self._stream:
            yield chunk
            size += len(chunk)
            if size > _REFUSAL or time.monotonic() > until:
                return

    def close(self) -> None:
        """Hang up."""
        self._stream.close()
