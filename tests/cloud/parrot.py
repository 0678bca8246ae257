"""A model that repeats a list, token by token, and is nearly sure of every one of them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

LIST = "alpha bravo charlie delta echo foxtrot golf hotel"
SURE = 0.9
END = "<|im_end|>"
_WORDS = (" yes", " no", " and", "!", "The", "0", " -", "é")


@dataclass(frozen=True)
class Piece:
    """A token, its number and its probability's logarithm."""

    text: str
    id: int
    logprob: float

    @property
    def raw(self) -> list[int]:
        """Its bytes, as services list them; none for the end."""
        return [] if self.text == END else list(self.text.encode())


@dataclass(frozen=True)
class Place:
    """A position: the model's own token, and what it thinks of beside it, the likeliest first."""

    own: Piece
    others: tuple[Piece, ...]

    def listed(self, most: int) -> list[Piece]:
        """The likeliest tokens."""
        return [self.own, *self.others][:most]


def number(text: str) -> int:
    """The id of a token."""
    return 2 if text == END else 10 + sum(n * ord(c) for n, c in enumerate(text, 1)) % 30000


def repeat(begun: str, most: int, anew: bool = False, plain: str = LIST) -> list[Place]:
    """How the model goes on after what it has begun to write; or begins anew, as if it had not."""
    begun = "" if anew or not plain.startswith(begun) else begun
    words = re.findall(r" ?\S+|\s", plain[len(begun) :])
    return [_place(word, n) for n, word in enumerate([*words, END][:most])]


def _place(word: str, n: int) -> Place:
    left = [0.03 / 2**i * (1 + 0.1 * n) for i in range(len(_WORDS))]
    others = tuple(Piece(w, number(w), math.log(p)) for w, p in zip(_WORDS, left, strict=True))
    return Place(Piece(word, number(word), math.log(SURE)), others)
