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
_RECENT = 48  # bytes at the end that are tokenized anew with each candidate
_STRETCH = 256


@dataclass(frozen=True, slots=True)
class Cover:
    """Tokens, and the bytes that one more token has to begin with."""

    path: Path
    pending: bytes


class Covers(Protocol):
    """Finds covers. The result depends on the bytes alone, never on how they came about."""

    def of(self, text: bytes) -> list[Cover]:
        """Covers of a text, for the probability that it is a prefix."""

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
        self._chain = lru_cache(maxsize=4096)(self._chained)

    def whole(self, text: bytes) -> list[Path]:
        """The tokenizer's own sequence; none where a character is not complete."""
        path, rest = self._chain(text)
        return [] if rest else [path]

    def of(self, text: bytes) -> list[Cover]:
        """Covers that go up to `_BACK` tokens back from the end."""
        path, rest = self._chain(text)
        covers = [Cover(path, rest)] if rest else []
        for _ in range(min(_BACK, len(path))):
            rest = (self._texts[path[-1]] or b"") + rest
            path = path[:-1]
            covers.append(Cover(path, rest))
        return covers

    def _chained(self, text: bytes) -> tuple[Path, bytes]:
        """The text's own tokens, and what is left of it that no token makes up."""
        if not text:
            return (), b""
        seam = _seam(text)
        if not seam:
            return self._alone(text, self._lead)
        head, _ = self._chain(text[:seam])
        tail, rest = self._alone(text[seam:], b"")
        return head + tail, rest

    def _alone(self, text: bytes, lead: bytes) -> tuple[Path, bytes]:
        """The same for a text that is tokenized in one piece."""
        whole = _whole_part(text)
        wanted, path = lead + text, tuple(self._encode(whole)) if whole else ()
        if not wanted.startswith(self._bytes(path)):
            path = ()  # the tokenizer changes this text: split it plainly
        rest = wanted[len(self._bytes(path)) :]
        more = self._index.greedy(rest)
        return (path, rest) if more is None else (path + tuple(more), b"")

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

    def _ways(self, text: bytes, path: Path = ()) -> Iterator[tuple[Path, bytes]]:
        yield path, text
        for token, piece in self._texts:
            if text and text.startswith(piece):
                yield from self._ways(text[len(piece) :], (*path, token))


def _seam(text: bytes) -> int:
    """Where a long text can be cut so that its parts are tokenized as the whole is; 0 for nowhere.

    Before a word of its own, which tokenizers split at too. Where there is no such place for long
    (Chinese, say) anywhere between two characters, always at the same place.
    """
    last = len(text) - _RECENT
    first = max(last - _STRETCH, 1)
    for i in range(last, first, -1):
        if text[i] == 0x20 and text[i - 1] > 0x20 and chr(text[i + 1]).isalpha():
            return i
    at = last - last % _STRETCH if last > 0 else 0
    while at > 0 and text[at] & 0xC0 == 0x80:  # within a character
        at -= 1
    return at


def _whole_part(text: bytes) -> str:
    """The characters before the first that is not complete."""
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        return text[: error.start].decode()
