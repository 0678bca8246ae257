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
STRENGTH = 0.5


@dataclass
class Found:
    """What one way of scoring gave, over all positions."""

    evidence: list[Evidence] = field(default_factory=list)
    seconds: float = 0.0
    steered: list[bool] = field(default_factory=list)


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


def scored(scorer: PairedScorer, positions: Sequence[Position]) -> Iterator[list[Evidence]]:
    """Evidence block by block, as while a text is written that keeps every token."""
    for start in range(0, len(positions), BLOCK):
        block = positions[start : start + BLOCK]
        yield scorer.score(block)
        for p in block:
            scorer.accept(Choice(p.chosen.text, p.chosen.id, "cloud", 0.0, None, 0.0, 0))


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
    all_positions: list[Position] = []
    ids, by_bytes, crossed = Found(), Found(), Found()
    for record in json.loads(options.file.read_text("utf-8"))[: options.people]:
        prompt, written = (turn["value"] for turn in record["conversations"])
        positions = drafted(cloud, prompt, written, options.tokens)
        all_positions += positions
        private = context(record).messages(INSTRUCTIONS, prompt)
        public = PrivateContext().messages(INSTRUCTIONS, prompt)
        plain = PairedScorer(local, private, public)
        plain.prepare()
        shared = plain._is_shared(positions[0])
        if shared:
            begun = time.perf_counter()
            for evidence in scored(plain, positions):
                ids.evidence += evidence
            ids.seconds += time.perf_counter() - begun
        scorer = PairedScorer(local, private, public)
        scorer.prepare()
        text = b""
        for n, evidence in enumerate(timed(by_bytes, scored(scorer, [bare(p) for p in positions]))):
            by_bytes.evidence += evidence
            for p in positions[n * BLOCK : n * BLOCK + BLOCK]:
                found, can = intersection(scorer, text, p)
                tail = by_bytes.evidence[len(crossed.evidence)].tail
                still = replace(tail, delta=np.zeros(len(tail.ids))) if tail else None
                crossed.evidence.append(replace(found, tail=still))
                crossed.steered.append(can)
                text += p.chosen.text
    report(options, all_positions, ids, by_bytes, crossed)


def context(record: dict[str, Any]) -> PrivateContext:
    """The record's profile and three of its texts."""
    texts = [Example(text["title"], text["text"]) for text in record["profile"][:3]]
    return PrivateContext(f"About the writer:\n{record['additional_profile']}", tuple(texts))


def timed(found: Found, blocks: Iterator[list[Evidence]]) -> Iterator[list[Evidence]]:
    """The blocks, their time taken down."""
    while True:
        begun = time.perf_counter()
        block = next(blocks, None)
        found.seconds += time.perf_counter() - begun
        if block is None:
            return
        yield block


def report(
    options: argparse.Namespace,
    positions: list[Position],
    ids: Found,
    by_bytes: Found,
    crossed: Found,
) -> None:
    """Print what was found."""
    pair = f"cloud {Path(options.cloud).stem}, local {Path(options.local).stem}"
    title = f"{len(positions)} positions, {pair}"
    if ids.evidence:
        gaps, same = [], []
        for p, one, other in zip(positions, ids.evidence, by_bytes.evidence, strict=True):
            gaps.append(np.abs(one.listed - other.listed).mean())
            picks = [Policy(STRENGTH).choose(p, e, 0).text for e in (one, other)]
            same.append(picks[0] == picks[1])
        rows = [
            ["mean difference of delta", f"{mean(gaps):.3f} nats"],
            [
                "mean delta by ids",
                f"{mean(np.abs(e.listed).mean() for e in ids.evidence):.3f} nats",
            ],
            ["equal greedy choices", f"{mean(same):.1%}"],
            ["seconds by ids", f"{ids.seconds:.1f}"],
            ["seconds by bytes", f"{by_bytes.seconds:.1f}"],
            ["bytes against ids", f"{by_bytes.seconds / ids.seconds:.2f}x"],
        ]
        table(f"{title}: by bytes against by ids", ["", ""], rows)
    ways = {"by bytes": by_bytes, "intersection of vocabularies": crossed}
    if ids.evidence:
        ways["by ids"] = ids
    alone = mean(-p.chosen.logprob for p in positions)
    rows = [["the cloud alone", "-", f"{alone:.3f}"]]
    for name, found in ways.items():
        cannot = "-" if not found.steered else f"{1 - mean(found.steered):.1%}"
        values = [
            mean(nll(p, e, s) for p, e in zip(positions, found.evidence, strict=True))
            for s in (0.3, 0.5, 0.75)
        ]
        rows.append([name, cannot, ", ".join(f"{v:.3f}" for v in values)])
    head = ["", "cannot steer", "NLL per token at 0.3, 0.5, 0.75"]
    table(f"{title}: what was really written", head, rows)


if __name__ == "__main__":
    main()
