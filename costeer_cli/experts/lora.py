"""Low-rank matrices beside a model's linear layers, to be trained (LoRA, by peft)."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from costeer_cli.models.adapter import PREFIX
from costeer_cli.models.language_model import LanguageModel

if TYPE_CHECKING:
    import torch

_NAME = "voice"


@contextmanager
def trainable(
    model: LanguageModel, rank: int, alpha: int, seed: int
) -> Iterator[dict[str, torch.nn.Parameter]]:
    """While the block runs the network has them, and nothing else of it can be trained.

    Yields the matrices in float32, named as in peft's files; half of them are zero at first, so
    that nothing has changed yet.
    """
    import torch

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of libraries that are not there
        from peft import LoraConfig  # noqa: PLC0415
        from peft.tuners.lora import LoraModel  # noqa: PLC0415

    network = model.network
    network.requires_grad_(False)
    config = LoraConfig(r=rank, lora_alpha=alpha, target_modules="all-linear", bias="none")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        wrapped = LoraModel(network, config, _NAME)
    try:
        found = {}
        for name, parameter in network.named_parameters():
            if f".{_NAME}." in name:
                parameter.data = parameter.data.float()
                parameter.requires_grad_(True)
                found[PREFIX + name.replace(f".{_NAME}.", ".")] = parameter
        yield found
    finally:
        wrapped.unload()
