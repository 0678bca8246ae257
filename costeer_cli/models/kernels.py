"""Two rearrangements that give the same numbers faster on a CPU (benchmarks/scorer.py).

Neither changes what is computed: float32 sums are only taken in another order.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import ALL_MASK_ATTENTION_FUNCTIONS, sdpa_mask
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

GROUPED = "costeer_grouped"
"""Name of the attention implementation, for `attn_implementation`."""

_FLIP_ROWS = range(9, 49)


def grouped_attention(
    module: nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None = None,
    starts: tuple[int, ...] | None = None,
    **options: Any,
) -> tuple[torch.Tensor, None]:
    """Attention with shared key/value heads, without copying those heads once per query head.

    transformers repeats the cached keys and values for every query head of a group, which for a
    short block over a long context costs more than the attention. Here the query heads of a group
    become more queries of its one key/value head. Shapes: query (b, h, q, d), key and value
    (b, h/g, n, d), mask (b, 1, q, n) or None; returns (b, q, h, d).

    `starts` (one number per row) says where a row's own tokens begin; what stands before them is
    padding, which is skipped instead of masked.
    """
    rows, heads, length, width = query.shape
    shared = key.shape[1]
    if attention_mask is None and length > 1:  # a prefill: plain causal attention is best
        return sdpa_attention_forward(module, query, key, value, None, **options)  # type: ignore[no-any-return]
    folded = query.reshape(rows, shared, heads // shared * length, width)
    if attention_mask is not None:
        spread = attention_mask[:, :, None].expand(-1, -1, heads // shared, -1, -1)
        attention_mask = spread.reshape(rows, 1, folded.shape[2], -1)
    scale = options.get("scaling")
    if starts is None or attention_mask is None:
        out = functional.scaled_dot_product_attention(
            folded, key, value, attn_mask=attention_mask, scale=scale
        )
    else:
        out = torch.cat(
            [
                functional.scaled_dot_product_attention(
                    folded[row : row + 1],
                    key[row : row + 1, :, start:],
                    value[row : row + 1, :, start:],
                    attn_mask=attention_mask[row : row + 1, :, :, start:],
                    scale=scale,
                )
                for row, start in enumerate(starts)
            ]
        )
    return out.reshape(rows, heads, length, width).transpose(1, 2).contiguous(), None


class FlippedLinear(nn.Linear):
    """A linear layer that computes W x^T instead of x W^T for 9 to 48 rows.

    MKL's float32 kernel is about a third faster that way round in that range, which is where
    blocks of drafted tokens fall; below and above it is slower.
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x (..., in) -> (..., out)."""
        rows = x.numel() // x.shape[-1]
        if rows not in _FLIP_ROWS or self.bias is not None:
            return super().forward(x)
        out = torch.mm(self.weight, x.reshape(rows, -1).t())
        return out.t().contiguous().view(*x.shape[:-1], -1)


def speed_up(network: Any) -> None:
    """Give a transformers model both, where its attention is plain.

    A model whose attention has more to it (soft caps, sinks) cannot use PyTorch's either, and
    keeps the implementation that transformers chose for it.
    """
    flip_linears(network)
    if network.config._attn_implementation == "sdpa":
        ALL_ATTENTION_FUNCTIONS.register(GROUPED, grouped_attention)
        ALL_MASK_ATTENTION_FUNCTIONS.register(GROUPED, sdpa_mask)
        network.set_attn_implementation(GROUPED)


def flip_linears(model: nn.Module) -> None:
    """Turn every plain linear layer of `model` into a `FlippedLinear`, sharing its weights."""
    for module in model.modules():
        if type(module) is nn.Linear:
            module.__class__ = FlippedLinear
