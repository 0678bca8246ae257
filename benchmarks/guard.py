"""What the guard costs for each token, and what reading the history costs once.

python -m benchmarks.guard [--documents 1000000] [--folder FOLDER]

Values and texts are made up, in stores of their own that are thrown away; with --folder they are
kept, and used again.
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.common import table
from benchmarks.retrieval import Language
from costeer_cli.privacy.guard import Guard
from costeer_cli.privacy.runs import HistoryRuns
from costeer_cli.store.database import Store, open_store

DOCUMENTS = (1_000, 100_000, 1_000_000)
VALUES = (100, 10_000, 100_000)
TOKENS = 4_000
WORDS = 80  # of a document
AT_ONCE = 10_000


def values(language: Language, count: int) -> list[str]:
    """Names, addresses and numbers, a third each."""
    draw = random.Random(4)
    found: list[str] = []
    for n in range(count):
        one, other, place = (str(word).title() for word in draw.choices(language.words, k=3))
        found.append(
            (
                f"{one} {other}",
                f"{one}.{other}@{place}.example",
                f"+49 {draw.randrange(100, 999)} {draw.randrange(10**7):07d}",
            )[n % 3]
        )
    return found


def tokens(language: Language) -> list[bytes]:
    """Words, some in two pieces, with commas and numbers."""
    draw = random.Random(5)
    found: list[bytes] = []
    for word in language.text(np.random.default_rng(5), TOKENS).split():
        cut = draw.randrange(1, len(word)) if draw.random() < 0.3 else len(word)
        after = draw.choice([",", ".", " 12", ""])
        found += [piece.encode() for piece in (f" {word[:cut]}", word[cut:], after) if piece]
    return found[:TOKENS]


def fill(store: Store, language: Language, count: int) -> None:
    """Add documents past the index of words and whatever else the guard does not use."""
    dice = np.random.default_rng(6)
    there = store.documents.count()
    for start in range(there, count, AT_ONCE):
        texts = language.words[
            np.searchsorted(language.until, dice.random((min(AT_ONCE, count - start), WORDS)))
        ]
        for name in ("ai", "ad", "au"):
            store._connection.execute(f"DROP TRIGGER IF EXISTS documents_{name}")
        store._connection.executemany(
            "INSERT INTO documents (source, native_id, profile, title, kind, prompt, text, author,"
            " created_at, tags, digest) VALUES ('x', ?1, '', '', '', '', ?2, '', '', '[]', ?1)",
            ((str(n), " ".join(said)) for n, said in enumerate(texts, start)),
        )


def microseconds(guard: Guard, said: list[bytes]) -> float:
    """Mean time of one token, looked at and accepted."""
    started = time.perf_counter()
    for token in said:
        guard.refuses(token)
        guard.accept(token)
    return (time.perf_counter() - started) / len(said) * 1e6


def read(store: Store) -> tuple[HistoryRuns, list[str]]:
    """The runs of a store, and: seconds from nothing, seconds with nothing new, megabytes."""
    kept = store.path.with_name(f"{store.path.stem}-runs")
    shutil.rmtree(kept, ignore_errors=True)
    history = HistoryRuns(store.blocks, store.path)
    taken = []
    for _ in range(2):
        started = time.perf_counter()
        history.prepare()
        taken.append(time.perf_counter() - started)
    size = sum(path.stat().st_size for path in kept.iterdir())
    return history, [f"{taken[0]:.1f}", f"{taken[1]:.4f}", f"{size / 1e6:.1f}"]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=DOCUMENTS[-1])
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    language = Language()
    said = tokens(language)
    protected = values(language, VALUES[-1])
    costs, reads = [], []
    with tempfile.TemporaryDirectory() as scratch:
        for count in (n for n in DOCUMENTS if n <= asked.documents):
            with open_store((asked.folder or Path(scratch)) / f"{count}.db") as store:
                fill(store, language, count)
                history, row = read(store)
            reads.append([f"{count:,}", *row])
            times = [microseconds(Guard(protected[:n], [], "", history), said) for n in VALUES]
            costs.append([f"{count:,}", *(f"{taken:.0f}" for taken in times)])
    table(
        "Microseconds for each token, by documents of the history and protected values",
        ["documents", *(f"{n:,} values" for n in VALUES)],
        costs,
    )
    table(
        f"Reading the history, {WORDS} words a document",
        ["documents", "seconds, from nothing", "seconds, nothing new", "MB kept"],
        reads,
    )
    started = time.perf_counter()
    Guard(protected, [], "")
    print(f"\n{len(protected):,} values are taken up in {time.perf_counter() - started:.2f} s.")


if __name__ == "__main__":
    main()
