"""Covers of a byte string: the token sequences that lead into its last token.

A text is a prefix of what a model writes in as many ways as there are token sequences that end
before its last byte and go on with a token that holds the rest. A model gives next to nothing to
sequences that its own tokenizer would not make, so the sum over those it would make is exact but
for that (Phan et al., "Exact Byte-Level Probabilities from Tokenized Language Models",
arXiv 2410.09303).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from costeer_cli.local.byte_index import ByteIndex

Path = tuple[int, ...]
"""Token ids from the beginning of the text."""

_BACK = 3


@dataclass(frozen=True, slots=True)
class Cover:
    """Tokens, and the bytes that one more token has to begin with."""

    path: Path
    pending: bytes


class Covers(Protocol):
    """Finds covers. The result depends on the bytes alone, never on how they came about."""

    def of(self, text: bytes) -> list[Cover]:
        """Covers of a text, for the probability that it is a prefix."""

    def extended(self, text: bytes, candidate: bytes) -> list[Cover]:
        """Covers of a text with a candidate behind it, none of them ending before the text does
        but those of the text itself."""

    def whole(self, text: bytes) -> list[Path]:
        """Token sequences that make up a text and nothing more, the model's own one first."""


class CanonicalCovers:
    """Covers as the model's own tokenizer would make them."""

    def __init__(self, encode: Callable[[str], list[int]], index: ByteIndex) -> None:
        """Find out whether the tokenizer puts a blank in front of every text.

        Args:
            encode: token ids of plain text.
        """
        self._encode = encode
        self._index = index
        self._texts = index.vocabulary.texts
        self._lead = b" " if self._bytes(tuple(encode("a"))) == b" a" else b""
        self._split = lru_cache(maxsize=65_536)(self._split_alone)

    def whole(self, text: bytes) -> list[Path]:
        """The tokenizer's own sequence; none where a character is not complete."""
        path, rest = self._chain(text)
        return [] if rest else [path]

    def _chain(self, text: bytes) -> tuple[Path, bytes]:
        """The text's own tokens, and what is left of it that no token makes up."""
        if not text:
            return (), b""
        whole = _whole_part(text)
        wanted, path = self._lead + text, tuple(self._encode(whole)) if whole else ()
        if not wanted.startswith(self._bytes(path)):
            path = ()  # the tokenizer changes this text: split it plainly
        rest = wanted[len(self._bytes(path)) :]
        more = self._index.greedy(rest)
        return (path, rest) if more is None else (path + tuple(more), b"")

    def of(self, text: bytes) -> list[Cover]:
        """Covers that go up to `_BACK` tokens back from the end."""
        return [cover for cover in self._back(text) if cover.pending]

    def extended(self, text: bytes, candidate: bytes) -> list[Cover]:
        """Those of the text, and where no single token holds the rest those inside of it."""
        if not text and self._lead:
            candidate = self._lead + candidate
        back = self._back(text)
        covers = [Cover(cover.path, cover.pending + candidate) for cover in back]
        if not any(self._index.covers(cover.pending) for cover in covers):
            covers += [inner for cover in covers[:2] for inner in self._inside(cover)]
        return covers

    def _back(self, text: bytes) -> list[Cover]:
        path, rest = self._chain(text)
        covers = [Cover(path, rest)]
        for _ in range(min(_BACK, len(path))):
            rest = (self._texts[path[-1]] or b"") + rest
            path = path[:-1]
            covers.append(Cover(path, rest))
        return covers

    def _inside(self, cover: Cover) -> Iterator[Cover]:
        """Covers that end within the pending bytes."""
        path, rest = cover.path, cover.pending
        for token in self._split(rest)[:-1]:
            path, rest = (*path, token), rest[len(self._texts[token] or b"") :]
            yield Cover(path, rest)

    def _split_alone(self, text: bytes) -> Path:
        """Tokens that make up bytes within a text; none where there are none that do."""
        whole = _whole_part(text)
        path = tuple(self._encode(whole)) if len(whole.encode()) == len(text) else ()
        if self._bytes(path) == text:
            return path
        return tuple(self._index.greedy(text) or ())

    def _bytes(self, path: Path) -> bytes:
        return b"".join(self._texts[token] or b"" for token in path)


class ExhaustiveCovers:
    """All covers there are: for small vocabularies and short texts, and to test the others by."""

    def __init__(self, index: ByteIndex) -> None:
        self._texts = [(i, text) for i, text in enumerate(index.vocabulary.texts) if text]

    def whole(self, text: bytes) -> list[Path]:
        """Every token sequence that makes up the text."""
        return [path for path, rest in self._ways(text) if not rest]

    def of(self, text: bytes) -> list[Cover]:
        """Every token sequence that ends before the text does."""
        return [Cover(path, rest) for path, rest in self._ways(text) if rest]

    def extended(self, text: bytes, candidate: bytes) -> list[Cover]:
        """Every token sequence that ends before the candidate does."""
        return self.of(text + candidate)

    def _ways(self, text: bytes, path: Path = ()) -> Iterator[tuple[Path, bytes]]:
        yield path, text
        for token, piece in self._texts:
            if text and text.startswith(piece):
                yield from self._ways(text[len(piece) :], (*path, token))


def _whole_part(text: bytes) -> str:
    """The characters before the first that is not complete."""
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        return text[: error.start].decode()
