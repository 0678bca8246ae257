"""A vocabulary in the order of its bytes: the mass of all tokens that begin with given bytes."""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from costeer_cli.steering.vocabulary import Vocabulary

Floats = NDArray[np.float64]


class ByteIndex:
    """Tokens sorted by their bytes, so that those with a common beginning are a range."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Sort the tokens that have bytes; the end of the text is none of them."""
        pairs = sorted((text, i) for i, text in enumerate(vocabulary.texts) if text)
        self.vocabulary = vocabulary
        self._texts = [text for text, _ in pairs]
        self.order: NDArray[np.int64] = np.array([i for _, i in pairs], dtype=np.int64)
        self.span = lru_cache(maxsize=65_536)(self._span)

    def _span(self, prefix: bytes) -> tuple[int, int]:
        """Where the tokens stand that begin with `prefix`: first, and one past the last."""
        first = bisect_left(self._texts, prefix)
        following = _after(prefix)
        last = bisect_left(self._texts, following, first) if following else len(self._texts)
        return first, last

    def mass(self, rows: NDArray[np.float32], prefix: bytes) -> Floats:
        """Log of the mass of the tokens that begin with `prefix`, (rows,), in nats.

        Args:
            rows: log-probabilities of all tokens, (rows, V).
        """
        first, last = self.span(prefix)
        if first == last:
            return np.full(len(rows), -np.inf)
        part = rows[:, self.order[first:last]].astype(np.float64)
        top = part.max(axis=1)
        safe = np.where(np.isfinite(top), top, 0.0)
        with np.errstate(divide="ignore"):
            return np.asarray(safe + np.log(np.exp(part - safe[:, None]).sum(axis=1)))

    def greedy(self, text: bytes) -> list[int] | None:
        """Tokens that make up `text`, the longest first at each place; None where none fit."""
        tokens: list[int] = []
        while text:
            for length in range(min(len(text), 64), 0, -1):
                found = self.vocabulary.find(text[:length])
                if found is not None:
                    break
            else:
                return None
            tokens.append(found)
            text = text[length:]
        return tokens


def _after(prefix: bytes) -> bytes:
    """The first bytes in order that do not begin with `prefix`; empty where there are none."""
    trimmed = prefix.rstrip(b"\xff")
    return trimmed[:-1] + bytes([trimmed[-1] + 1]) if trimmed else b""
