"""What was tried beyond one scalar: rules of steering, fitted on one half, reported on the other.

    python -m benchmarks.rules FILE [--cloud REF] [--local REF] [--people N] [--tokens N]

FILE is of CoGenesis, LaMP or LongLaMP. Every rule moves log p_cloud by a sum of terms, each a
weight times what is known of a token, and is normalised and clipped as `Policy` does it. The
weights minimise the mean negative log-likelihood of what one half of the people really wrote; what
is printed is of the other half, with 95% of the paired bootstrap over people.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from benchmarks.common import table
from benchmarks.evaluation import bench_of
from costeer_cli.evaluation.likelihood import Reading, read
from costeer_cli.evaluation.people import Trial, halves, of_file
from costeer_cli.evaluation.resampling import Interval, difference, recovered
from costeer_cli.evaluation.run import Bench, Settings, weigh
from costeer_cli.evaluation.tuning import thinned
from costeer_cli.models.catalogue import DEFAULT_MODEL
from costeer_cli.personal.context import pack
from costeer_cli.personal.retrieval import EXCERPTS, retrieve
from costeer_cli.privacy.outbound.door import INSTRUCTIONS
from costeer_cli.steering.completion import complete

WIDTH = 1021
"""Listed tokens, and the likeliest of the others: softening looks better by 0.01 than it is."""
CLIP = 4.0
NONE = -60.0

Terms = Callable[["People", torch.Tensor], torch.Tensor]


@dataclass
class People:
    """Positions of several people; tensors (n, WIDTH) by token, (n,) by position.

    Attributes:
        cloud, plain, delta: log p_cloud, log p_local without the context, what the context adds.
        true: which token was really written.
        who: whose position it is.
        entropy, spread: of the cloud; of delta, as the cloud weighs it.
        everything: by person, nats per token of the cloud that is told everything.
    """

    cloud: torch.Tensor
    plain: torch.Tensor
    delta: torch.Tensor
    true: torch.Tensor
    who: torch.Tensor
    everything: list[float]

    @property
    def apart(self) -> torch.Tensor:
        """Log of p_local with the context over p_cloud."""
        known = self.plain > NONE
        return torch.where(known, (self.plain + self.delta - self.cloud).clamp(-8, 8), 0.0)

    @property
    def public(self) -> torch.Tensor:
        """Log of p_local without the context over p_cloud."""
        known = self.plain > NONE
        return torch.where(known, (self.plain - self.cloud).clamp(-8, 8), 0.0)

    @property
    def certainty(self) -> torch.Tensor:
        """Log p_cloud, no lower than matters."""
        return self.cloud.clamp(min=-12)

    @property
    def entropy(self) -> torch.Tensor:
        """Of the cloud, in units of two nats around two, (n, 1)."""
        found = -(self.cloud.exp() * self.cloud).sum(1, keepdim=True)
        return (found - 2) / 2

    @property
    def spread(self) -> torch.Tensor:
        """Standard deviation of delta under the cloud, around one, (n, 1)."""
        weight = self.cloud.exp()
        mean = (weight * self.delta).sum(1, keepdim=True)
        return (weight * (self.delta - mean) ** 2).sum(1, keepdim=True).sqrt() - 1


def mixed(apart: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Log of 1 - l + l p / p_cloud, l the logistic of a weight."""
    return torch.log1p(torch.sigmoid(weight) * torch.expm1(apart))


RULES: dict[str, tuple[list[float], Terms]] = {
    "temperature of the cloud (nothing personal)": ([0.0], lambda p, w: w[0] * p.certainty),
    "... and mixing p_without (nothing personal)": (
        [0.0, -2.0],
        lambda p, w: w[0] * p.certainty + mixed(p.public, w[1]),
    ),
    "one scalar": ([0.3], lambda p, w: w[0] * p.delta),
    "scalar by the cloud's entropy": (
        [0.3, 0.0],
        lambda p, w: (w[0] + w[1] * p.entropy) * p.delta,
    ),
    "scalar by the spread of delta": ([0.3, 0.0], lambda p, w: (w[0] + w[1] * p.spread) * p.delta),
    "delta above and below zero apart": (
        [0.3, 0.3],
        lambda p, w: w[0] * p.delta.clamp(min=0) + w[1] * p.delta.clamp(max=0),
    ),
    "delta held back, 3 tanh(delta / 3)": ([0.3], lambda p, w: w[0] * 3 * torch.tanh(p.delta / 3)),
    "mixture alone": ([-2.0], lambda p, w: mixed(p.apart, w[0])),
    "three exponents": (
        [0.3, 0.0, 0.0],
        lambda p, w: w[0] * p.delta + w[1] * p.certainty + w[2] * p.public,
    ),
    "steer and soften": ([0.3, 0.0], lambda p, w: w[0] * p.delta + w[1] * p.certainty),
    "steer, soften and mix": (
        [0.3, 0.0, -2.0],
        lambda p, w: w[0] * p.delta + w[1] * p.certainty + mixed(p.apart, w[2]),
    ),
    "... all by the cloud's entropy": (
        [0.3, 0.0, -2.0, 0.0, 0.0, 0.0],
        lambda p, w: (
            (w[0] + w[3] * p.entropy) * p.delta
            + (w[1] + w[4] * p.entropy) * p.certainty
            + mixed(p.apart, w[2] + w[5] * p.entropy)
        ),
    ),
}


