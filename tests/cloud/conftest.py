"""What the tests of the cloud room share: a server, a line to it, and a key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from costeer_cli.cloud.line import Line
from tests.cloud.serving import Respond, Served, serving

Serve = Callable[[Respond], Served]
OpenLine = Callable[..., Line]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start servers that answer as they are told; they stop with the test."""
    with ExitStack() as running:
        yield lambda respond: running.enter_context(serving(respond))


@pytest.fixture
def open_line(serve: Serve) -> Iterator[OpenLine]:
    """Open lines to servers; they close before the servers stop."""
    opened: list[Line] = []

    def open_(url: str, key: str | None = None, **more: float) -> Line:
        opened.append(Line(url, key, **more))
        return opened[-1]

    yield open_
    for line in opened:
        line.close()
