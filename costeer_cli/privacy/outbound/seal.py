"""The seal: while a text is written, only the outbound door can reach out of this process.

Python reports what it is about to do to audit hooks, and a hook that raises prevents it. Ours,
while the process is sealed, prevents looking up hosts, connecting, sending and starting other
programs, in every thread, whichever library does it; but for a thread inside a `Passage`, which
may reach the one service that the passage leads to. What native code does by itself, without
Python's sockets, no hook hears of.
"""

from __future__ import annotations

import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from costeer_cli.accounts.account import is_loopback
from costeer_cli.errors import PrivacyError

__all__ = ["Passage", "sealed"]

_REFUSED = frozenset(
    {
        "socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr",
        "socket.getnameinfo", "socket.sendto", "socket.sendmsg", "socket.bind",
        "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork",
        "os.forkpty", "os.startfile", "os.startfile/2", "pty.spawn", "_winapi.CreateProcess",
    }
)  # fmt: skip

Place = tuple[str, int]
"""A host in lower case, and a port."""


class _State:
    """How many seals there are, whether Python knows the hook, and who is in a passage."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.seals = 0
        self.hooked = False
        self.here = threading.local()


_state = _State()


@contextmanager
def sealed() -> Iterator[None]:
    """Seal the process until the end of the block; blocks may be nested and may overlap."""
    with _state.lock:
        if not _state.hooked:
            sys.addaudithook(_refuse)
            _state.hooked = True
        _state.seals += 1
    try:
        yield
    finally:
        with _state.lock:
            _state.seals -= 1


class Passage:
    """A context manager: while it is open, its thread may reach one service.

    Args:
        base_url: the service's; anything that is no address leads nowhere. Proxies that the
            environment names are on the way to a service beyond this machine.
    """

    def __init__(self, base_url: str) -> None:
        self._places = frozenset(_places_of(base_url))

    def __enter__(self) -> None:
        _open_passages().append(self._places)

    def __exit__(self, *_: object) -> None:
        _open_passages().pop()


def _open_passages() -> list[frozenset[Place]]:
    passages: list[frozenset[Place]] | None = getattr(_state.here, "passages", None)
    if passages is None:
        passages = _state.here.passages = []
    return passages


def _places_of(base_url: str) -> Iterator[Place]:
    if "://" not in base_url:
        return
    service = _place(base_url)
    yield service
    if is_loopback(service[0]):
        return
    for scheme, url in urllib.request.getproxies().items():
        with suppress(ValueError):  # no address, and nobody can be asked through it
            if scheme != "no":
                yield _place(url if "://" in url else f"http://{url}")


def _place(url: str) -> Place:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _refuse(event: str, args: tuple[Any, ...]) -> None:
    if event not in _REFUSED or not _state.seals:
        return
    passages = _open_passages()
    if passages and _leads_there(event, args, passages[-1]):
        return
    raise PrivacyError(
        f"Something tried to reach out of this process beside the door ({event}); it was stopped.",
        hint="While a text is written nothing may; this is a fault of costeer or of an add-on.",
    )


def _leads_there(event: str, args: tuple[Any, ...], places: frozenset[Place]) -> bool:
    if event == "socket.getaddrinfo":
        host = args[0].decode() if isinstance(args[0], bytes) else str(args[0])
        return any(host.lower() == known for known, _ in places)
    if event != "socket.connect" or not isinstance(args[1], tuple):
        return False
    number, port = args[1][:2]
    return any(port == known and _may_be(number, host) for host, known in places)


def _may_be(number: str, host: str) -> bool:
    """Whether a host's number may be this: its own, or for a name any, but this machine's own
    for the names of this machine."""
    try:
        return ip_address(number) == ip_address(host)
    except ValueError:
        return is_loopback(number) or not is_loopback(host)
