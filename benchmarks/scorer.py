"""How fast a paired block is scored, by number type and implementation, and what that costs.

    python -m benchmarks.scorer [--context N]

`error` is the largest difference of any log-probability from stock float32 (nats); `between
blocks` is the largest difference between scoring 16 tokens at once and one by one: where that is
not tiny, the text would depend on how drafts are cut.
"""

from __future__ import annotations

import argparse

import torch
from transformers import AutoModelForCausalLM

from benchmarks.common import default_folder, default_model, median_seconds, table
from costeer_cli.models import kernels
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.models.reader import Reader

BLOCKS = (1, 4, 6, 16)


def variant(model: LanguageModel, dtype: torch.dtype, *, fast: bool) -> LanguageModel:
    """The default model in another number type, with stock or with our kernels."""
    network = AutoModelForCausalLM.from_pretrained(default_folder(), dtype=dtype).eval()
    if fast:
        kernels.speed_up(network)
    from dataclasses import replace  # noqa: PLC0415

    return replace(model, network=network)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--context", type=int, default=1200)
    options = parser.parse_args()
    base = default_model()
    words = base.encode("The morning was cold and the road was long, so we drove slowly. " * 200)
    private, public, text = words[: options.context], words[:60], words[-40:-24]
    rows, reference = [], None
    for name, dtype, fast in (
        ("float32, stock", torch.float32, False),
        ("float32, ours", torch.float32, True),
        ("bfloat16, ours", torch.bfloat16, True),
        ("float16, ours", torch.float16, True),
    ):
        model = variant(base, dtype, fast=fast)
        prefill = median_seconds(lambda m=model: Reader(m, [private, public]), 3)  # type: ignore[misc]
        reader = Reader(model, [private, public])
        whole = reader.read(text)
        reader.forget(0)
        singles = torch.cat([reader.read([token]) for token in text], dim=1)
        reference = whole if reference is None else reference
        taken = []
        for block in BLOCKS:

            def score(n: int = block, r: Reader = reader) -> None:
                r.forget(0)
                r.read(text[:n])

            taken.append(median_seconds(score, 15))
        rows.append(
            [name, f"{prefill:.2f} s"]
            + [f"{seconds * 1e3:.0f} ms" for seconds in taken]
            + [f"{taken[-1] / taken[0]:.2f}x", _gap(whole, reference), _gap(whole, singles)]
        )
    table(
        f"Two rows, {options.context} and 60 tokens of prompt, {torch.get_num_threads()} threads",
        ["", "prefill", *(f"block of {n}" for n in BLOCKS), "16 vs 1", "error", "between blocks"],
        rows,
    )


def _gap(one: torch.Tensor, other: torch.Tensor) -> str:
    finite = torch.isfinite(one) & torch.isfinite(other)
    return f"{(one[finite] - other[finite]).abs().max():.1e}"


if __name__ == "__main__":
    main()
