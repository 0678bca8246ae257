"""Where the private context goes in the local model's prompt: instructions, request or turns.

    python -m benchmarks.placement FILE [--people N]

FILE is a CoGenesis file (arXiv 2403.03129). Reported is the mean negative log-likelihood per token
of what the person really wrote, in nats, the default model on both sides.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path
from statistics import mean
from typing import Any

import torch

from benchmarks.common import default_model, table
from costeer_cli.models.reader import Reader
from costeer_cli.personal.context import Example, PrivateContext
from costeer_cli.privacy.outbound.door import INSTRUCTIONS

STRENGTHS = (0.3, 0.5, 0.75, 1.0)


def placements(record: dict[str, Any], prompt: str) -> dict[str, list[dict[str, str]]]:
    """The ways to place the same profile and three texts."""
    about = f"About the writer:\n{record['additional_profile']}"
    texts = [Example(text["title"], text["text"]) for text in record["profile"][:3]]
    joined = "\n\n".join(f"Asked: {t.asked}\nWrote:\n{t.wrote}" for t in texts)
    instructed = PrivateContext(f"{about}\n\nTexts by the writer:\n\n{joined}")
    requested = f"{about}\n\nTexts by the writer:\n\n{joined}\n\n{prompt}"
    return {
        "all in the instructions": instructed.messages(INSTRUCTIONS, prompt),
        "all in the request": PrivateContext().messages(INSTRUCTIONS, requested),
        "texts as turns (ours)": PrivateContext(about, tuple(texts)).messages(INSTRUCTIONS, prompt),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path)
    parser.add_argument("--people", type=int, default=10)
    options = parser.parse_args()
    model = default_model()
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for record in json.loads(options.file.read_text("utf-8"))[: options.people]:
        prompt, written = (turn["value"] for turn in record["conversations"])
        ids = model.encode(written)[:100]
        chats = placements(record, prompt)
        public = PrivateContext().messages(INSTRUCTIONS, prompt)
        reader = Reader(model, [model.render(chat) for chat in (public, *chats.values())])
        logprob = torch.cat([reader.first[:, None], reader.read(ids[:-1])], dim=1)
        picked = torch.arange(len(ids)), torch.tensor(ids)
        found["the cloud alone"]["alone"].append(-float(logprob[0][picked].mean()))
        for i, name in enumerate(chats, start=1):
            delta = (logprob[i] - logprob[0]).nan_to_num(nan=0.0)
            found[name]["alone"].append(-float(logprob[i][picked].mean()))
            for strength in STRENGTHS:
                steered = torch.log_softmax(logprob[0] + strength * delta, dim=-1)
                found[name][f"{strength}"].append(-float(steered[picked].mean()))
    columns = ["alone", *(f"{strength}" for strength in STRENGTHS)]
    table(
        f"NLL per token, {options.people} people",
        ["", "local alone", *(f"steered {strength}" for strength in STRENGTHS)],
        [
            [name, *(f"{mean(values[c]):.3f}" if c in values else "-" for c in columns)]
            for name, values in found.items()
        ],
    )


if __name__ == "__main__":
    main()