def fitted(people: People, start: list[float], terms: Terms) -> torch.Tensor:
    """The weights that make what was written likeliest, without the clip."""
    weights = torch.tensor(start, requires_grad=True)
    search = torch.optim.LBFGS([weights], max_iter=60, line_search_fn="strong_wolfe")
    rows = torch.arange(len(people.true))

    def closure() -> torch.Tensor:
        search.zero_grad()
        moved = people.cloud + terms(people, weights)
        likely = moved[rows, people.true] - torch.logsumexp(moved, 1)
        loss = -likely.mean() + 1e-3 * (weights**2).sum()
        loss.backward()
        return loss

    search.step(closure)
    return weights.detach()


def scored(people: People, shift: torch.Tensor) -> list[float]:
    """Nats per token of each person, clipped as `Policy` does."""
    low, high = shift.min(1).values - 1, shift.max(1).values + 1
    probability = people.cloud.exp()
    for _ in range(50):
        level = (low + high) / 2
        held = (shift - level[:, None]).clamp(-CLIP, CLIP)
        above = (probability * held.exp()).sum(1) > probability.sum(1)
        low, high = torch.where(above, level, low), torch.where(above, high, level)
    rows = torch.arange(len(people.true))
    return by_person(people, -(people.cloud + held)[rows, people.true])


def by_person(people: People, nats: torch.Tensor) -> list[float]:
    """Means."""
    return [float(nats[people.who == n].mean()) for n in range(len(people.everything))]


def collected(bench: Bench, trials: Sequence[Trial]) -> People:
    """Read what everybody wrote."""
    rows: dict[str, list[np.ndarray]] = {name: [] for name in ("cloud", "plain", "delta")}
    true, who, everything = [], [], []
    for n, trial in enumerate(trials):
        sys.stderr.write(f"\r{n}/{len(trials)} {trial.id}\x1b[K")
        reading = thinned(weigh(bench, trial), WIDTH - 21)
        for name, values in arrays(reading).items():
            rows[name] += values
        true += [p.candidates.index(p.chosen) for p in reading.positions]
        who += [n] * len(reading.positions)
        everything.append(told(bench, trial, reading))
    sys.stderr.write("\n")
    made = {name: torch.tensor(np.array(values)).float() for name, values in rows.items()}
    return People(**made, true=torch.tensor(true), who=torch.tensor(who), everything=everything)


def arrays(reading: Reading) -> dict[str, list[np.ndarray]]:
    """What is known of every token of every position, each (WIDTH,)."""
    found: dict[str, list[np.ndarray]] = {"cloud": [], "plain": [], "delta": []}
    for position, evidence in zip(reading.positions, reading.evidence, strict=True):
        assert evidence.plain is not None
        tail = evidence.tail
        shape = np.zeros(0) if tail is None else tail.shape
        values = {
            "cloud": complete(position, tail),
            "plain": np.append(evidence.plain, shape),
            "delta": evidence.delta,
        }
        for name, value in values.items():
            room = WIDTH - len(value)
            filled = np.pad(value, (0, room), constant_values=0.0 if name == "delta" else NONE)
            found[name].append(np.maximum(filled, NONE))
    return found


def told(bench: Bench, trial: Trial, reading: Reading) -> float:
    """Nats per token where the cloud is told everything."""
    assert bench.scoring is not None
    render = bench.local.render
    with trial.store() as store:
        excerpts = retrieve(store, trial.profile, trial.prompt, EXCERPTS)
    budget = bench.settings.context_tokens
    context = pack(trial.profile, excerpts, budget, lambda chat: len(render(chat)))
    text = b"".join(p.chosen.text for p in reading.positions).decode("utf-8", "ignore")
    return read(bench.scoring, context.messages(INSTRUCTIONS, trial.prompt), text).cloud.nll


def row(name: str, people: People, values: list[float], weights: Sequence[float]) -> list[str]:
    """One line of the table."""
    alone = by_person(people, -people.cloud[torch.arange(len(people.true)), people.true])
    cells = [name, ", ".join(f"{w:.2f}" for w in weights) or "-", f"{np.mean(values):.3f}"]
    return [*cells, told_as(difference(values, alone)), part(alone, values, people.everything)]


def told_as(found: Interval) -> str:
    """A number with its interval."""
    return f"{found.value:+.3f} [{found.low:+.3f}, {found.high:+.3f}]"


def part(alone: list[float], values: list[float], everything: list[float]) -> str:
    """The share of the way to the cloud that is told everything."""
    found = recovered(alone, values, everything)
    return f"{found.value:.0%} [{found.low:.0%}, {found.high:.0%}]"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--cloud", default=DEFAULT_MODEL)
    parser.add_argument("--local", default=DEFAULT_MODEL)
    parser.add_argument("--people", type=int, default=40)
    parser.add_argument("--tokens", type=int, default=120)
    options = parser.parse_args()
    bench = bench_of(f"{options.cloud},{options.local}", Settings(0, options.tokens))
    fit, report = halves(of_file(options.file, options.people).all)
    one, other = collected(bench, fit), collected(bench, report)
    rows = [row("the cloud alone", other, scored(other, 0 * other.delta), [])]
    for strength in (0.5, 1.0, 1.783):
        values = scored(other, strength * other.delta)
        rows.append(row(f"scalar {strength}, not fitted", other, values, []))
    for name, (start, terms) in RULES.items():
        weights = fitted(one, start, terms)
        rows.append(row(name, other, scored(other, terms(other, weights)), weights.tolist()))
    head = ["", "weights (a share as its logit)", "NLL per token", "less the cloud's", "recovered"]
    table(f"{len(report)} people, fitted on {len(fit)} others", head, rows)
    print(f"\nTold everything: {np.mean(other.everything):.3f}")


if __name__ == "__main__":
    main()
