"""A proxy between the real client and a real server that makes things go wrong, or late."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tests.servers.faults import Fault, stripped

_DOWN_SECONDS = 0.03
_GONE = (ConnectionError, asyncio.IncompleteReadError)


class HungUpError(Exception):
    """The client is gone, or was sent away; the connection is done with."""


@dataclass(frozen=True)
class Arrived:
    """A request as it came; names of headers in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Head:
    """The first part of a message."""

    first: str
    headers: Mapping[str, str]


class Proxy:
    """Stands on a port of its own before a server; a context manager.

    Attributes:
        base_url: to use in place of the server's.
        requests: the POST requests that arrived.
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
        self._upstream, self._plan = upstream, plan or iter(())
        self._delay, self._stalls = delay, stalls
        self.requests: list[Arrived] = []
        self.done: Counter[str] = Counter()
        self._writers: set[asyncio.StreamWriter] = set()
        self._ready = threading.Event()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)

    @property
    def base_url(self) -> str:
        """Of the OpenAI-compatible part, as the server's own is."""
        return f"http://127.0.0.1:{self.port}/v1"

    async def _run(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        self.port = 0
        await self._listen()
        self._ready.set()
        await self._over.wait()
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        await asyncio.sleep(0)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while True:
                await self._one(reader, writer)
        except (*_GONE, HungUpError, asyncio.CancelledError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await _head(reader)
        body = await reader.readexactly(int(head.headers.get("content-length", 0)))
        verb, path, _ = head.first.split(" ")
        request, fault = Arrived(path, head.headers, body), None
        if verb == "POST":
            self.requests.append(request)
            fault = next(self._plan, None)
        if fault is not None and await self._at_once(fault, request, writer):
            return
        await asyncio.sleep(self._delay / 2)
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._upstream)
        try:
            up_writer.write(_request(verb, request))
            answer = await _head(up_reader)
            exchange = _Exchange(fault, request, reader, writer, self._stalls, self.done)
            await exchange.answer(answer, _late(_pieces(up_reader, answer), self._delay / 2))
        finally:
            up_writer.close()

    async def _at_once(self, fault: Fault, request: Arrived, writer: asyncio.StreamWriter) -> bool:
        """Faults that keep the request from the server; False where this is none."""
        if fault.kind == "refused":
            self.done[fault.kind] += 1
            self._server.close()
            for other in list(self._writers):
                _reset(other)
            await asyncio.sleep(_DOWN_SECONDS)
            await self._listen()
            raise HungUpError
        if fault.kind == "reset before":
            self.done[fault.kind] += 1
            _reset(writer)
            raise HungUpError
        if fault.kind == "empty":
            _write_head(writer, "200 OK", "text/event-stream")
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
        _write_head(self.writer, head.first.split(" ", 1)[1], media)
        index = 0
        async for event in _events(pieces):
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
                    _reset(self.writer)
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


async def _head(reader: asyncio.StreamReader) -> Head:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    return Head(first, {name.lower(): value.strip() for name, _, value in pairs})


def _request(verb: str, request: Arrived) -> bytes:
    kept = {k: v for k, v in request.headers.items() if k not in {"connection", "accept-encoding"}}
    lines = [f"{verb} {request.path} HTTP/1.1", *(f"{k}: {v}" for k, v in kept.items())]
    return ("\r\n".join([*lines, "Connection: close"]) + "\r\n\r\n").encode() + request.body


async def _pieces(reader: asyncio.StreamReader, head: Head) -> AsyncIterator[bytes]:
    """The body as it comes, without its framing."""
    if head.headers.get("transfer-encoding") == "chunked":
        while size := int((await reader.readline()).strip() or b"0", 16):
            yield await reader.readexactly(size)
            await reader.readexactly(2)
    elif "content-length" in head.headers:
        yield await reader.readexactly(int(head.headers["content-length"]))
    else:
        while piece := await reader.read(65536):
            yield piece


async def _late(pieces: AsyncIterator[bytes], delay: float) -> AsyncIterator[bytes]:
    """Each piece so many seconds later than it came; those behind it do not wait twice."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[tuple[float, bytes | BaseException | None]] = asyncio.Queue()

    async def read() -> None:
        try:
            async for piece in pieces:
                queue.put_nowait((loop.time() + delay, piece))
            queue.put_nowait((loop.time() + delay, None))
        except _GONE as error:
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


async def _events(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Whole events of a stream; what is no stream comes as one."""
    rest = b""
    async for piece in pieces:
        *whole, rest = (rest + piece).replace(b"\r\n", b"\n").split(b"\n\n")
        for event in whole:
            yield event + b"\n\n"
    if rest:
        yield rest


def _write_head(writer: asyncio.StreamWriter, status: str, media: str) -> None:
    writer.write(
        f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    )


def _echo(request: Arrived) -> bytes:
    """An error that repeats the whole request with its key, as careless services do."""
    said = f"{dict(request.headers)} {request.body.decode()}"
    return json.dumps({"error": {"message": said, "type": "server_error", "code": 500}}).encode()


def _reset(writer: asyncio.StreamWriter) -> None:
    peer = writer.get_extra_info("socket")
    if peer is not None:
        with suppress(OSError):
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
