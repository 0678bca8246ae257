"""The line to one service: one client with kept-alive connections, that sends exact bytes."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Generator, Iterable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from costeer_cli import __version__
from costeer_cli.accounts.account import is_loopback
from costeer_cli.cloud.faults import refused, translated
from costeer_cli.cloud.provider import Request
from costeer_cli.errors import ProviderUnreachableError

if TYPE_CHECKING:
    import httpx2

Event = dict[str, Any]
"""One event of a stream: a JSON object."""

HEADERS = {
    "Content-Type": "application/json",
    "User-Agent": f"costeer/{__version__}",
    "Accept": "*/*",
    "Accept-Encoding": "gzip",  # always this, whatever the machine could unpack besides
}
"""Headers that go with every request, the same for everybody; the wire log has them."""

_KEPT = {"host", "connection", "content-length", "authorization"}
_FREE = 20.0  # seconds of silence before a question that costs nothing is given up
_MOST = 32 << 20  # bytes of an answer to one
_VERSION = re.compile(r"/(v\d+[a-z0-9]*|beta|openai|api)$")


class Line:
    """Sends requests to one base URL, and to no other host.

    Of the SDK's own headers only those that HTTP needs go out: no platform, no versions of
    anything else, no organisation from the environment. Redirects are not followed, since the
    body would go along; a service on this machine is never asked through a proxy. Nothing is
    sent twice: who asks decides about that.
    """

    def __init__(self, base_url: str, key: str | None, *, read_timeout: float = 300.0) -> None:
        """Open no connection yet.

        Args:
            base_url: such as `https://api.example.com/v1`.
            key: sent as a bearer token, or None.
            read_timeout: seconds of silence before giving up; a prompt may take long to read.
        """
        import httpx2  # noqa: PLC0415

        from costeer_cli.cloud.client import Client, hush  # noqa: PLC0415

        hush()
        self.base_url = base_url.rstrip("/")
        self.where = urlsplit(base_url).hostname or base_url
        self.headers = dict(HEADERS)
        self.seen: set[str] = set()  # names of headers of the answers so far, in lower case
        self._key = key
        self._silence = read_timeout
        self._http = httpx2.Client(
            timeout=httpx2.Timeout(30.0, connect=10.0, read=read_timeout),
            follow_redirects=False,
            http2=True,
            mounts={f"all://{_in_url(self.where)}": None} if is_loopback(self.where) else None,
            event_hooks={"request": [self._only_ours], "response": [self._see]},
        )
        self._client = Client(
            base_url=self.base_url,
            api_key=key or "none",
            max_retries=0,
            http_client=self._http,
        )

    def url(self, path: str) -> str:
        """The whole address of a path under the base URL; see `url_of`."""
        return url_of(self.base_url, path)

    def get(self, path: str) -> Any:
        """What a free GET answers as JSON, or None where there is no such thing.

        Raises:
            ProviderUnreachableError: nobody answers.
        """
        return self._ask("GET", path)

    def post(self, path: str, body: bytes) -> Any:
        """What a POST answers as JSON, or None where it is refused; for free requests only.

        Raises:
            ProviderUnreachableError: nobody answers.
        """
        return self._ask("POST", path, body)

    def events(self, request: Request) -> Generator[Event, None, None]:
        """Send a request; yield the events of its answer. Closing the iterator hangs up.

        Raises:
            ProviderError: see `costeer_cli.cloud.faults`.
        """
        from costeer_cli.cloud.whole_stream import WholeStream  # noqa: PLC0415

        with translated(self.where):
            stream = self._client.post(
                request.endpoint,
                cast_to=object,
                content=request.body,
                stream=True,
                stream_cls=WholeStream,
            )
        try:
            with translated(self.where):
                for event in stream:
                    yield self._event(event)
        finally:
            stream.close()

    def lines(self, request: Request) -> Generator[Event, None, None]:
        """As `events`, for a service that sends one JSON object a line."""
        from costeer_cli.cloud.pace import Pace  # noqa: PLC0415

        with (
            translated(self.where),
            self._http.stream(
                "POST", request.endpoint, content=request.body, headers=self._authorised()
            ) as answer,
        ):
            if answer.status_code >= 300:
                answer.read()
                raise refused(self.where, answer)
            pace = Pace(self._silence)
            for line in _lines(pace.watch(answer.iter_bytes())):
                if line.strip():
                    yield self._event(json.loads(line))
                    pace.event()

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def _ask(self, method: str, path: str, body: bytes | None = None) -> Any:
        with (
            translated(self.where),
            self._http.stream(
                method, self.url(path), content=body, headers=self._authorised(), timeout=_FREE
            ) as answer,
        ):
            return _json(answer)

    def _event(self, event: object) -> Event:
        if not isinstance(event, dict):
            raise ProviderUnreachableError(f"{self.where} sent an answer of an unknown form.")
        if event.get("error"):
            raise ProviderUnreachableError(f"{self.where} broke off with an error of its own.")
        return event

    def _authorised(self) -> dict[str, str]:
        return self.headers | ({"Authorization": f"Bearer {self._key}"} if self._key else {})

    def _only_ours(self, request: httpx2.Request) -> None:
        for name in list(request.headers):
            if name.lower() not in _KEPT or (name.lower() == "authorization" and not self._key):
                del request.headers[name]
        request.headers.update(self.headers)

    def _see(self, answer: httpx2.Response) -> None:
        from costeer_cli.cloud.pace import Beginning  # noqa: PLC0415

        self.seen.update(name.lower() for name in answer.headers)
        if answer.status_code >= 300:
            answer.stream = Beginning(answer.stream, _FREE)  # type: ignore[arg-type]


def url_of(base_url: str, path: str) -> str:
    """The whole address of a path under a base URL.

    One with a `/` in front is of the server itself: a final version part (`/v1`, `/beta`,
    `/openai`, `/api`) is not part of its address.
    """
    if path.startswith("/"):
        return _VERSION.sub("", base_url) + path
    return f"{base_url}/{path}"


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Lines as JSON lines end: at a line feed, and at nothing else that Unicode ends lines with."""
    begun = bytearray()
    for chunk in chunks:
        first, *more = chunk.split(b"\n")
        begun += first
        for line in more:
            yield bytes(begun)
            begun[:] = line
    yield bytes(begun)


def _json(answer: httpx2.Response) -> Any:
    content, until = bytearray(), time.monotonic() + 3 * _FREE
    for chunk in answer.iter_bytes():
        content += chunk
        if len(content) > _MOST or time.monotonic() > until:
            return None
    if answer.status_code != 200:
        return None
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None
