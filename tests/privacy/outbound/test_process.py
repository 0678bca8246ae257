"""`costeer write` as a process of its own: all that it does to the network, and where keys go."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import pytest

from costeer_cli.accounts.account import Account
from costeer_cli.accounts.book import Accounts
from costeer_cli.accounts.keys import store_key
from costeer_cli.accounts.secret import Secret
from costeer_cli.accounts.verdicts import Verdicts
from costeer_cli.cloud.capability import Capability, Kind
from costeer_cli.settings import Config, Places
from costeer_cli.store.database import open_default
from tests.cloud import services
from tests.cloud.conftest import Serve
from tests.cloud.serving import Answer, Asked, Respond, as_json

KEY = "sk-Zwieback-0123456789"
RUN = """
import json, sys
seen = []
def see(event, args):
    if event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix")):
        seen.append([event, [str(a) for a in args if isinstance(a, (str, bytes, tuple))]])
sys.addaudithook(see)
from costeer_cli.privacy.outbound.seal import sealed
from costeer_cli.cli.app import main
with sealed():
    try:
        main()
    finally:
        with open(sys.orig_argv[-1], "w") as file:
            json.dump(seen, file)
"""
HARMLESS = {"socket.__new__", "socket.gethostname"}


@dataclass(frozen=True)
class Ran:
    """What a sealed process did: what it said, and each call that could reach out."""

    code: int
    out: str
    err: str
    calls: list[tuple[str, list[str]]]


Run = Callable[..., Ran]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs `costeer ARGS` from its first import to its end in a sealed process."""

    def run_(*args: str, **environ: str) -> Ran:
        seen = tmp_path / "seen.json"
        script = RUN.replace("sys.orig_argv[-1]", repr(str(seen)))
        ran = subprocess.run(
            [sys.executable, "-c", script, *args],
            env=os.environ | environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=120,
        )
        calls = [(event, said) for event, said in json.loads(seen.read_text())]
        calls = [(event, said) for event, said in calls if event not in HARMLESS]
        return Ran(ran.returncode, ran.stdout.decode(), ran.stderr.decode(), calls)

    return run_


@pytest.fixture
def account(home: Places) -> Callable[..., None]:
    """Sets up the provider in use."""

    def put(url: str, **fields: Any) -> None:
        Accounts(Config(home.config)).put(
            Account(name="mine", base_url=f"{url}/v1", model="big-1", **fields), replace=True
        )

    return put


def wire() -> list[tuple[str, bytes]]:
    """Address and body of all that is in the wire log."""
    with open_default() as store:
        rows = store._connection.rows("SELECT endpoint, body FROM wire ORDER BY id")
        return [(row["endpoint"], row["body"]) for row in rows]


@pytest.mark.model
def test_with_the_stand_in_nothing_at_all_reaches_out(kept_model: None, run: Run) -> None:
    """From the first import on: torch, transformers, loading, writing. No telemetry, no hub."""
    ran = run("write", "A note.", "--profile", "concise", "--max-tokens", "3")
    assert ran.code == 0, ran.err
    assert ran.out.strip()
    assert ran.calls == []


@pytest.mark.parametrize("respond", [services.vllm, services.llama_server, services.ollama])
def test_with_a_service_nothing_but_that_is_reached(
    run: Run, serve: Serve, account: Callable[..., None], small_folder: str, respond: Respond
) -> None:
    """The probe and the text; and what arrives there is in the wire log, in order."""
    served = serve(respond)
    account(served.url)
    ran = run("write", "A note.", "--model", small_folder, "--max-tokens", "4")
    assert ran.code == 0, ran.err
    port = str(urlsplit(served.url).port)
    assert ran.calls
    assert {event for event, _ in ran.calls} <= {"socket.connect", "socket.getaddrinfo"}
    assert all("127.0.0.1" in str(said) for _, said in ran.calls)
    assert all(port in str(said) for event, said in ran.calls if event == "socket.connect")
    posted = [(served.url + a.path, a.body) for a in served.asked if a.method == "POST"]
    assert wire() == posted


