"""What leaves the machine, what guarding it costs, and what a budget costs in quality.

    python -m benchmarks.privacy wire FILE [--people N] [--tokens N]
    python -m benchmarks.privacy budget FILE [--people N] [--tokens N]

FILE is of CoGenesis: made-up people with private facts, each of which is a canary. `wire` writes
one text for each person with the default model on both sides, and searches every logged request
for their facts and for six words in a row of anything the local model could read. The search is
written apart from the guard. Ctrl-C ends it early, with the table of those who were done.
`budget` says how likely the person's own text is under --epsilon.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks.common import default_model, table
from costeer_cli.evaluation.people import Trial, of_file
from costeer_cli.evaluation.resampling import Interval, difference
from costeer_cli.evaluation.run import Bench, Settings, weigh
from costeer_cli.importers import cogenesis
from costeer_cli.importers.source import Source
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.privacy.allowance import Allowance
from costeer_cli.privacy.guard import Guard
from costeer_cli.privacy.ledger import Ledger
from costeer_cli.privacy.outbound.door import embedded_cloud
from costeer_cli.privacy.overlap import RUN, overlap
from costeer_cli.privacy.runs import HistoryRuns
from costeer_cli.privacy.vault.vault import Vault
from costeer_cli.steering.policy import DEFAULT_MIX, DEFAULT_SOFTEN, Policy
from costeer_cli.writing import preparation
from costeer_cli.writing.assignment import Assignment
from costeer_cli.writing.desk import Desk

USUAL = Policy(soften=DEFAULT_SOFTEN, mix=DEFAULT_MIX)
LENGTH = 300  # tokens of the text that a budget is for
BUDGETS = [(None, 0.0), (256.0, 1e-5), (64.0, 1e-5), (16.0, 1e-5), (4.0, 1e-5), (64.0, 0.0)]


class Clock:
    """Seconds that some calls take, all in all."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, run: Any) -> Any:
        def timed(*args: Any, **named: Any) -> Any:
            begun = time.perf_counter()
            try:
                return run(*args, **named)
            finally:
                self.seconds += time.perf_counter() - begun

        return timed


def guarded(trial: Trial, private: Sequence[str]) -> Trial:
    """The trial of a person who protects these facts."""
    assert trial.profile is not None
    name = trial.profile.title
    names = () if name == "the writer" else (name,)
    return replace(
        trial,
        profile=replace(trial.profile, protected=tuple(private), identity_names=names),
    )


def strings(body: bytes) -> Iterator[str]:
    """All texts in a request."""

    def inner(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict | list):
            for one in value.values() if isinstance(value, dict) else value:
                yield from inner(one)

    yield from inner(json.loads(body))


def wire(path: Path, people: int, tokens: int) -> None:
    """One text for each person, and what was sent for it."""
    known = {f"{one.id}-{n}": one.about for n, one in enumerate(cogenesis.people(Source(path)))}
    trials = of_file(path, people).all
    model, clock, sums, done = default_model(), Clock(), Counter[str](), 0
    with (
        suppress(KeyboardInterrupt),
        mock.patch.object(Guard, "refuses", clock(Guard.refuses)),
        mock.patch.object(Guard, "accept", clock(Guard.accept)),
        mock.patch.object(Guard, "__init__", clock(Guard.__init__)),
        mock.patch.object(Vault, "mask", clock(Vault.mask)),
        mock.patch.object(preparation, "vault_for", clock(preparation.vault_for)),
        mock.patch.object(HistoryRuns, "prepare", clock(HistoryRuns.prepare)),
    ):
        for trial in trials:
            facts = known[trial.id].get("Privacy_info", ())
            sums.update(written(model, guarded(trial, facts), facts, tokens))
            done += 1
            print(f"\r{done} of {len(trials)}, {sums['seconds']:.0f} s", end="", file=sys.stderr)
    share = f"{clock.seconds:.1f} ({clock.seconds / sums['seconds']:.1%})"
    table(
        f"One text of {tokens} tokens for each of {done} people of {path.name}",
        ["of", "number"],
        [*((name, round(number, 1)) for name, number in sums.items()), ("for the guard", share)],
    )


def written(
    model: LanguageModel, trial: Trial, facts: Sequence[str], tokens: int
) -> dict[str, float]:
    """Write one text; what was sent for it, and what of the person's is in that."""
    assert trial.profile is not None
    private = [*(d.text for d in trial.history), *trial.profile.facts]
    protected = [*facts, *trial.profile.identity_names]
    with trial.store() as store:
        desk = Desk(store, model, embedded_cloud(model))
        begun = time.perf_counter()
        writing = desk.begin(Assignment(trial.prompt, trial.profile, USUAL, max_tokens=tokens))
        for _ in writing:
            pass
        seconds = time.perf_counter() - begun
        said = [text for one in store.wire.for_draft(writing.id) for text in strings(one.body)]
    assert writing.receipt is not None
    found = overlap("\n".join(said), private, protected, writing.prepared.prompt)
    told = writing.receipt.privacy
    return {
        "requests": told.requests_logged,
        "bytes sent": told.outbound_bytes,
        "protected values": len(protected),
        "of them in prompts, sent as placeholders": told.protected_replaced,
        "choices the guard refused": told.blocked,
        "protected values on the wire": found.values,
        f"texts with {RUN} private words in a row on the wire": found.longest_run >= RUN,
        "seconds": seconds,
    }


def _shown(gain: Interval) -> str:
    ends = "" if gain.low is None else f" [{gain.low:+.3f}, {gain.high:+.3f}]"
    return f"{gain.value:+.3f}{ends}"


def budget(path: Path, people: int, tokens: int) -> None:
    """How likely people's own texts are where a budget bounds the clip."""
    model = default_model()
    bench = Bench(model, embedded_cloud(model), model, lambda *_: None, Settings())
    bench = replace(bench, settings=replace(bench.settings, gold_tokens=tokens))
    readings = []
    for n, trial in enumerate(of_file(path, people).all, 1):
        readings.append(weigh(bench, trial))
        print(f"\r{n} of {people} people", end="", file=sys.stderr)
    alone = [reading.cloud.nll for reading in readings]
    rows = [["the cloud alone", "0", f"{sum(alone) / len(alone):.3f}", ""]]
    for epsilon, delta in BUDGETS:
        policy, told = replace(USUAL, temperature=1.0), "no budget, clip 4"
        if epsilon is not None:
            clip = Ledger(Allowance(epsilon, delta), LENGTH).clip
            policy, told = replace(policy, clip=clip, gate=0.9), f"{epsilon:g}, delta {delta:g}"
        nll = [reading.steered(policy).nll for reading in readings]
        gain = difference(nll, alone)
        rows.append([told, f"{policy.clip:.3f}", f"{sum(nll) / len(nll):.3f}", _shown(gain)])
    table(
        f"Nats per token of {len(readings)} people's own texts; budgets for {LENGTH} tokens",
        ["epsilon", "clip", "nll", "against the cloud alone"],
        rows,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["wire", "budget"])
    parser.add_argument("file", type=Path)
    parser.add_argument("--people", type=int, default=150)
    parser.add_argument("--tokens", type=int, default=60)
    given = parser.parse_args()
    {"wire": wire, "budget": budget}[given.what](given.file, given.people, given.tokens)
