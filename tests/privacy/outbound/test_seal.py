"""The seal: what it stops, in which threads, and how a passage leads through it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from costeer_cli.errors import PrivacyError
from costeer_cli.privacy.outbound.seal import Passage, sealed


@pytest.fixture
def port() -> Iterator[int]:
    """Somebody listens there."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def connect(port: int) -> None:
    with socket.socket() as sock:
        sock.connect(("127.0.0.1", port))


def say(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(b"ana", ("127.0.0.1", port))


def bind(_: int) -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))


def connect_here(_: int) -> None:
    with closing(socket.socket(socket.AF_UNIX)) as sock:
        sock.connect("\0nobody")


WAYS: list[Callable[[int], object]] = [
    connect,
    say,
    bind,
    connect_here,
    lambda _: socket.getaddrinfo("ana.example.com", 443),
    lambda _: socket.gethostbyname("ana.example.com"),
    lambda _: socket.gethostbyaddr("127.0.0.1"),
    lambda _: subprocess.run(["true"], check=False),
    lambda _: subprocess.run("true", shell=True, check=False),
    lambda _: os.system("true"),
    lambda _: os.posix_spawn("/bin/true", ["true"], {}),
    lambda _: os.fork() or os._exit(0),
    lambda _: os.execv("/bin/true", ["true"]),
]


@pytest.mark.parametrize("way", WAYS, ids=range(len(WAYS)))
def test_nothing_reaches_out_of_a_sealed_process(way: Callable[[int], object], port: int) -> None:
    with sealed(), pytest.raises(PrivacyError, match="stopped") as raised:
        way(port)
    assert raised.value.exit_code == 3
    assert "ana" not in str(raised.value)


def test_nothing_is_restricted_outside(port: int) -> None:
    with sealed():
        pass
    connect(port)
    subprocess.run([sys.executable, "-c", ""], check=True)


def test_seals_nest_and_end_with_errors(port: int) -> None:
    with sealed():
        with pytest.raises(ZeroDivisionError), sealed():
            raise ZeroDivisionError
        with pytest.raises(PrivacyError):
            connect(port)
    connect(port)


def test_a_passage_leads_to_one_service(port: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, sealed():
        with Passage(f"http://127.0.0.1:{port}/v1"):
            connect(port)
            with pytest.raises(PrivacyError):
                connect(other.getsockname()[1])
            with pytest.raises(PrivacyError):
                socket.getaddrinfo("ana.example.com", port)
            with pytest.raises(PrivacyError):
                subprocess.run(["true"], check=False)
        with pytest.raises(PrivacyError):
            connect(port)


def test_a_name_leads_where_it_is_looked_up(port: int) -> None:
    with sealed(), Passage(f"http://localhost:{port}"):
        socket.getaddrinfo("localhost", port)
        connect(port)
        with pytest.raises(PrivacyError):  # a name of this machine leads nowhere else
            sys.audit("socket.connect", None, ("192.0.2.1", port))
    with sealed(), Passage("https://cloud.example.com/v1"):
        sys.audit("socket.getaddrinfo", b"Cloud.example.com", 443, 0, 0, 0)
        for number in ("192.0.2.1", "2001:db8::1"):
            sys.audit("socket.connect", None, (number, 443))
            with pytest.raises(PrivacyError):
                sys.audit("socket.connect", None, (number, 80))
    with sealed(), Passage("https://[2001:db8::1]:8443/v1"):
        sys.audit("socket.connect", None, ("2001:db8:0::1", 8443, 0, 0))
        with pytest.raises(PrivacyError):
            sys.audit("socket.connect", None, ("2001:db8::2", 8443, 0, 0))


def test_a_passage_of_the_stand_in_leads_nowhere(port: int) -> None:
    with sealed(), Passage("in-process"), pytest.raises(PrivacyError):
        connect(port)
    with sealed(), Passage(f"http://127.0.0.1:{port}"):
        with Passage("in-process"), pytest.raises(PrivacyError):
            connect(port)
        connect(port)


def test_a_passage_is_its_threads_own(port: int) -> None:
    with sealed(), Passage(f"http://127.0.0.1:{port}"), ThreadPoolExecutor(1) as pool:
        with pytest.raises(PrivacyError):
            pool.submit(connect, port).result()
        connect(port)


def test_a_thread_in_a_passage_is_not_stopped_by_others(port: int) -> None:
    inside, done = threading.Event(), threading.Event()

    def read() -> None:
        with Passage(f"http://127.0.0.1:{port}"):
            inside.set()
            done.wait(5)
            connect(port)

    with sealed(), ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read)
        assert inside.wait(5)
        with pytest.raises(PrivacyError):
            connect(port)
        done.set()
        reading.result(5)


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_the_persons_own_proxy_is_on_the_way(
    monkeypatch: pytest.MonkeyPatch, port: int, name: str
) -> None:
    monkeypatch.setenv(name, f"127.0.0.1:{port}" if name.islower() else f"http://127.0.0.1:{port}")
    with sealed():
        with Passage("https://cloud.example.com/v1"):
            connect(port)
        with Passage("http://127.0.0.1:1/v1"), pytest.raises(PrivacyError):
            connect(port)


def test_a_proxy_that_is_no_address_is_none(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://[127.0.0.1:port")
    with sealed(), Passage("https://cloud.example.com"), pytest.raises(PrivacyError):
        connect(port)


def test_it_costs_next_to_nothing() -> None:
    def took(n: int = 20_000) -> float:
        begun = time.perf_counter()
        for _ in range(n):
            sys.audit("costeer.test")
        return (time.perf_counter() - begun) / n

    there = Passage("https://cloud.example.com")
    with sealed():
        event = min(took() for _ in range(5))
        begun = time.perf_counter()
        for _ in range(10_000):
            with there:
                pass
        passage = (time.perf_counter() - begun) / 10_000
    print(f"an event {event * 1e9:.0f} ns, a passage {passage * 1e9:.0f} ns")
    assert event < 1e-5
    assert passage < 1e-4
