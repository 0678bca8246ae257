"""How long it takes to find the texts for a prompt in a large history.

python -m benchmarks.retrieval [--documents 1000000] [--store FILE]

The texts are made of words as often as real ones are used (Zipf), in a store of its own that is
thrown away; with --store it is kept, and used again.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import numpy as np

from benchmarks.common import table
from costeer_cli.personal.profile import Profile, parse_profile
from costeer_cli.personal.retrieval import EXCERPTS, retrieve
from costeer_cli.store.database import Store, open_store

GOAL = 0.050  # seconds, median
WORDS = 200_000
AT_ONCE = 20_000
PROMPTS = 40
PEOPLE = [f"{name}{n} <{name}{n}@example.org>" for name in ("anna", "jo", "max") for n in range(99)]
WORK = parse_profile('name = "work"\n[history]\ntags = ["work"]\n', "work")
RARE = parse_profile('name = "rare"\n[history]\ntags = ["rare"]\n', "rare")

Row = tuple[str | int, ...]


class Language:
    """Made-up words; the word of rank r is used in proportion to 1 / (r + 2.7)."""

    def __init__(self) -> None:
        draw = random.Random(3)
        starts = [*"bcdfgklmnprstvz", "st", "tr", "br"]
        ends = [*"aeiou", "ai", "ou", "er"]
        syllables = [start + end for start, end in product(starts, ends)]
        found: dict[str, None] = {}
        while len(found) < WORDS:  # frequent words are short
            count = 1 if len(found) < 100 else 2 if len(found) < 8_000 else 3
            found["".join(draw.choices(syllables, k=count))] = None
        self.words = np.array(list(found), dtype=object)
        shares = 1 / (np.arange(WORDS) + 2.7)
        self.until = np.cumsum(shares / shares.sum())

    def text(self, dice: np.random.Generator, length: int) -> str:
        """Words as they come."""
        return " ".join(self.words[np.searchsorted(self.until, dice.random(length))])

    def common(self, dice: np.random.Generator, length: int) -> str:
        """Some of the 150 most frequent words."""
        return " ".join(self.words[dice.integers(150, size=length)])


def fill(store: Store, language: Language, documents: int) -> None:
    """Add as many documents as are missing, 60 words long in the median."""
    connection = store._connection
    columns = "source, native_id, profile, title, kind, prompt, text, author, recipient,"
    columns += " created_at, tags, digest"
    there = store.documents.count()
    for start in range(there, documents, AT_ONCE):
        with store.atomic():
            connection.db.conn.executemany(
                f"INSERT INTO documents ({columns}) VALUES ({', '.join('?' * 12)})",
                rows(language, start, min(start + AT_ONCE, documents)),
            )
    connection.executemany(
        "INSERT OR IGNORE INTO addressed (word, recipient) VALUES (?, ?)",
        [(person.split()[0], person) for person in PEOPLE],
    )


def rows(language: Language, start: int, end: int) -> Iterator[Row]:
    """Documents as rows; every third has the label work, one in a thousand the label rare."""
    dice = np.random.default_rng(start)
    lengths = np.clip(dice.lognormal(4.1, 0.7, end - start), 8, 800).astype(int)
    for number, length in zip(range(start, end), lengths, strict=True):
        labels = [*(["work"] * (number % 3 == 0)), *(["rare"] * (number % 1000 == 0))]
        yield (
            "mbox",
            str(number),
            "",
            language.text(dice, 4),
            "email" if number % 2 else "note",
            "",
            language.text(dice, int(length)),
            "",
            PEOPLE[number % len(PEOPLE)],
            f"20{number % 25:02}-{1 + number % 12:02}-{1 + number % 28:02}T00:00:00+00:00",
            str(labels).replace("'", '"'),
            str(number),
        )


def seconds(store: Store, prompts: list[str], profile: Profile | None = None) -> list[float]:
    """How long each prompt takes, sorted, after a few to warm up."""
    taken = []
    for prompt in prompts[:3] + prompts:
        started = time.perf_counter()
        found = retrieve(store, profile, prompt, EXCERPTS)
        taken.append(time.perf_counter() - started)
        assert found, "nothing was found"
    return sorted(taken[3:])


def opened(path: Path, prompts: list[str]) -> list[float]:
    """How long the first prompt of a program takes, with opening the store."""
    taken = []
    for prompt in prompts:
        started = time.perf_counter()
        with open_store(path) as store:
            retrieve(store, None, prompt, EXCERPTS)
        taken.append(time.perf_counter() - started)
    return sorted(taken)


def measure(path: Path, documents: int) -> None:
    """Fill the store, ask it, and print what it took."""
    language, dice = Language(), np.random.default_rng(1)
    started = time.perf_counter()
    with open_store(path) as store:
        fill(store, language, documents)
    filled = time.perf_counter() - started
    size = path.stat().st_size / 1e6

    def prompts(make: Callable[[np.random.Generator, int], str], length: int) -> list[str]:
        return [make(dice, length) for _ in range(PROMPTS)]

    usual = prompts(language.text, 25)
    addressed = [
        f"Write an email to {PEOPLE[n].split()[0]}: {text}" for n, text in enumerate(usual)
    ]
    with open_store(path) as store:
        taken = {
            "8 words": seconds(store, prompts(language.text, 8)),
            "25 words": seconds(store, usual),
            "25 words, to somebody": seconds(store, addressed),
            "25 words, a third may be read": seconds(store, usual, WORK),
            "25 words, one in 1,000 may be read": seconds(store, usual, RARE),
            "12 common words": seconds(store, prompts(language.common, 12)),
            "60 common words": seconds(store, prompts(language.common, 60)),
            "400 words": seconds(store, prompts(language.text, 400)),
        }
    taken["all of these"] = sorted(one for some in taken.values() for one in some)
    taken["25 words, a program's first"] = opened(path, usual)
    table(
        f"Finding {EXCERPTS} texts among {documents:,} ({size:,.0f} MB, made in {filled:.0f} s),"
        " warm, in milliseconds",
        ["prompt", "median", "p95", "worst", f"median against {GOAL * 1e3:.0f} ms"],
        [
            [
                name,
                *(
                    f"{value * 1e3:.1f}"
                    for value in (middle, some[int(0.95 * len(some))], some[-1])
                ),
                f"{middle / GOAL:.2f}x",
            ]
            for name, some in taken.items()
            for middle in [statistics.median(some)]
        ],
    )


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--store", type=Path)
    options = parser.parse_args()
    if options.store:
        measure(options.store, options.documents)
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder) / "costeer.db", options.documents)


if __name__ == "__main__":
    main()
