"""Steering a real server: on the same cores, as if far away, and over a slow line.

The two that are far away are answers of the same server played again (tests/servers/replay.py),
by a process of its own: a server on the same cores would compete with the local model as one
elsewhere does not.

    python -m benchmarks.cloud --server PATH [--tokens N]

PATH is llama.cpp's `llama-server`. All rows of a table are of one run with the same prompts.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.common import PEOPLE, PROMPTS, default_model, table
from costeer_cli.accounts.account import Account
from costeer_cli.local.scorer import PairedScorer, Unscored
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.personal.context import PrivateContext
from costeer_cli.personal.library import Library
from costeer_cli.privacy.outbound.door import INSTRUCTIONS, Cloud, remote_cloud
from costeer_cli.privacy.outbound.probing import Capability, probe
from costeer_cli.settings import places
from costeer_cli.steering.policy import Policy
from costeer_cli.store.database import open_memory
from costeer_cli.writing.assignment import Assignment
from costeer_cli.writing.desk import Desk
from costeer_cli.writing.events import Finished
from costeer_cli.writing.loop import Limits, Loop
from tests.servers.proxy import Proxy
from tests.servers.replay import Replay
from tests.servers.running import default_gguf, llama_server

COLUMNS = [
    "",
    "tokens",
    "requests",
    "accepted per request",
    "wasted",
    "local passes",
    "seconds",
    "of it local",
    "ratio",
    "ratio with reading",
]


class _Nowhere:
    def append(self, *_: object) -> None:
        """Keeps nothing: the disk is not what is measured."""


@dataclass(frozen=True)
class Case:
    """A prompt, and what the local model reads with and without the person."""

    prompt: str
    private: Any
    public: Any


@dataclass
class Total:
    """Sums over the cases."""

    tokens: int = 0
    requests: int = 0
    wasted: int = 0
    passes: int = 0
    seconds: float = 0.0
    local: float = 0.0
    reading: float = 0.0
    each: list[tuple[float, float]] = field(default_factory=list)

    def add(self, other: Total) -> None:
        """Count another round in."""
        for name in ("tokens", "requests", "wasted", "passes", "seconds", "local", "reading"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.each.append((other.seconds, other.seconds + other.reading))

    def row(self, name: str, base: Total) -> list[object]:
        """For the table; ratios are to `base` in the same round, their median."""
        ratios = [
            (one / first, whole / first)
            for (one, whole), (first, _) in zip(self.each, base.each, strict=True)
        ]
        return [
            name,
            self.tokens,
            self.requests,
            f"{self.tokens / self.requests:.1f}",
            self.wasted,
            self.passes,
            f"{self.seconds:.1f}",
            f"{self.local:.1f}",
            *(f"{median(column):.2f}x" for column in zip(*ratios, strict=True)),
        ]


class Bench:
    """One model, one server, four people."""

    def __init__(self, model: LanguageModel, tokens: int, capability: Capability) -> None:
        """Choose the people and the prompts."""
        self._model, self._tokens, self._capability = model, tokens, capability
        store = open_memory()
        desk, library = Desk(store, model, None), Library(store)  # type: ignore[arg-type]
        self.cases = []
        for i, name in enumerate(PEOPLE[:4]):
            prompt = PROMPTS[i % 2]
            context = desk.context(Assignment(prompt, library.get(name), Policy()))
            messages = (c.messages(INSTRUCTIONS, prompt) for c in (context, PrivateContext()))
            self.cases.append(Case(prompt, *messages))

    def cloud(self, base_url: str, *, nearby: bool) -> Cloud:
        """The server at an address."""
        return remote_cloud(account(base_url), None, self._capability, nearby=nearby)

    def plain(self, cloud: Cloud) -> Total:
        """The cloud's own texts, one request each."""
        whole = {"draft_tokens": self._tokens}
        return self._sum(
            lambda case, sums: self._write(cloud, case, Unscored(), 0.0, sums, **whole)
        )

    def steered(self, cloud: Cloud, **limits: Any) -> Total:
        """The people's texts."""

        def one(case: Case, sums: Total) -> bytes:
            scorer = PairedScorer(self._model, case.private, case.public)
            begun = time.perf_counter()
            scorer.prepare()
            sums.reading += time.perf_counter() - begun
            return self._write(cloud, case, scorer, Policy().strength, sums, **limits)

        return self._sum(one)

    def _sum(self, one: Callable[[Case, Total], bytes]) -> Total:
        sums = Total()
        self.texts = [one(case, sums) for case in self.cases]
        return sums

    def _write(
        self,
        cloud: Cloud,
        case: Case,
        scorer: PairedScorer | Unscored,
        strength: float,
        sums: Total,
        **limits: Any,
    ) -> bytes:
        door = cloud.open(case.prompt, lambda *_: None)
        bounds = Limits(max_tokens=self._tokens, **limits)
        loop = Loop(door, scorer, Policy(strength=strength), _Nowhere(), bounds)
        begun = time.perf_counter()
        *_, last = loop
        sums.seconds += time.perf_counter() - begun
        assert isinstance(last, Finished)
        door.close()
        usage = last.receipt.usage
        sums.tokens += usage.tokens
        sums.requests += usage.requests
        sums.wasted += usage.wasted_tokens
        sums.passes += usage.local_passes
        sums.local += usage.local_seconds
        return b"".join(c.text for c in loop.choices)


