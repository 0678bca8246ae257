"""A Hugging Face hub of one model on this machine's loopback."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit


@dataclass
class Hub:
    """What it serves and what it was asked.

    Attributes:
        name: `owner/name` of its one model.
        files: content by file name.
        refused: names of files that it lists but does not hand out.
        asked: the paths of all requests so far.
        answers: how many questions about the model it answers before it refuses.
    """

    name: str
    files: dict[str, bytes]
    refused: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    answers: int = 1000
    url: str = ""

    @property
    def commit(self) -> str:
        """Names this very set of files."""
        return _oid(b"".join(name.encode() + self.files[name] for name in sorted(self.files)))


def of_folder(name: str, folder: Path) -> Hub:
    """A hub with the files of a folder."""
    return Hub(name, {file.name: file.read_bytes() for file in folder.iterdir()})


@contextmanager
def serving(hub: Hub) -> Iterator[Hub]:
    """Serve until the end of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(body=True)

        def do_HEAD(self) -> None:
            self._answer(body=False)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

        def _answer(self, *, body: bool) -> None:
            path = urlsplit(self.path).path
            hub.asked.append(path)
            status, content, headers = _response(hub, path)
            questions = sum(path.startswith("/api/") for path in hub.asked)
            if questions > hub.answers or (body and path.rpartition("/")[2] in hub.refused):
                status, content, headers = 403, b"", {}
            self.send_response(status)
            for key, value in (headers | {"Content-Length": str(len(content))}).items():
                self.send_header(key, value)
            self.end_headers()
            if body:
                self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    hub.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _response(hub: Hub, path: str) -> tuple[int, bytes, dict[str, str]]:
    api, files = f"/api/models/{hub.name}", f"/{hub.name}/resolve/{hub.commit}/"
    if path.startswith(f"{api}/tree/"):
        listing = [
            {"type": "file", "path": name, "size": len(content), "oid": _oid(content)}
            for name, content in hub.files.items()
        ]
        return 200, json.dumps(listing).encode(), {"Content-Type": "application/json"}
    if path in {api, f"{api}/revision/main"}:
        info = {"id": hub.name, "sha": hub.commit, "siblings": []}
        return 200, json.dumps(info).encode(), {"Content-Type": "application/json"}
    name = path.removeprefix(files)
    if path.startswith(files) and name in hub.files:
        content = hub.files[name]
        headers = {"ETag": f'"{_oid(content)}"', "X-Repo-Commit": hub.commit}
        return 200, content, headers
    return 404, b"", {"X-Error-Code": "RepoNotFound"}


def _oid(content: bytes) -> str:
    return hashlib.sha1(content).hexdigest()
