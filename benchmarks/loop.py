"""The loop against one token per request, and against a plain `model.generate`.

    python -m benchmarks.loop [--tokens N]

Every row of a group writes the same text; the ratios are within one run.
"""

from __future__ import annotations

import argparse
import time

import torch

from benchmarks.common import PEOPLE, PROMPTS, default_model, table
from costeer_cli.local.scorer import PairedScorer
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.personal.library import Library
from costeer_cli.personal.profile import Profile
from costeer_cli.privacy.outbound.door import INSTRUCTIONS, embedded_cloud
from costeer_cli.steering.policy import Policy
from costeer_cli.store.database import open_memory
from costeer_cli.writing.assignment import Assignment
from costeer_cli.writing.desk import Desk
from costeer_cli.writing.events import Finished
from costeer_cli.writing.loop import DEFAULT_BLOCK, Limits, Loop


class _Nowhere:
    def append(self, *_: object) -> None:
        """Keeps nothing: the disk is not what is measured."""


def steered(
    model: LanguageModel, person: Profile, prompt: str, tokens: int, block: int, draft: int | None
) -> dict[str, object]:
    """One text; seconds include reading the prompts."""
    policy = Policy()
    cloud = embedded_cloud(model)
    context = Desk(open_memory(), model, cloud).context(Assignment(prompt, person, policy))
    public = [{"role": "system", "content": INSTRUCTIONS}, {"role": "user", "content": prompt}]
    started = time.perf_counter()
    scorer = PairedScorer(model, context.messages(INSTRUCTIONS, prompt), public)
    scorer.prepare()
    read = time.perf_counter() - started
    door = cloud.open(prompt, lambda *_: None)
    limits = Limits(max_tokens=tokens, block=block, draft_tokens=draft)
    loop = Loop(door, scorer, policy, _Nowhere(), limits)
    *_, last = loop
    assert isinstance(last, Finished)
    return {
        "text": b"".join(c.text for c in loop.choices),
        "tokens": len(loop.choices),
        "seconds": time.perf_counter() - started,
        "reading": read,
        "passes": scorer.passes,
        "requests": door.requests,
        "drafted": last.receipt.usage.drafted_tokens,
    }


def generated(model: LanguageModel, prompt: str, tokens: int) -> float:
    """Seconds of transformers' own greedy generation of exactly so many tokens."""
    public = [{"role": "system", "content": INSTRUCTIONS}, {"role": "user", "content": prompt}]
    ids = torch.tensor([model.render(public)])
    started = time.perf_counter()
    with torch.inference_mode():
        model.network.generate(ids, max_new_tokens=tokens, min_new_tokens=tokens, do_sample=False)
    return time.perf_counter() - started


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tokens", type=int, default=120)
    parser.add_argument("--blocks", type=int, nargs="*", default=[4, DEFAULT_BLOCK, 8])
    options = parser.parse_args()
    model = default_model()
    library = Library(open_memory())
    cases = [(library.get(name), PROMPTS[i % 2]) for i, name in enumerate(PEOPLE[:4])]
    generated(model, PROMPTS[0], 8)
    totals: dict[str, dict[str, float]] = {}
    for person, prompt in cases:
        single = steered(model, person, prompt, options.tokens, 1, 1)
        runs = {"one token per request": single}
        for block in options.blocks:
            runs[f"block of {block}"] = run = steered(
                model, person, prompt, options.tokens, block, None
            )
            assert run["text"] == single["text"], "the law is broken"
        plain = generated(model, prompt, int(str(single["tokens"])))
        runs["model.generate"] = {
            "tokens": single["tokens"],
            "seconds": plain,
            "reading": 0.0,
            "passes": 0,
            "requests": 0,
            "drafted": single["tokens"],
        }
        for name, run in runs.items():
            total = totals.setdefault(name, {})
            for key in ("tokens", "seconds", "reading", "passes", "requests", "drafted"):
                total[key] = total.get(key, 0.0) + float(str(run[key]))
    base, plain_total = totals["one token per request"], totals["model.generate"]
    table(
        f"{len(cases)} texts of {options.tokens} tokens, greedy, strength {Policy().strength}",
        [
            "",
            "tokens",
            "requests",
            "drafted",
            "paired passes",
            "fewer passes",
            "seconds",
            "of it reading",
            "vs one per request",
            "vs generate",
        ],
        [
            [
                name,
                int(t["tokens"]),
                int(t["requests"]),
                int(t["drafted"]),
                int(t["passes"]),
                f"{base['passes'] / t['passes']:.1f}x" if t["passes"] else "-",
                f"{t['seconds']:.1f}",
                f"{t['reading']:.1f}",
                f"{t['seconds'] / base['seconds']:.2f}x",
                f"{t['seconds'] / plain_total['seconds']:.2f}x",
            ]
            for name, t in totals.items()
        ],
    )


if __name__ == "__main__":
    main()
