"""Steering by bytes: against steering by ids on one pair, and for two tokenizers.

    python -m benchmarks.pairs FILE [--cloud REF] [--local REF] [--people N] [--tokens N]

FILE is a CoGenesis file (arXiv 2403.03129). The cloud is given what each person really wrote, token
by token, and lists 20 candidates; REFs are models as `costeer model use` takes them. Where the two
share a tokenizer, the same positions are scored by ids and by bytes. Where they do not, bytes are
held against the intersection of the vocabularies, which is what is usually done.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import repeat
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np

from benchmarks.common import table
from costeer_cli.local.scorer import PairedScorer
from costeer_cli.models.catalogue import DEFAULT_MODEL
from costeer_cli.models.language_model import LanguageModel, load_model
from costeer_cli.models.reader import Reader
from costeer_cli.models.shelf import Shelf, ready
from costeer_cli.personal.context import Example, PrivateContext
from costeer_cli.privacy.outbound.door import INSTRUCTIONS
from costeer_cli.settings import places
from costeer_cli.steering.choice import Choice
from costeer_cli.steering.completion import Evidence
from costeer_cli.steering.policy import Policy
from costeer_cli.steering.position import Candidate, Position

BLOCK = 8
STRENGTH = 0.5  # of the choices that are held against each other
STRENGTHS = (0.3, 0.5, 0.75)


@dataclass
class Found:
    """What one way of scoring gave at every position, in numbers: evidence is 2 MB apiece."""

    nll: list[list[float]] = field(default_factory=list)
    seconds: float = 0.0
    steered: list[bool] = field(default_factory=list)

    def add(self, position: Position, evidence: Evidence) -> None:
        """Take down how likely what was really written is at each strength, in nats."""
        self.nll.append([nll(position, evidence, strength) for strength in STRENGTHS])


@dataclass
class Compared:
    """How two ways of scoring differ at every position."""

    gaps: list[float] = field(default_factory=list)
    sizes: list[float] = field(default_factory=list)
    same: list[bool] = field(default_factory=list)

    def add(self, position: Position, ids: Evidence, by_bytes: Evidence) -> None:
        """Take down how far apart they are, in nats, and whether both choose the same."""
        self.gaps.append(np.abs(ids.listed - by_bytes.listed).mean())
        self.sizes.append(np.abs(ids.listed).mean())
        picks = [Policy(STRENGTH).choose(position, e, 0).text for e in (ids, by_bytes)]
        self.same.append(picks[0] == picks[1])


def model_of(reference: str) -> LanguageModel:
    """A model by its reference."""
    return load_model(ready(Shelf(places().models), reference), reference, "cpu")


def drafted(cloud: LanguageModel, prompt: str, written: str, tokens: int) -> list[Position]:
    """Positions along what was really written, with the cloud's 20 candidates and that token."""
    ids = cloud.encode(written)[:tokens]
    reader = Reader(cloud, [cloud.render(PrivateContext().messages(INSTRUCTIONS, prompt))])
    after = reader.read(ids[:-1])[0].double().numpy()
    rows = [reader.first[0].double().numpy(), *after]
    positions = []
    for token, row in zip(ids, rows, strict=True):
        listed = dict.fromkeys([token, *np.argsort(-row, kind="stable")[:20].tolist()])
        candidates = tuple(
            Candidate(cloud.vocabulary.text(i), i, float(row[i]))
            for i in listed
            if cloud.vocabulary.texts[i] is not None
        )
        positions.append(Position(candidates[0], candidates))
    return positions


def scored(found: Found, scorer: PairedScorer, positions: Sequence[Position]) -> Iterator[Evidence]:
    """Evidence block by block, as while a text is written that keeps every token, timed."""
    for start in range(0, len(positions), BLOCK):
        block = positions[start : start + BLOCK]
        begun = time.perf_counter()
        evidence = scorer.score(block)
        found.seconds += time.perf_counter() - begun
        yield from evidence
        begun = time.perf_counter()
        for p in block:
            scorer.accept(Choice(p.chosen.text, p.chosen.id, "cloud", 0.0, None, 0.0, 0))
        found.seconds += time.perf_counter() - begun


def bare(position: Position) -> Position:
    """A position without ids."""
    candidates = tuple(replace(c, id=None) for c in position.candidates)
    return Position(candidates[0], candidates)


def nll(position: Position, evidence: Evidence, strength: float) -> float:
    """Of the token that was really written, in nats."""
    steered = Policy(strength).distribution(position, evidence).logprob
    return -float(steered[position.candidates.index(position.chosen)])


