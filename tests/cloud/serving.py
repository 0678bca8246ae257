"""A web server on loopback that answers as it is told and remembers what it was asked."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any


@dataclass(frozen=True)
class Asked:
    """One request as it arrived; the names of its headers in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def fields(self) -> dict[str, Any]:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """One answer.

    Attributes:
        chunks: of its body, each sent as soon as it is made.
        cut: hang up before the end of the body is marked.
    """

    chunks: Iterable[bytes] = ()
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False


Respond = Callable[[Asked], Answer]


@dataclass
class Served:
    """A server that runs.

    Attributes:
        url: its root, without a path.
        asked: all requests so far.
        connections: how many were opened.
        hung_up: set once a client went away in the middle of an answer.
    """

    respond: Respond
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    hung_up: Event = field(default_factory=Event)

    @property
    def posted(self) -> list[dict[str, Any]]:
        """The bodies of all POST requests."""
        return [asked.fields for asked in self.asked if asked.method == "POST"]

    def paths(self, method: str) -> list[str]:
        """The paths that were asked with a method."""
        return [asked.path for asked in self.asked if asked.method == method]


def as_json(value: object, status: int = 200, **headers: str) -> Answer:
    """An answer with a JSON body."""
    return Answer([json.dumps(value).encode()], status, headers)


def as_events(*events: object, done: bool = True, cut: bool = False) -> Answer:
    """An answer of server-sent events."""
    chunks = [f"data: {json.dumps(event)}\n\n".encode() for event in events]
    return Answer([*chunks, *([b"data: [DONE]\n\n"] if done else [])], cut=cut)


def as_lines(*events: object) -> Answer:
    """An answer of one JSON object a line."""
    return Answer([json.dumps(event, ensure_ascii=False).encode() + b"\n" for event in events])


NOT_FOUND = as_json({"detail": "Not Found"}, 404)


@contextmanager
def serving(respond: Respond, tls: ssl.SSLContext | None = None) -> Iterator[Served]:
    """Serve until the end of the block."""
    served = Served(respond)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            served.connections += 1

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Asked(self.command, self.path, headers, body)
            served.asked.append(asked)
            answer = served.respond(asked)
            try:
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                for chunk in answer.chunks:
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
                if answer.cut:
                    self.close_connection = True
                else:
                    self.wfile.write(b"0\r\n\r\n")
            except OSError:
                served.hung_up.set()
                self.close_connection = True

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """Says nothing: a client that goes away is no error."""

    server = Server(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    served.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
