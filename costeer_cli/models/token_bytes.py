"""The bytes of every token, read from a tokenizer's own description."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any

from costeer_cli.errors import ModelError
from costeer_cli.steering.vocabulary import Vocabulary


def read_vocabulary(tokenizer: Any, size: int, ends: Collection[int]) -> Vocabulary:
    """The vocabulary of a `tokenizers`-backed tokenizer.

    Args:
        tokenizer: a transformers tokenizer.
        size: width of the model's output layer; ids past the tokenizer's are never written.
        ends: ids that end a text; the first is the one kept, the others are merged into it.

    Raises:
        ModelError: a tokenizer of a kind whose bytes are not known.
    """
    backend: Any = getattr(tokenizer, "backend_tokenizer", None)
    description = json.loads(backend.to_str()) if backend is not None else {}
    to_bytes = _decoder(description.get("decoder") or {})
    texts: list[bytes | None] = [None] * size
    for token, token_id in backend.get_vocab(with_added_tokens=False).items():
        if token_id < size:
            texts[token_id] = to_bytes(token)
    for added in description.get("added_tokens", []):
        if added["id"] < size:
            texts[added["id"]] = None if added["special"] else added["content"].encode()
    for end in ends:
        texts[end] = None
    first = next(iter(ends))
    written = [text or None for text in texts]  # an empty text would read as an end
    written[first] = b""
    return Vocabulary(tuple(written), first)


def _decoder(decoder: dict[str, Any]) -> Any:
    kinds = {decoder.get("type"), *(d.get("type") for d in decoder.get("decoders", []))}
    if "ByteLevel" in kinds:
        table = _byte_level_table()
        return lambda token: bytes(table[c] for c in token) if table.keys() >= set(token) else None
    if "ByteFallback" in kinds or "Metaspace" in kinds:
        return _sentencepiece
    raise ModelError(
        "The tokenizer of this model is of a kind that costeer cannot read as bytes.",
        hint="Use a model with a byte-level or SentencePiece tokenizer.",
    )


def _sentencepiece(token: str) -> bytes:
    if found := re.fullmatch(r"<0x([0-9A-F]{2})>", token):
        return bytes([int(found[1], 16)])
    return token.replace("\u2581", " ").encode()


def _byte_level_table() -> dict[str, int]:
    """The printable stand-ins of GPT-2's byte-level BPE: 188 bytes as they are, 68 moved up."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    moved = [byte for byte in range(256) if byte not in plain]
    table = {chr(byte): byte for byte in plain}
    return table | {chr(256 + i): byte for i, byte in enumerate(moved)}