@pytest.mark.parametrize("hub", [{}, {"HF_HUB_OFFLINE": "0", "HF_ENDPOINT": "http://127.0.0.1:9"}])
def test_a_local_model_does_not_ask_the_hub(run: Run, small_folder: str, hub: dict) -> None:
    ran = run("write", "A note.", "--model", small_folder, "--max-tokens", "4", "--offline", **hub)
    assert ran.code == 0, ran.err
    assert ran.calls == []


def faults() -> Iterator[Answer]:
    elsewhere = {"Location": "http://127.0.0.1:9/v1/completions", "Set-Cookie": "who=ana"}
    yield Answer([b"data: {"], cut=True)
    yield as_json({"error": "busy"}, 503, **{"Retry-After": "0", **elsewhere})
    yield as_json({"error": "busy"}, 429, **{"Retry-After": "0"})
    yield Answer(status=307, headers=elsewhere)


def test_what_is_asked_again_is_written_down_again(
    run: Run, serve: Serve, account: Callable[..., None], small_folder: str, home: Places
) -> None:
    """Broken answers, busy services, cookies, and a redirect at the end: the log has it all."""
    plan = faults()
    served = serve(lambda asked: next(plan))
    account(served.url)
    mine = Accounts(Config(home.config)).get("mine")
    Verdicts(home.verdicts).put(mine, Capability(Kind.CHAT_IMPLICIT_PREFILL, "chat").as_dict())
    ran = run("write", "A note.", "--model", small_folder, "--max-tokens", "30", OPENAI_LOG="debug")
    assert ran.code == 4
    assert "another address" in ran.err
    assert len(wire()) == 4
    posted = [(served.url + a.path, a.body) for a in served.asked if a.method == "POST"]
    assert wire() == posted
    assert all("cookie" not in asked.headers for asked in served.asked)
    port = str(urlsplit(served.url).port)
    assert all(port in str(said) for event, said in ran.calls if event == "socket.connect")
    assert {event for event, _ in ran.calls} <= {"socket.connect", "socket.getaddrinfo"}


def command_lines() -> list[str]:
    """Those of all processes below this one."""
    found = []
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            found.append(" ".join(child.cmdline()))
    return found


def run_freely(*args: str, **environ: str) -> Ran:
    """`costeer ARGS`, not sealed: what asks a command for a key has to run it."""
    ran = subprocess.run(
        [sys.executable, "-m", "costeer_cli.cli.app", *args],
        env=os.environ | environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=120,
    )
    return Ran(ran.returncode, ran.stdout.decode(), ran.stderr.decode(), [])


@pytest.mark.parametrize("place", ["env:MINE_API_KEY", "file", "command"])
def test_a_key_shows_nowhere(
    serve: Serve,
    account: Callable[..., None],
    small_folder: str,
    home: Places,
    tmp_path: Path,
    place: str,
) -> None:
    """Not on either stream, in any file but its own, or in a command line while it runs."""
    kept = tmp_path / "kept"
    kept.write_text(KEY)
    command = f"command:{sys.executable} -c 'print(open(\"{kept}\").read())'"
    lines: list[str] = []

    def respond(asked: Asked) -> Answer:
        lines.extend(command_lines())
        if asked.method == "POST" and len(lines) % 5 == 4:
            return as_json({"error": {"message": str(asked.headers)}}, 503, **{"Retry-After": "0"})
        return services.vllm(asked)

    served = serve(respond)
    account(served.url, key=command if place == "command" else place)
    if place == "file":
        store_key(Accounts(Config(home.config)).get("mine"), Secret(KEY))
    ran = run_freely(
        *("write", "A note.", "--model", small_folder, "--max-tokens", "12", "--json"),
        **{"OPENAI_LOG": "debug", "COSTEER_DEBUG": "1", "MINE_API_KEY": KEY},
    )
    assert {a.headers["authorization"] for a in served.asked} == {f"Bearer {KEY}"}
    assert any("--max-tokens" in line for line in lines)
    for shown in (*lines, ran.out, ran.err):
        assert KEY not in shown
    assert "DEBUG" not in ran.err
    own = home.config.with_name("keys.toml")
    files = [path for path in home.config.parent.rglob("*") if path.is_file()]
    assert home.store in files
    assert [path for path in files if KEY.encode() in path.read_bytes()] == [own] * (
        place == "file"
    )
