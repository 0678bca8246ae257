"""HTTP/1.1 messages as bytes, and a listener that answers them, for servers that misbehave."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

GONE = (ConnectionError, asyncio.IncompleteReadError)


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


class Listener:
    """Answers requests on a port of its own, in a thread of its own; a context manager.

    Attributes:
        port: on 127.0.0.1.
        requests: the POST requests that arrived.
    """

    port = 0

    def __init__(self) -> None:
        """Listen on no port yet."""
        self.requests: list[Arrived] = []
        self.writers: set[asyncio.StreamWriter] = set()
        self._ready = threading.Event()

    async def answer(
        self,
        verb: str,
        request: Arrived,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        """Answer one request; `HungUpError` ends the connection."""
        raise NotImplementedError

    @property
    def base_url(self) -> str:
        """Of the OpenAI-compatible part, as a server's own is."""
        return f"http://127.0.0.1:{self.port}/v1"

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

    async def down(self, seconds: float) -> None:
        """Refuse connections for a while, and reset those there are."""
        self._server.close()
        for writer in list(self.writers):
            reset(writer)
        await asyncio.sleep(seconds)
        await self._listen()

    async def _run(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        await self._listen()
        self._ready.set()
        await self._over.wait()
        self._server.close()
        for writer in list(self.writers):
            writer.transport.abort()
        await asyncio.sleep(0)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.add(writer)
        try:
            while True:
                head = await read_head(reader)
                body = await reader.readexactly(int(head.headers.get("content-length", 0)))
                verb, path, _ = head.first.split(" ")
                request = Arrived(path, head.headers, body)
                if verb == "POST":
                    self.requests.append(request)
                await self.answer(verb, request, reader, writer)
        except (*GONE, HungUpError, asyncio.CancelledError):
            pass
        finally:
            self.writers.discard(writer)
            writer.close()


async def read_head(reader: asyncio.StreamReader) -> Head:
    """A message up to its body."""
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines if line)
    return Head(first, {name.lower(): value.strip() for name, _, value in pairs})


def request_bytes(verb: str, request: Arrived) -> bytes:
    """A request to pass on, for a connection of its own."""
    kept = {k: v for k, v in request.headers.items() if k not in {"connection", "accept-encoding"}}
    lines = [f"{verb} {request.path} HTTP/1.1", *(f"{k}: {v}" for k, v in kept.items())]
    return ("\r\n".join([*lines, "Connection: close"]) + "\r\n\r\n").encode() + request.body


async def pieces_of(reader: asyncio.StreamReader, head: Head) -> AsyncIterator[bytes]:
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


async def events_of(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Whole events of a stream; what is no stream comes as one."""
    rest = b""
    async for piece in pieces:
        *whole, rest = (rest + piece).replace(b"\r\n", b"\n").split(b"\n\n")
        for event in whole:
            yield event + b"\n\n"
    if rest:
        yield rest


def write_head(writer: asyncio.StreamWriter, status: str, media: str) -> None:
    """Begin a chunked answer."""
    writer.write(
        f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    )


def reset(writer: asyncio.StreamWriter) -> None:
    """Break a connection off with a reset."""
    peer = writer.get_extra_info("socket")
    if peer is not None:
        with suppress(OSError):
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
