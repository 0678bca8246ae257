"""KV caches that grow in place and are cut for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from transformers.cache_utils import Cache, DynamicLayer

_ROOM = 256


class GrowingLayer(DynamicLayer):  # type: ignore[misc]  # transformers is untyped
    """Keys and values of one layer, (rows, heads, length, width), in a buffer with room to grow.

    transformers' own dynamic layer copies everything it holds at each step; this one writes the
    new part only, and forgetting the newest tokens moves a number. On a CPU with 1,200 tokens of
    context that is a tenth of a decoding step.
    """

    def __init__(self) -> None:
        super().__init__()
        self.length = 0
        self._buffers: list[torch.Tensor] = []

    def update(
        self, key_states: torch.Tensor, value_states: torch.Tensor, *_: Any, **__: Any
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Append; return everything held, as views."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
            self._buffers = [key_states[:, :, :0], value_states[:, :, :0]]
        end = self.length + int(key_states.shape[2])
        for i, new in enumerate((key_states, value_states)):
            if end > self._buffers[i].shape[2]:
                rows, heads, width = new.shape[0], new.shape[1], new.shape[3]
                grown = new.new_empty(rows, heads, end + _ROOM, width)
                grown[:, :, : self.length] = self._buffers[i][:, :, : self.length]
                self._buffers[i] = grown
            self._buffers[i][:, :, self.length : end] = new
        self._hold(end)
        return self.keys, self.values

    def crop(self, tokens_to_remove: int) -> None:
        """Forget the newest `-tokens_to_remove` tokens (transformers counts them negative)."""
        if self.is_initialized and tokens_to_remove < 0:
            self._hold(max(0, self.length + tokens_to_remove))

    def settle(self, start: int, kept: Sequence[int]) -> None:
        """Of what stands from `start` on, keep the entries `kept` (counted from there)."""
        if self.is_initialized:
            for buffer in self._buffers:
                chosen = torch.tensor(
                    [start + i for i in kept], device=buffer.device, dtype=torch.long
                )
                buffer[:, :, start : start + len(kept)] = buffer[:, :, chosen]
            self._hold(start + len(kept))

    def get_seq_length(self) -> int:
        """How many tokens are held."""
        return self.length

    def _hold(self, length: int) -> None:
        self.length = length
        self.keys, self.values = (buffer[:, :, :length] for buffer in self._buffers)


def growing_cache(layers: int) -> Cache:
    """An empty cache for a model of that many layers."""
    return Cache(layers=[GrowingLayer() for _ in range(layers)])


def stacked(caches: list[Cache], lengths: list[int]) -> Cache:
    """One cache of several rows from one-row caches, each aligned to the right.

    What stands left of a shorter row is zero and must be masked. Rotary positions are already in
    the keys, so moving them within the buffer changes nothing.
    """
    longest = max(lengths)
    whole = growing_cache(len(caches[0].layers))
    for i, layer in enumerate(whole.layers):
        parts = []
        for attribute in ("keys", "values"):
            rows = [getattr(cache.layers[i], attribute) for cache in caches]
            one = rows[0].new_zeros(len(rows), rows[0].shape[1], longest, rows[0].shape[3])
            for row, (held, length) in enumerate(zip(rows, lengths, strict=True)):
                one[row, :, longest - length :] = held[0]
            parts.append(one)
        layer.update(*parts)
    return whole
