"""Gumbel noise that depends on the seed, the position and a token's bytes, and on nothing else.

Drawing with `argmax(log p + noise)` samples from p exactly (the Gumbel-max trick), and because the
noise does not depend on the draft, the same seed gives the same text however drafts are cut
(drafter-invariant sampling, arXiv 2408.07978). The cloud never learns the seed.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def token_hashes(texts: Iterable[bytes]) -> NDArray[np.uint64]:
    """One 64-bit hash per token text, shape (n,); computed once per vocabulary."""
    digests = b"".join(blake2b(text, digest_size=8).digest() for text in texts)
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def uniform(seed: int, index: int, hashes: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Independent uniforms in the open interval (0, 1), shape (n,), keyed by all three.

    Args:
        seed: any integer.
        index: position of the token in the text, from 0.
        hashes: `token_hashes` of the tokens, shape (n,).
    """
    key = blake2b(f"{seed}:{index}".encode(), digest_size=16).digest()
    first, second = np.frombuffer(key, dtype="<u8").astype(np.uint64)
    mixed = _mix(_mix(hashes ^ first) + second)
    return (mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53 + 2.0**-54


def gumbel(seed: int, index: int, hashes: NDArray[np.uint64]) -> NDArray[np.float64]:
    """Independent standard Gumbel noise, shape (n,): `-log(-log(uniform))`."""
    return np.asarray(-np.log(-np.log(uniform(seed, index, hashes))))


def _mix(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finaliser of SplitMix64 (Steele, Lea and Flood 2014): a bijection that avalanches."""
    words = words + _GOLDEN
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))
