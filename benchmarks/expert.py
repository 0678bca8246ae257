"""What an expert adds: to what the context adds, and in time.

    python -m benchmarks.expert FILE [--cloud REF] [--local REF] [--people N] [--tokens N]
        [--texts N]

FILE is of CoGenesis, LaMP or LongLaMP; its people are those on whom `benchmarks.evaluation`
reports, and nothing was fitted on them. For each of them an expert is trained on what they wrote
before, as `costeer train` does it, and what they were to write is read token by token with it and
without it. `--texts` also times a training on so many texts, of all the people together.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import mean

from benchmarks.common import table
from benchmarks.pairs import model_of
from costeer_cli.evaluation.likelihood import Reading, read, weighed
from costeer_cli.evaluation.people import Trial, halves, of_file
from costeer_cli.evaluation.resampling import Interval, difference, statistic
from costeer_cli.experts.course import Course
from costeer_cli.experts.expert import loaded
from costeer_cli.experts.training import Settings
from costeer_cli.local.scorer import PairedScorer
from costeer_cli.models.adapter import Adapter
from costeer_cli.models.catalogue import DEFAULT_MODEL
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.personal.context import PrivateContext, pack
from costeer_cli.personal.retrieval import EXCERPTS, retrieve
from costeer_cli.privacy.outbound.door import INSTRUCTIONS
from costeer_cli.steering.policy import DEFAULT_MIX, DEFAULT_SOFTEN, Policy
from costeer_cli.store.database import Store, open_store
from costeer_cli.store.document import Document
from costeer_cli.store.experts import ExpertRecord

STRENGTHS = (0.3, 0.5, 0.75)
CONTEXT_TOKENS = 1000
ALONE = "the cloud alone"


@dataclass
class Found:
    """What was measured of everybody.

    Attributes:
        nll: nats per token, by system, one for each person.
        seconds: of scoring, by what was read.
        records: the experts.
    """

    nll: dict[str, list[float]] = field(default_factory=dict)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    records: list[ExpertRecord] = field(default_factory=list)

    def add(self, system: str, value: float) -> None:
        """Take down one person's."""
        self.nll.setdefault(system, []).append(value)


@contextmanager
def kept(documents: Sequence[Document]) -> Iterator[Store]:
    """A store on disk, as experts need, with these texts."""
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "s.db") as store:
        store.documents.add(replace(one, tags=(), kept=True) for one in documents)
        yield store


def measure(found: Found, trial: Trial, cloud: LanguageModel, local: LanguageModel, n: int) -> None:
    """Train for one person, and read what they wrote in every way."""
    with kept(trial.history) as store:
        record = Course(store, trial.profile, local, Settings(), INSTRUCTIONS).run(say)
        adapter = loaded(store.experts.read(record), local)
        excerpts = retrieve(store, trial.profile, trial.prompt, EXCERPTS)
        count = lambda messages: len(local.render(messages))  # noqa: E731
        context = pack(trial.profile, excerpts, CONTEXT_TOKENS, count)
    found.records.append(record)
    public = PrivateContext().messages(INSTRUCTIONS, trial.prompt)
    private = context.messages(INSTRUCTIONS, trial.prompt)
    whole = read(cloud, public, trial.gold)
    reading = Reading(whole.positions[:n])
    found.add(ALONE, reading.cloud.nll)
    ways: dict[str, tuple[list[dict[str, str]], Adapter | None, bool]] = {
        "the context": (private, None, False),
        "the expert": (public, adapter, False),
        "both, one weight": (private, adapter, False),
        "both, told apart": (private, adapter, True),
    }
    for name, (prompt, expert, apart) in ways.items():
        scorer = PairedScorer(local, prompt, public, expert, apart=apart)
        scorer.prepare()
        began = time.perf_counter()
        seen = weighed(reading, scorer)
        found.seconds.setdefault(name, []).append(time.perf_counter() - began)
        if apart:
            continue
        for strength in STRENGTHS:
            found.add(f"{name}, {strength}", seen.steered(Policy(strength)).nll)
            rule = Policy(strength, soften=DEFAULT_SOFTEN, mix=DEFAULT_MIX)
            found.add(f"{name}, {strength}, the default rule", seen.steered(rule).nll)


def report(found: Found) -> None:
    """Print what was found."""
    alone = found.nll[ALONE]
    rows = []
    for system, values in found.nll.items():
        gain = "-" if system == ALONE else told(difference(values, alone))
        rows.append([system, f"{mean(values):.3f}", gain])
    title = f"NLL per token of what {len(alone)} people really wrote, 95% of the paired bootstrap"
    table(title, ["steered by", "NLL", "less the cloud's"], rows)
    rows = []
    for strength in STRENGTHS:
        for rule in ("", ", the default rule"):
            context, both = (
                found.nll[f"{name}, {strength}{rule}"]
                for name in ("the context", "both, one weight")
            )
            times = statistic(
                [alone, context, both],
                lambda c: (c[0] - c[2]).mean(axis=-1) / (c[0] - c[1]).mean(axis=-1),
            )
            rows.append([f"{strength}{rule}", told(difference(both, context)), told(times)])
    table("Both against the context alone", ["strength", "NLL", "times the gain"], rows)
    usual = mean(found.seconds["the context"])
    rows = [
        [name, f"{mean(taken):.1f} s", f"{mean(taken) / usual:.2f}x"]
        for name, taken in found.seconds.items()
    ]
    table("Scoring the same positions", ["", "local time", "against the context"], rows)
    table("The experts", ["texts", "steps", "training", "held out", "trained", "canaries"], [
        row(record) for record in found.records
    ])  # fmt: skip


def row(record: ExpertRecord) -> list[str]:
    """What is known of one expert."""
    scores = record.scores
    both = [f"{scores[k]['before']:.2f} to {scores[k]['after']:.2f}" for k in ("held", "trained")]
    bits = [f"{one['before']:.1f} to {one['after']:.1f} bits" for one in scores["canaries"]]
    return [scores["texts"], scores["step"], f"{scores['seconds']:.0f} s", *both, ", ".join(bits)]


def timed(documents: Sequence[Document], local: LanguageModel) -> None:
    """How long many texts take."""
    with kept(documents) as store:
        began = time.perf_counter()
        record = Course(store, None, local, Settings(), INSTRUCTIONS).run(say)
        taken = time.perf_counter() - began
    table(f"{len(documents)} texts, {taken:.0f} s with all measurements", ["texts", "steps",
        "training", "held out", "trained", "canaries"], [row(record)])  # fmt: skip


def told(found: Interval) -> str:
    """An estimate with its interval."""
    if found.low is None or found.high is None:
        return f"{found.value:+.3f}"
    return f"{found.value:+.3f} [{found.low:+.3f}, {found.high:+.3f}]"


def say(look: object) -> None:
    """How far the training is."""
    sys.stderr.write(f"\r{look}\x1b[K")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--cloud", default=DEFAULT_MODEL)
    parser.add_argument("--local", default=DEFAULT_MODEL)
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--tokens", type=int, default=100)
    parser.add_argument("--texts", type=int, default=0)
    options = parser.parse_args()
    local = model_of(options.local)
    cloud = local if options.cloud == options.local else model_of(options.cloud)
    _, others = halves(of_file(options.file).all)
    people = {trial.person: trial for trial in others}
    found = Found()
    for trial in list(people.values())[: options.people]:
        measure(found, trial, cloud, local, options.tokens)
    report(found)
    if options.texts:
        every = [text for trial in people.values() for text in trial.history]
        timed(every[: options.texts], local)


if __name__ == "__main__":
    main()
