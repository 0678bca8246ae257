"""Texts that are nearly the same: another export of a note, a mail that was sent twice.

Each text is known by a few numbers, the least of its hashed runs of three words (MinHash), which
are kept in an index; so a new text is compared with the few that share one, however many there are.
"""

from __future__ import annotations

import json
from collections import Counter
from zlib import crc32

from costeer_cli.store.connection import Connection
from costeer_cli.store.ranking import folded, tokens

SHORTEST = 40
"""Words; shorter texts are alike by chance."""
ALIKE = 0.85
"""Share of the runs of three words that two texts have in common: one word in forty differs."""

_PARTS = 3  # numbers for each text: one of three is shared by 99.7 of 100 pairs that are alike
_LONGEST = 5_000  # words; longer texts are told by their beginnings
_COMPARED = 20  # texts, the newest, for one number; a common phrase is shared by many more


class Similar:
    """Finds a text that is nearly the same as another in one store."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, sketch: Sketch, profile: str, recipient: str) -> int | None:
        """The number of a document of that profile and to that recipient that says the same.

        A text with other numbers in it (a date, a sum) says something else.
        """
        seen: set[int] = set()
        for value in sketch.least:
            rows = self._connection.rows(
                "SELECT id, text FROM sketches JOIN documents ON documents.id = document_id"
                " WHERE hash = ? AND profile = ? AND recipient = ?"
                " ORDER BY document_id DESC LIMIT ?",
                [value, profile, recipient, _COMPARED],
            )
            for row in rows:
                if row["id"] not in seen and sketch.says_the_same_as(row["text"]):
                    return int(row["id"])
                seen.add(row["id"])
        return None

    def remember(self, document_id: int, sketch: Sketch) -> None:
        """Make a stored text findable by what it says."""
        self._connection.execute(
            "INSERT INTO sketches (hash, document_id) SELECT value, ? FROM json_each(?)",
            [document_id, json.dumps(sketch.least)],
        )

    def forget(self, document_id: int) -> None:
        """Forget what a text said before it was changed."""
        self._connection.execute("DELETE FROM sketches WHERE document_id = ?", [document_id])


class Sketch:
    """What is needed of a text to compare it with others.

    Attributes:
        least: the numbers it is known by; none for a short text.
    """

    def __init__(self, text: str) -> None:
        self._words = tokens(folded(text))
        self._runs = _runs(self._words) if len(self._words) >= SHORTEST else set()
        found: dict[int, int] = {}
        for run in sorted(self._runs):
            found.setdefault(run % _PARTS, run)
            if len(found) == _PARTS:
                break
        self.least = tuple(found.values())

    def says_the_same_as(self, text: str) -> bool:
        """Whether nearly all of their runs of words are the same, and all of their numbers."""
        words = tokens(folded(text))
        runs = _runs(words)
        shared = len(self._runs & runs)
        alike = shared >= ALIKE * (len(self._runs) + len(runs) - shared)
        return alike and _numbers(self._words) == _numbers(words)


def _runs(words: list[str]) -> set[int]:
    words = words[:_LONGEST]
    triples = zip(words, words[1:], words[2:], strict=False)
    return {crc32(run.encode()) for run in map(" ".join, triples)}


def _numbers(words: list[str]) -> Counter[str]:
    return Counter(word for word in words if any(map(str.isdecimal, word)))
