"""Runs of words as numbers that say nothing to who has not got the salt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING

from costeer_cli.privacy.folding import RUN, is_character, words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Keys = NDArray[np.uint64]

KEY_BITS = 48
"""Among the keys of ten million runs, another run finds its own by chance once in 28 million."""

_WORD = (1 << 64) - 1
_STIR = 0x9E3779B97F4A7C15
_MOST_WORDS = 1 << 20  # that are remembered


class RunHashes:
    """Keys of runs: a sum of the secret numbers of the words, each times that of its place."""

    def __init__(self, salt: bytes) -> None:
        self._numbers = _Numbers(salt)
        self._places = [self._numbers[f"place {i}"] | 1 for i in range(2 * RUN)]

    def key(self, run: Sequence[str]) -> int:
        """The key of one run of folded words."""
        numbers = map(self._numbers.__getitem__, run)
        total = sum(n * place for n, place in zip(numbers, self._places, strict=False)) & _WORD
        return ((total ^ total >> 32) * _STIR & _WORD) >> 64 - KEY_BITS

    def keys(self, texts: Iterable[str]) -> Keys:
        """The keys of all runs of some texts (`folding.runs`), shape (n,), in any order."""
        import numpy as np

        if len(self._numbers) > _MOST_WORDS:
            self._numbers.clear()
        numbers: list[int] = []
        for text in texts:
            numbers += map(self._numbers.__getitem__, words(text))
            numbers.append(0)  # no run reaches over it
        said = np.array(numbers, dtype=np.uint64)
        found = [self._of(said, RUN, characters=False)]
        if (said & 1).any():
            found.append(self._of(said, 2 * RUN, characters=True))
        total = np.concatenate(found)
        stirred: Keys = (total ^ total >> np.uint64(32)) * np.uint64(_STIR)
        return stirred >> np.uint64(64 - KEY_BITS)

    def _of(self, said: Keys, width: int, *, characters: bool) -> Keys:
        """The sums of the runs of this many words, shape (n,)."""
        import numpy as np

        if len(said) < width:
            return said[:0]
        windows = np.lib.stride_tricks.sliding_window_view(said, width)
        kept = (windows & 1).all(axis=1) if characters else ~(windows & 1).all(axis=1)
        kept &= (windows != 0).all(axis=1)
        places = np.array(self._places[:width], dtype=np.uint64)
        sums: Keys = (windows[kept] * places).sum(axis=1)
        return sums


class _Numbers(dict[str, int]):
    """The number of each word, 64 bits; the lowest says whether it `is_character`."""

    def __init__(self, salt: bytes) -> None:
        self._salt = salt

    def __missing__(self, word: str) -> int:
        digest = blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8, key=self._salt)
        number = int.from_bytes(digest.digest(), "little") & ~1
        self[word] = number | is_character(word)
        return self[word]
