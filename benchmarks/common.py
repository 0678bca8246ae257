"""What the measurements share: the default model, a person, prompts, and plain tables."""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from costeer_cli.models.catalogue import DEFAULT_MODEL
from costeer_cli.models.language_model import LanguageModel, load_model
from costeer_cli.models.shelf import Shelf, ready
from costeer_cli.settings import places

PEOPLE = ["dev-ramnarine", "mara-lindqvist", "edmundo-barria", "njoki-barasa", "leonor-arruda"]
PROMPTS = ["Tell me about yourself.", "Write a short email that thanks a friend for a book."]


def default_folder() -> Path:
    """The default model's folder, fetched where it is missing."""
    return ready(Shelf(places().models), DEFAULT_MODEL)


def default_model() -> LanguageModel:
    """The default model."""
    return load_model(default_folder(), DEFAULT_MODEL, "cpu")


def median_seconds(run: Callable[[], object], times: int = 9) -> float:
    """Median wall time of a call, after one to warm up."""
    run()
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        run()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a Markdown table, with what it was measured on."""
    cells = [[str(c) for c in row] for row in (head, *rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    print(f"\n{title}")
    print(
        f"(Python {platform.python_version()}, torch {version('torch')}, transformers "
        f"{version('transformers')}, {platform.machine()})\n"
    )
    for n, row in enumerate(cells):
        print("| " + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) + " |")
        if n == 0:
            print("|" + "|".join("-" * (w + 2) for w in widths) + "|")