def intersection(scorer: PairedScorer, text: bytes, position: Position) -> tuple[Evidence, bool]:
    """Deltas of the candidates that are single tokens of the local model, and whether the one
    that was written and the cloud's likeliest are."""
    bytewise, vocabulary = scorer._bytewise, scorer.model.vocabulary
    whole = bytewise._covers.whole(text)
    if not whole:
        return Evidence(np.zeros(len(position.candidates))), False
    with_context, without = bytewise._known[whole[0]].astype(np.float64)
    own = [vocabulary.find(c.text) for c in position.candidates]
    delta = [0.0 if i is None else float(with_context[i] - without[i]) for i in own]
    best = max(range(len(own)), key=lambda i: position.candidates[i].logprob)
    return Evidence(np.array(delta)), own[0] is not None and own[best] is not None


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--cloud", default=DEFAULT_MODEL)
    parser.add_argument("--local", default=DEFAULT_MODEL)
    parser.add_argument("--people", type=int, default=8)
    parser.add_argument("--tokens", type=int, default=80)
    options = parser.parse_args()
    local = model_of(options.local)
    cloud = local if options.cloud == options.local else model_of(options.cloud)
    alone: list[float] = []
    ids, by_bytes, crossed, compared = Found(), Found(), Found(), Compared()
    for record in json.loads(options.file.read_text("utf-8"))[: options.people]:
        prompt, written = (turn["value"] for turn in record["conversations"])
        positions = drafted(cloud, prompt, written, options.tokens)
        alone += [-p.chosen.logprob for p in positions]
        private = context(record).messages(INSTRUCTIONS, prompt)
        public = PrivateContext().messages(INSTRUCTIONS, prompt)
        plain = PairedScorer(local, private, public)
        plain.prepare()
        shared = plain._is_shared(positions[0])
        scorer = PairedScorer(local, private, public)
        scorer.prepare()
        beside = scored(ids, plain, positions) if shared else repeat(None, len(positions))
        each = scored(by_bytes, scorer, [bare(p) for p in positions])
        text = b""
        for p, own, other in zip(positions, each, beside, strict=True):
            by_bytes.add(p, own)
            if other is not None:
                ids.add(p, other)
                compared.add(p, other, own)
            found, can = intersection(scorer, text, p)
            still = replace(own.tail, delta=np.zeros(len(own.tail.ids))) if own.tail else None
            crossed.add(p, replace(found, tail=still))
            crossed.steered.append(can)
            text += p.chosen.text
    report(options, alone, ids, by_bytes, crossed, compared)


def context(record: dict[str, Any]) -> PrivateContext:
    """The record's profile and three of its texts."""
    texts = [Example(text["title"], text["text"]) for text in record["profile"][:3]]
    return PrivateContext(f"About the writer:\n{record['additional_profile']}", tuple(texts))


def report(
    options: argparse.Namespace,
    alone: list[float],
    ids: Found,
    by_bytes: Found,
    crossed: Found,
    compared: Compared,
) -> None:
    """Print what was found."""
    pair = f"cloud {Path(options.cloud).stem}, local {Path(options.local).stem}"
    title = f"{len(alone)} positions, {pair}"
    if ids.nll:
        rows = [
            ["mean difference of delta", f"{mean(compared.gaps):.3f} nats"],
            ["mean delta by ids", f"{mean(compared.sizes):.3f} nats"],
            ["equal greedy choices", f"{mean(compared.same):.1%}"],
            ["seconds by ids", f"{ids.seconds:.1f}"],
            ["seconds by bytes", f"{by_bytes.seconds:.1f}"],
            ["bytes against ids", f"{by_bytes.seconds / ids.seconds:.2f}x"],
        ]
        table(f"{title}: by bytes against by ids", ["", ""], rows)
    ways = {"by bytes": by_bytes, "intersection of vocabularies": crossed}
    if ids.nll:
        ways["by ids"] = ids
    rows = [["the cloud alone", "-", f"{mean(alone):.3f}"]]
    for name, found in ways.items():
        cannot = "-" if not found.steered else f"{1 - mean(found.steered):.1%}"
        values = [mean(column) for column in zip(*found.nll, strict=True)]
        rows.append([name, cannot, ", ".join(f"{v:.3f}" for v in values)])
    head = ["", "cannot steer", "NLL per token at 0.3, 0.5, 0.75"]
    table(f"{title}: what was really written", head, rows)


if __name__ == "__main__":
    main()
