"""Tensors and what is known of them as the bytes of one safetensors file, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from costeer_cli.errors import BadInputError

if TYPE_CHECKING:
    import torch

_KEY = "costeer"


def packed(tensors: Mapping[str, torch.Tensor], about: Mapping[str, Any]) -> bytes:
    """One file; `about` holds JSON values."""
    from safetensors.torch import save

    whole = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    content: bytes = save(whole, {_KEY: json.dumps(about)})
    return content


def unpacked(content: bytes) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """What `packed` was given.

    Raises:
        BadInputError: it is something else, or cut short.
    """
    from safetensors.torch import load

    try:
        length = int.from_bytes(content[:8], "little")
        about = json.loads(json.loads(content[8 : 8 + length])["__metadata__"][_KEY])
        return load(content), dict(about)
    except Exception as error:  # safetensors raises a class of its own
        raise BadInputError("That is no file of an expert, or not all of it.") from error
