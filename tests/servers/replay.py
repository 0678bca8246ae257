"""A service far away, as far as the processor is concerned: answers of a real server, played again.

The first time a request comes its answer is fetched from the real server and kept; then, and every
other time, it is played at a steady rate, which takes no processor time worth the name.
"""

from __future__ import annotations

import asyncio

from tests.servers.messages import (
    Arrived,
    HungUpError,
    Listener,
    events_of,
    pieces_of,
    read_head,
    request_bytes,
    write_head,
)


class Replay(Listener):
    """Stands in for a server.

    Attributes:
        fetched: requests that the real server had to answer.
    """

    def __init__(self, upstream: int, rate: float) -> None:
        """Listen on no port yet.

        Args:
            upstream: port of the real server on 127.0.0.1.
            rate: events per second; each is a token.
        """
        super().__init__()
        self._upstream, self._rate = upstream, rate
        self._answers: dict[tuple[str, bytes], tuple[str, list[bytes]]] = {}
        self.fetched = 0

    async def answer(
        self,
        verb: str,
        request: Arrived,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        """Play an answer; the first event comes after the time of one token."""
        key = request.path, request.body
        if key not in self._answers:
            self._answers[key] = await self._fetch(verb, request)
        media, events = self._answers[key]
        loop = asyncio.get_running_loop()
        due = loop.time()
        write_head(writer, "200 OK", media)
        for event in events:
            due += 1 / self._rate
            await asyncio.sleep(due - loop.time())
            if reader.at_eof() or writer.transport.is_closing():
                raise HungUpError
            writer.write(f"{len(event):x}\r\n".encode() + event + b"\r\n")
            await writer.drain()
        writer.write(b"0\r\n\r\n")
        await writer.drain()

    async def _fetch(self, verb: str, request: Arrived) -> tuple[str, list[bytes]]:
        self.fetched += 1
        reader, writer = await asyncio.open_connection("127.0.0.1", self._upstream)
        try:
            writer.write(request_bytes(verb, request))
            head = await read_head(reader)
            assert " 200 " in head.first, head.first
            events = [event async for event in events_of(pieces_of(reader, head))]
            return head.headers.get("content-type", ""), events
        finally:
            writer.close()
