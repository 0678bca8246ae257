"""A proxy between the real client and a real server that makes things go wrong, or late."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass

from tests.servers.faults import Fault, stripped
from tests.servers.messages import (
    GONE,
    Arrived,
    Head,
    HungUpError,
    Listener,
    events_of,
    pieces_of,
    read_head,
    request_bytes,
    reset,
    write_head,
)

_DOWN_SECONDS = 0.03


class Proxy(Listener):
    """Stands before a server.

    Attributes:
        done: how often each kind of fault really happened.
    """

    def __init__(
        self,
        upstream: int,
        plan: Iterator[Fault | None] | None = None,
        *,
        delay: float = 0.0,
        stalls: tuple[float, float] = (0.05, 1.5),
    ) -> None:
        """Listen on no port yet.

        Args:
            upstream: port of the server on 127.0.0.1.
            plan: what befalls each POST request, in order; nothing where it is None or has ended.
            delay: seconds that a round trip takes longer.
            stalls: seconds of a short and of a long stall.
        """
        super().__init__()
        self._upstream, self._plan = upstream, plan or iter(())
        self._delay, self._stalls = delay, stalls
        self.done: Counter[str] = Counter()

    async def answer(
        self,
        verb: str,
        request: Arrived,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        """Pass on what the server answers, with whatever befalls it."""
        fault = next(self._plan, None) if verb == "POST" else None
        if fault is not None and await self._at_once(fault, request, writer):
            return
        await asyncio.sleep(self._delay / 2)
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._upstream)
        try:
            up_writer.write(request_bytes(verb, request))
            answer = await read_head(up_reader)
            exchange = _Exchange(fault, request, reader, writer, self._stalls, self.done)
            await exchange.answer(answer, _late(pieces_of(up_reader, answer), self._delay / 2))
        finally:
            up_writer.close()

    async def _at_once(self, fault: Fault, request: Arrived, writer: asyncio.StreamWriter) -> bool:
        """Faults that keep the request from the server; False where this is none."""
        if fault.kind == "refused":
            self.done[fault.kind] += 1
            await self.down(_DOWN_SECONDS)
            raise HungUpError
        if fault.kind == "reset before":
            self.done[fault.kind] += 1
            reset(writer)
            raise HungUpError
        if fault.kind == "empty":
            write_head(writer, "200 OK", "text/event-stream")
            writer.write(b"0\r\n\r\n")
        elif fault.kind[:3].isdigit():
            extra = "Retry-After: 0\r\n" if fault.kind.endswith("at once") else ""
            said = _echo(request)
            writer.write(
                f"HTTP/1.1 {fault.kind[:3]} No\r\nContent-Type: application/json\r\n{extra}"
                f"Content-Length: {len(said)}\r\n\r\n".encode()
                + said
            )
        else:
            return False
        self.done[fault.kind] += 1
        await writer.drain()
        return True


@dataclass
class _Exchange:
    """One answer on its way to the client."""

    fault: Fault | None
    request: Arrived
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    stalls: tuple[float, float]
    done: Counter[str]
    sent: int = 0
    over: bool = False
    """Whether a fault that happens once has."""

    async def answer(self, head: Head, pieces: AsyncIterator[bytes]) -> None:
        """Pass it on, with whatever befalls it."""
        media = head.headers.get("content-type", "application/json")
        write_head(self.writer, head.first.split(" ", 1)[1], media)
        index = 0
        async for event in events_of(pieces):
            if self.reader.at_eof() or self.writer.transport.is_closing():
                raise HungUpError
            for piece in self._befall(event, index):
                await self._send(piece)
            index += 1
        self.writer.write(b"0\r\n\r\n")
        await self.writer.drain()

    def _befall(self, event: bytes, index: int) -> Iterator[bytes]:
        kind = self.fault.kind if self.fault else ""
        hit = self.fault is not None and index == self.fault.event
        if kind == "garbage" and hit:
            self.done[kind] += 1
            yield event[: len(event) // 2] + b'"}{\n\n'
        elif kind == "error event" and hit:
            self.done[kind] += 1
            yield b"data: " + _echo(self.request) + b"\n\n"
        elif kind == "stripped" and index and not self.over and (bare := stripped(event)) != event:
            self.over = True  # at the first event it would say what the service is like
            self.done[kind] += 1
            yield bare + b"\n\n"
        elif kind == "comments":
            self.done[kind] += index == 0
            yield b": keep-alive\n\n" + event + b": PROCESSING\n\n"
        elif kind == "odd pieces":
            self.done[kind] += index == 0
            size = 1 + index % 7
            yield from (event[i : i + size] for i in range(0, len(event), size))
        else:
            yield event

    async def _send(self, piece: bytes) -> None:
        fault = self.fault
        if fault is not None and self.sent <= fault.byte < self.sent + len(piece):
            cut = fault.byte - self.sent
            if fault.kind in {"reset within", "truncated"}:
                self.done[fault.kind] += 1
                self.writer.write(f"{len(piece):x}\r\n".encode() + piece[:cut])
                await self.writer.drain()
                if fault.kind == "reset within":
                    await asyncio.sleep(0.005)  # a reset overtakes what was sent before it
                    reset(self.writer)
                raise HungUpError
            if fault.kind in {"short stall", "long stall"}:
                self.done[fault.kind] += 1
                await self._pass(piece[:cut])
                await asyncio.sleep(self.stalls[fault.kind == "long stall"])
                piece = piece[cut:]
        await self._pass(piece)

    async def _pass(self, piece: bytes) -> None:
        if piece:
            self.sent += len(piece)
            self.writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            await self.writer.drain()


async def _late(pieces: AsyncIterator[bytes], delay: float) -> AsyncIterator[bytes]:
    """Each piece so many seconds later than it came; those behind it do not wait twice."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[tuple[float, bytes | BaseException | None]] = asyncio.Queue()

    async def read() -> None:
        try:
            async for piece in pieces:
                queue.put_nowait((loop.time() + delay, piece))
            queue.put_nowait((loop.time() + delay, None))
        except GONE as error:
            queue.put_nowait((loop.time(), error))

    task = asyncio.create_task(read())
    try:
        while True:
            due, piece = await queue.get()
            await asyncio.sleep(max(due - loop.time(), 0))
            if isinstance(piece, BaseException):
                raise piece
            if piece is None:
                return
            yield piece
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _echo(request: Arrived) -> bytes:
    """An error that repeats the whole request with its key, as careless services do."""
    said = f"{dict(request.headers)} {request.body.decode()}"
    return json.dumps({"error": {"message": said, "type": "server_error", "code": 500}}).encode()
