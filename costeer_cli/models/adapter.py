"""A low-rank addition to a model's linear layers, for some rows of a batch (LoRA, 2106.09685).

One pass reads rows with it and rows without it, so what it changes can be told at the cost of a row
rather than of a second model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import get_ident
from typing import TYPE_CHECKING, Any

from costeer_cli.errors import ModelCorruptError

if TYPE_CHECKING:
    import torch

    from costeer_cli.models.language_model import LanguageModel

DOWN, UP = ".lora_A.weight", ".lora_B.weight"
PREFIX = "base_model.model."
"""Names as peft has them, so that other programs can read the file."""


class Adapter:
    """Pairs of matrices; a layer's output gains `x @ down @ up`, as peft's does.

    It takes part in what its own thread reads and in nothing else: a stand-in for the cloud may run
    on the same weights at the same time.

    Attributes:
        pairs: a layer, down (in, r) and up (r, out) with the scale in it.
    """

    def __init__(self, pairs: Sequence[tuple[Any, torch.Tensor, torch.Tensor]]) -> None:
        self.pairs = tuple(pairs)

    @contextmanager
    def reading(self, rows: int) -> Iterator[None]:
        """While the block runs, the first `rows` of each batch are read with it."""
        hooks, thread = [], get_ident()
        try:
            for layer, down, up in self.pairs:
                hooks.append(layer.register_forward_hook(_addition(down, up, rows, thread)))
            yield
        finally:
            for hook in hooks:
                hook.remove()


def adapter_of(model: LanguageModel, tensors: Mapping[str, torch.Tensor], scale: float) -> Adapter:
    """The adapter that tensors named as in peft's files make for a model.

    Raises:
        ModelCorruptError: they are for another model, or some are missing.
    """
    layers = dict(model.network.named_modules())
    names = {name.removeprefix(PREFIX).removesuffix(DOWN).removesuffix(UP) for name in tensors}
    try:
        return Adapter([_pair(layers[name], name, tensors, scale) for name in sorted(names)])
    except (AttributeError, KeyError, RuntimeError) as error:
        raise ModelCorruptError(
            f"The expert does not fit {model.name}.", hint="Train one for it: costeer train"
        ) from error


def _pair(
    layer: Any, name: str, tensors: Mapping[str, torch.Tensor], scale: float
) -> tuple[Any, torch.Tensor, torch.Tensor]:
    down, up = (tensors[f"{PREFIX}{name}{end}"] for end in (DOWN, UP))
    weight = layer.weight
    if {up.shape[0], down.shape[1]} != {*weight.shape} or up.shape[1] != down.shape[0]:
        raise KeyError(name)
    down, up = (part.t().to(weight.device, weight.dtype) for part in (down, scale * up))
    return layer, down.contiguous(), up.contiguous()


def _addition(down: torch.Tensor, up: torch.Tensor, rows: int, thread: int) -> Any:
    def add(_layer: Any, given: tuple[torch.Tensor, ...], out: torch.Tensor) -> None:
        if get_ident() != thread:
            return
        x = given[0][:rows].reshape(-1, down.shape[0])
        out[:rows].view(-1, up.shape[1]).addmm_(x @ down, up)

    return add
