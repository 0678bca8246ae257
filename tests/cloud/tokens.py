"""A tokenizer that services of the tests share with costeer: one id for each character."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from costeer_cli.steering.vocabulary import Vocabulary
from tests.cloud.parrot import END, LIST, number, repeat

_FIRST = 40_000


class CharacterTokens:
    """Reads by characters; knows the words that the parrot writes too."""

    def __init__(self) -> None:
        texts: list[bytes | None] = [None] * (_FIRST + 128)
        texts[_FIRST:] = [bytes([n]) for n in range(128)]
        for begun in range(len(LIST)):
            for place in repeat(LIST[:begun], 99):
                for piece in place.listed(99):
                    texts[piece.id] = b"" if piece.text == END else piece.text.encode()
        self.vocabulary = Vocabulary(texts, number(END))
        self.ends = [number(END)]

    def render(self, messages: Sequence[Mapping[str, str]]) -> list[int]:
        """The messages, and the mark after which the assistant writes."""
        return self.encode("".join(m["content"] + "|" for m in messages) + "assistant\n")

    def encode(self, text: str) -> list[int]:
        """An id for each character."""
        return [_FIRST + ord(character) for character in text]

    def decode(self, ids: Sequence[int]) -> str:
        """The text of ids."""
        return b"".join(self.vocabulary.text(i) for i in ids).decode()
