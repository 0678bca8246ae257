"""A tokenizer without its model: it names a cloud model's tokens, and renders its chats."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from costeer_cli.errors import ModelCorruptError, ModelError
from costeer_cli.models import quiet
from costeer_cli.models.token_bytes import read_vocabulary
from costeer_cli.steering.vocabulary import Vocabulary

Message = Mapping[str, str]
"""A chat message: `role` (system, user, assistant) and `content`."""


@dataclass(frozen=True, eq=False)
class Tokenizer:
    """A tokenizer of the transformers library.

    Attributes:
        name: the reference it was loaded by.
        backend: the transformers tokenizer.
        vocabulary: its tokens as bytes.
        ends: the ids that end a text.
    """

    name: str
    backend: Any
    vocabulary: Vocabulary
    ends: tuple[int, ...]

    def render(self, messages: Sequence[Message]) -> list[int]:
        """Token ids of a chat up to where the assistant starts to write."""
        return render(self.backend, messages)

    def encode(self, text: str) -> list[int]:
        """Token ids of plain text, without special tokens."""
        return encode(self.backend, text)


def render(backend: Any, messages: Sequence[Message]) -> list[int]:
    """Token ids of a chat up to where the assistant starts to write."""
    ids: list[int] = backend.apply_chat_template(
        [dict(message) for message in messages],
        add_generation_prompt=True,
        return_dict=False,
        enable_thinking=False,
    )
    return ids


def encode(backend: Any, text: str) -> list[int]:
    """Token ids of plain text, without special tokens."""
    ids: list[int] = backend.encode(text, add_special_tokens=False)
    return ids


def load_tokenizer(folder: Path, name: str) -> Tokenizer:
    """Load the tokenizer of a model folder, from this disk only.

    Raises:
        ModelCorruptError: the files cannot be read.
        ModelError: it has no chat template, or no end of text.
    """
    transformers = quiet.transformers()
    try:
        backend = transformers.AutoTokenizer.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        )
        ends = _ends(folder, backend)
    except Exception as error:  # tokenizers raises no narrower class
        raise ModelCorruptError(f"The tokenizer of {name} cannot be loaded.") from error
    if not backend.chat_template or not ends:
        raise ModelError(
            f"{name} has no chat template, or no end of text.",
            hint="Use an instruction-tuned (chat) model.",
        )
    return Tokenizer(name, backend, read_vocabulary(backend, len(backend), ends), ends)


def _ends(folder: Path, backend: Any) -> tuple[int, ...]:
    """Ids that end a text: the tokenizer's, then the generation settings'."""
    settings = folder / "generation_config.json"
    more = (
        json.loads(settings.read_text("utf-8")).get("eos_token_id") if settings.exists() else None
    )
    ids = [backend.eos_token_id, *(more if isinstance(more, list) else [more])]
    return tuple(dict.fromkeys(int(i) for i in ids if i is not None and i < len(backend)))
