"""The tokens a model can write, as bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from costeer_cli.steering.noise import token_hashes


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Token texts by id.

    Attributes:
        texts: the bytes of each id; empty for end-of-text; None for ids that are never written
            (other special tokens, unused ids).
        end: the id of end-of-text.
    """

    texts: Sequence[bytes | None]
    end: int

    def __len__(self) -> int:
        return len(self.texts)

    @cached_property
    def hashes(self) -> NDArray[np.uint64]:
        """`token_hashes` of every id, shape (len,)."""
        return token_hashes(text or b"" for text in self.texts)

    @cached_property
    def writable(self) -> NDArray[np.bool_]:
        """Which ids may stand in a text, end-of-text among them, shape (len,)."""
        return np.array([text is not None for text in self.texts])

    @cached_property
    def _ids(self) -> dict[bytes, int]:
        return {text: i for i, text in reversed(list(enumerate(self.texts))) if text is not None}

    def find(self, text: bytes) -> int | None:
        """The lowest id of these bytes; None where no single token is them."""
        return self._ids.get(text)

    def text(self, token_id: int) -> bytes:
        """The bytes of a writable id."""
        text = self.texts[token_id]
        if text is None:
            raise ValueError(f"token {token_id} is never written")
        return text
