"""Words as the index of the store sees them, and how well a text answers some of them (BM25)."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

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


class Ranking:
    """BM25 for one query over one collection.

    Args:
        frequencies: for every word of the query (folded), how many documents have it.
        total: how many documents there are.
        documents: those to be ranked; the length of a usual text is theirs.
    """

    def __init__(
        self, frequencies: Mapping[str, int], total: int, documents: Iterable[Document]
    ) -> None:
        self._weights = {word: weight(many, total) for word, many in frequencies.items()}
        self._counts = [self._count(document) for document in documents]
        lengths = [length for _, length in self._counts]
        self._usual = max(sum(lengths) / len(lengths), 1.0) if lengths else 1.0

    def scores(self) -> list[float]:
        """One for each document, higher is better; 0 where it has none of the words."""
        return [self._score(counts, length) for counts, length in self._counts]

    def _count(self, document: Document) -> tuple[Counter[str], int]:
        head = tokens(folded(f"{document.title}\n{document.prompt}"[:_LONGEST]))
        body = tokens(folded(document.text[:_LONGEST]))
        counts = Counter(word for word in body if word in self._weights)
        for word in head:
            if word in self._weights:
                counts[word] += _HEAD
        return counts, len(head) + len(body)

    def _score(self, counts: Counter[str], length: int) -> float:
        norm = _K1 * (1 - _B + _B * length / self._usual)
        return sum(
            self._weights[word] * many * (_K1 + 1) / (many + norm) for word, many in counts.items()
        )


def weight(many: int, total: int) -> float:
    """How telling a word is that `many` of `total` documents have; never 0."""
    many = min(many, total)
    return math.log(1 + (total - many + 0.5) / (many + 0.5))
