"""Does it sound like them? All systems on people whom nothing was fitted on, pair by pair.

    python -m benchmarks.evaluation FILE [--pair CLOUD,LOCAL]... [--people N] [--tokens N]
        [--write N]

FILE is of CoGenesis, LaMP or LongLaMP. The people are parted in two: `costeer tune`'s search fits
the weights on one half, and every number printed is of the other. CLOUD and LOCAL are models as
`costeer model use` takes them; both run in this process, so that the cloud can score what a person
really wrote, and be told everything without anything being sent. `--write` also lets every system
write so many tokens. What was measured is kept: the same command goes on where it was broken off.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.pairs import model_of
from costeer_cli.evaluation.outcome import Notebook
from costeer_cli.evaluation.people import Trial, halves, of_file
from costeer_cli.evaluation.report import markdown
from costeer_cli.evaluation.run import Bench, Settings, run, weigh
from costeer_cli.evaluation.summary import Summary, summarise
from costeer_cli.evaluation.systems import Kind, System, systems
from costeer_cli.evaluation.tuning import Tuned, held, thinned, tune
from costeer_cli.models.catalogue import DEFAULT_MODEL
from costeer_cli.privacy.outbound.door import embedded_cloud
from costeer_cli.settings import places
from costeer_cli.steering.policy import DEFAULT_MIX, DEFAULT_SOFTEN, Policy

STRENGTHS = (0.25, 0.75, 1.0)
USUAL = Policy(soften=DEFAULT_SOFTEN, mix=DEFAULT_MIX)


def bench_of(pair: str, settings: Settings) -> Bench:
    """The two models of a pair, loaded once where they are the same."""
    far, near = pair.split(",")
    local = model_of(near)
    cloud = local if far == near else model_of(far)
    return Bench(local, embedded_cloud(cloud), cloud, lambda *_: None, settings)


def fitted(bench: Bench, trials: Sequence[Trial]) -> Tuned:
    """The strength that suits one half of the people."""
    readings, most = [], held(len(trials) * bench.settings.gold_tokens)
    for n, trial in enumerate(trials):
        say(n, len(trials), f"fitting on {trial.id}")
        readings.append(thinned(weigh(bench, trial), most))
    return tune(readings, USUAL, lambda done, of: say(done, of, "fitting"))


def measured(bench: Bench, name: str, trials: Sequence[Trial], found: Tuned) -> Summary:
    """All systems on the other half."""
    chosen = systems(USUAL, STRENGTHS, send_context=True)
    tuned = Policy(**found.values)
    told = f"tuned s={tuned.strength:.2f}"
    chosen.insert(len(chosen) - 2, System(told, Kind.STEERED, tuned))
    about = {"dataset": name, **bench.describe(), "date": datetime.now(UTC).date().isoformat()}
    notes = Notebook(places().data / "evaluations", [bench.describe(), name])
    return summarise(about, list(run(bench, trials, chosen, notes, say)), trials)


def say(done: int, of: int, what: str) -> None:
    """How far it is, on stderr."""
    sys.stderr.write(f"\r{done}/{of} {what}\x1b[K" if what else "\n")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--pair", action="append", metavar="CLOUD,LOCAL")
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--tokens", type=int, default=120)
    parser.add_argument("--write", type=int, default=0)
    options = parser.parse_args()
    trials = of_file(options.file, options.people)
    fit, report = halves(trials.all)
    for pair in options.pair or [f"{DEFAULT_MODEL},{DEFAULT_MODEL}"]:
        settings = Settings(options.write, options.tokens)
        bench = bench_of(pair, settings)
        found = fitted(bench, fit)
        summary = measured(bench, trials.name, report, found)
        print(markdown(summary))
        weights = ", ".join(
            f"{name} {value:.2f} (95%: {found.ranges[name][0]:.2f} to {found.ranges[name][1]:.2f})"
            for name, value in found.values.items()
        )
        print(f"Fitted on {found.texts} other people: {weights}.\n")


if __name__ == "__main__":
    main()
