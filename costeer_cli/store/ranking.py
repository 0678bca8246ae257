"""Words as the index of the store sees them, and how well a text answers some of them (BM25)."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from costeer_cli.store.document import Document

_TOKEN = re.compile(r"[^\W_]+")
_ACCENT = re.compile("[\u0300-\u036f]")
_K1 = 1.2
_B = 0.75
_HEAD = 2  # weight of a word in the title or in what was asked
_LONGEST = 20_000  # characters; a longer text is told by its beginning


def tokens(text: str) -> list[str]:
    """The words of a text, as they stand there."""
    return _TOKEN.findall(text)


def folded(text: str) -> str:
    """`text` without case and accents, for comparing."""
    text = text.casefold()
    return text if text.isascii() else _ACCENT.sub("", unicodedata.normalize("NFD", text))


@dataclass(frozen=True, slots=True)
class Read:
    """A document, and its words (folded): of its title and what was asked, and of its text."""

    document: Document
    head: list[str]
    body: list[str]


def read(document: Document) -> Read:
    """A document in words; of a very long one, its beginning."""
    head = f"{document.title}\n{document.prompt}"[:_LONGEST]
    return Read(document, tokens(folded(head)), tokens(folded(document.text[:_LONGEST])))


class Ranking:
    """BM25 for one query over one collection.

    Args:
        frequencies: for every word of the query (folded), how many documents have it.
        total: how many documents there are.
        documents: those to be ranked; the length of a usual text is theirs.
    """

    def __init__(
        self, frequencies: Mapping[str, int], total: int, documents: Sequence[Read]
    ) -> None:
        self._weights = {word: weight(many, total) for word, many in frequencies.items()}
        lengths = [len(one.head) + len(one.body) for one in documents]
        self._usual = max(sum(lengths) / len(lengths), 1.0) if lengths else 1.0

    def score(self, one: Read) -> float:
        """How well it answers the query, higher is better; 0 where it has none of the words."""
        length = len(one.head) + len(one.body)
        norm = _K1 * (1 - _B + _B * length / self._usual)
        score = 0.0
        for word in self._weights.keys() & {*one.head, *one.body}:
            many = _HEAD * one.head.count(word) + one.body.count(word)
            score += self._weights[word] * many * (_K1 + 1) / (many + norm)
        return score


def weight(many: int, total: int) -> float:
    """How telling a word is that `many` of `total` documents have; never 0."""
    many = min(many, total)
    return math.log(1 + (total - many + 0.5) / (many + 0.5))
