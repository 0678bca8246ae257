"""Real servers for the session, and the finding of the probe for each of their wire shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from filelock import FileLock

from costeer_cli.models.shelf import Shelf
from costeer_cli.privacy.outbound.door import Cloud
from costeer_cli.privacy.outbound.probing import Finding
from tests.servers import running
from tests.servers.running import NoServerError, Server
from tests.servers.writing import cloud_of, examine

Open = Callable[..., Cloud]


@pytest.fixture(scope="session")
def gguf(shelf: Shelf) -> Path:
    """The default model as the GGUF it is made from; fetched once, as the shelf's is."""
    shelf.root.mkdir(parents=True, exist_ok=True)
    with FileLock(shelf.root.parent / "fetching.lock"):  # several sessions may begin at once
        return running.default_gguf(shelf.root.parent / "gguf")


@pytest.fixture(scope="session")
def llama_server(gguf: Path) -> Iterator[Server]:
    """llama.cpp's own server."""
    try:
        binary = running.llama_server_binary()
    except NoServerError as error:
        pytest.skip(str(error))
    with running.llama_server(binary, gguf) as server:
        yield server


@pytest.fixture(scope="session")
def llama_cpp_python(gguf: Path) -> Iterator[Server]:
    """llama-cpp-python's server."""
    try:
        python = running.llama_python()
    except NoServerError as error:
        pytest.skip(str(error))
    with running.llama_cpp_python(python, gguf) as server:
        yield server


@pytest.fixture(scope="session")
def finding_of(llama_server: Server) -> Callable[[str | None], Finding]:
    """What the probe finds at llama-server, for a wire shape or for whatever is best (None)."""
    return cache(lambda wire: examine(llama_server.base_url, wire=wire))


@pytest.fixture(scope="session")
def cloud(llama_server: Server, finding_of: Callable[[str | None], Finding]) -> Cloud:
    """llama-server as the probe finds it, on this machine."""
    return cloud_of(llama_server.base_url, finding_of(None))


@pytest.fixture(scope="session")
def flowing(llama_server: Server, finding_of: Callable[[str | None], Finding]) -> Cloud:
    """The same, as if it were elsewhere."""
    return cloud_of(llama_server.base_url, finding_of(None), nearby=False)
