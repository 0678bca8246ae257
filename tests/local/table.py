"""A language of a few tokens, and a reader of it: what comes next hangs on the last two tokens."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from costeer_cli.local.covers import Path
from costeer_cli.steering.vocabulary import Vocabulary


class Table:
    """Log-probabilities of two rows, (2, V), after any path: random, and always the same."""

    def __init__(self, vocabulary: Vocabulary, seed: int) -> None:
        self.vocabulary = vocabulary
        self._seed = seed

    def after(self, path: Path) -> NDArray[np.float64]:
        random = np.random.default_rng([self._seed, *(token + 1 for token in path[-2:])])
        logits = random.normal(scale=2.0, size=(2, len(self.vocabulary)))
        logits[:, ~self.vocabulary.writable] = -np.inf
        return np.asarray(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))

    def prefix(self, text: bytes, path: Path = ()) -> NDArray[np.float64]:
        """Log-probability that the language begins with `text`, (2,), by plain recursion."""
        if not text:
            return np.zeros(2)
        now, parts = self.after(path), [np.full(2, -np.inf)]
        for token, piece in enumerate(self.vocabulary.texts):
            if not piece:
                continue
            if piece.startswith(text):
                parts.append(now[:, token])
            elif text.startswith(piece):
                parts.append(now[:, token] + self.prefix(text[len(piece) :], (*path, token)))
        return np.asarray(np.logaddexp.reduce(parts))

    def exactly(self, text: bytes, path: Path = ()) -> NDArray[np.float64]:
        """Log-probability that the language is `text` and then ends, (2,)."""
        now = self.after(path)
        if not text:
            return np.asarray(now[:, self.vocabulary.end])
        parts = [np.full(2, -np.inf)]
        for token, piece in enumerate(self.vocabulary.texts):
            if piece and text.startswith(piece):
                parts.append(now[:, token] + self.exactly(text[len(piece) :], (*path, token)))
        return np.asarray(np.logaddexp.reduce(parts))


class TableReader:
    """Reads token trees of a `Table` as `Reader` does, and minds the rules of doing so."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.tokens: list[int] = []
        self.first = torch.tensor(table.after(()))
        self.passes = 0
        self.read = 0
        self._open = False

    def forget(self, keep: int) -> None:
        assert not self._open
        del self.tokens[keep:]

    def branch(self, tokens: Sequence[int], parents: Sequence[int]) -> torch.Tensor:
        assert not self._open
        self._open = True
        self.passes += 1
        self.read += len(tokens)
        paths: list[Path] = []
        for i, (token, parent) in enumerate(zip(tokens, parents, strict=True)):
            assert -1 <= parent < i
            paths.append((*(tuple(self.tokens) if parent < 0 else paths[parent]), token))
        return torch.tensor(np.stack([self.table.after(path) for path in paths], axis=1))

    def settle(self, path: Sequence[int], tokens: Sequence[int]) -> None:
        assert self._open
        self._open = False
        self.tokens.extend(tokens[i] for i in path)