def alternately(rounds: int, **rows: Callable[[], Total]) -> list[tuple[str, Total]]:
    """Each row once per round, in turn, so that a machine that slows down slows all of them."""
    sums = {name: Total() for name in rows}
    for _ in range(rounds):
        for name, measure in rows.items():
            sums[name].add(measure())
    return [(name.replace("_", " "), total) for name, total in sums.items()]


def account(base_url: str) -> Account:
    """An account for a server on this machine."""
    return Account(name="bench", base_url=base_url, model="smollm2")


@dataclass(frozen=True)
class Distant:
    """A server elsewhere: where it answers, fast and slowly, and what it had to ask for."""

    fast: str
    slow: str
    pipe: Connection

    def fetched(self) -> int:
        """Requests that the real server had to answer so far."""
        self.pipe.send(True)
        return int(self.pipe.recv())


@contextmanager
def elsewhere(upstream: int, rate: float, delay: float) -> Iterator[Distant]:
    """A process that plays the answers of the server at `upstream` again."""
    spawning = multiprocessing.get_context("spawn")
    pipe, there = spawning.Pipe()
    process = spawning.Process(target=_play, args=(there, upstream, rate, delay), daemon=True)
    process.start()
    try:
        yield Distant(*pipe.recv(), pipe)
    finally:
        pipe.send(False)
        process.join()


def _play(pipe: Connection, upstream: int, rate: float, delay: float) -> None:
    with Replay(upstream, rate) as replay, Proxy(replay.port, delay=delay) as proxy:
        pipe.send((replay.base_url, proxy.base_url))
        while pipe.recv():
            pipe.send(replay.fetched)


def show(title: str, rows: Sequence[tuple[str, Total]]) -> None:
    """Print a table; ratios are to the first row."""
    base = rows[0][1]
    table(title, COLUMNS, [total.row(name, base) for name, total in rows])
    sys.stdout.flush()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", type=Path, required=True)
    parser.add_argument("--tokens", type=int, default=120)
    parser.add_argument("--rounds", type=int, default=3, help="of the first two tables, summed")
    parser.add_argument("--rate", type=float, default=30.0, help="tokens per second of a replay")
    parser.add_argument("--delay", type=float, default=0.1, help="seconds added to a round trip")
    options = parser.parse_args()
    model = default_model()
    gguf = default_gguf(places().cache / "gguf")
    with llama_server(options.server, gguf, "--threads", str(os.cpu_count())) as server:
        finding = probe(account(server.base_url), None, lambda *_: None)
        bench = Bench(model, options.tokens, finding.capability)
        far, near = (bench.cloud(server.base_url, nearby=n) for n in (False, True))
        bench.plain(far)  # warms up
        show(
            f"The server on the same cores; 4 texts of {options.tokens} tokens, {options.rounds}"
            " times",
            alternately(
                options.rounds,
                plain_streaming=lambda: bench.plain(far),
                steered=lambda: bench.steered(near),
            ),
        )
        with elsewhere(server.port, options.rate, options.delay) as distant:
            away = bench.cloud(distant.fast, nearby=False)
            bench.plain(away)
            bench.steered(away)
            fetched = distant.fetched()
            rows = alternately(
                options.rounds,
                plain_streaming=lambda: bench.plain(away),
                steered=lambda: bench.steered(away),
            )
            show(f"A server elsewhere that writes {options.rate:.0f} tokens per second", rows)
            print(f"({distant.fetched() - fetched} requests of these rows were not replayed)")
            slow = bench.cloud(distant.slow, nearby=False)
            bench.steered(slow, block=1, draft_tokens=1)  # fetches what it asks
            single = bench.steered(slow, block=1, draft_tokens=1)
            texts, steered = bench.texts, bench.steered(slow)
            rows = alternately(1, one_token_per_request=lambda: single, steered=lambda: steered)
            show(f"The same, with a round trip of {options.delay * 1000:.0f} ms", rows)
            same = sum(a == b for a, b in zip(texts, bench.texts, strict=True))
            print(f"({same} of {len(texts)} texts are the same)")


if __name__ == "__main__":
    main()
