"""The rearrangements compute what PyTorch and transformers compute."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import nn
from transformers.integrations.sdpa_attention import sdpa_attention_forward

from costeer_cli.models import kernels
from costeer_cli.models.kernels import FlippedLinear, flip_linears, grouped_attention
from tests.models import tiny

CLOSE = {"atol": 1e-5, "rtol": 1e-5}


def tensors(group: int, queries: int, held: int, rows: int = 2) -> tuple[Any, ...]:
    generator = torch.Generator().manual_seed(group * 1000 + queries * 10 + held)
    shared = 3
    query = torch.randn(rows, shared * group, queries, 16, generator=generator)
    key = torch.randn(rows, shared, held, 16, generator=generator)
    value = torch.randn(rows, shared, held, 16, generator=generator)
    module = SimpleNamespace(num_key_value_groups=group, is_causal=True)
    return module, query, key, value


def causal(queries: int, held: int, rows: int) -> torch.Tensor:
    """Each query sees what stands before it; the second row lacks its two oldest."""
    places = torch.arange(held)
    mask = places <= torch.arange(held - queries, held)[:, None]
    rows_mask = mask.expand(rows, 1, queries, held).clone()
    rows_mask[1:, :, :, :2] = False
    return rows_mask


@pytest.mark.parametrize("scaling", [None, 0.4])
@pytest.mark.parametrize(("queries", "held"), [(1, 20), (5, 20), (20, 20)])
@pytest.mark.parametrize("group", [1, 3])
def test_with_a_mask_it_is_transformers_attention(
    group: int, queries: int, held: int, scaling: float | None
) -> None:
    case = tensors(group, queries, held)
    mask = causal(queries, held, 2)
    if queries == held:
        mask[1, :, :2, :2] = True  # a row that sees nothing is undefined
    mine, weights = grouped_attention(*case, mask, scaling=scaling, dropout=0.0)
    theirs, _ = sdpa_attention_forward(*case, mask, scaling=scaling)
    assert weights is None
    assert mine.shape == (2, queries, 3 * group, 16)
    assert mine.is_contiguous()
    torch.testing.assert_close(mine, theirs, **CLOSE)


@pytest.mark.parametrize("queries", [1, 5])
@pytest.mark.parametrize("group", [1, 3])
def test_padding_that_is_skipped_is_padding_that_is_masked(group: int, queries: int) -> None:
    case = tensors(group, queries, 20)
    mask = torch.zeros(2, 1, queries, 20).masked_fill(~causal(queries, 20, 2), -torch.inf)
    for tensor in case[2:]:
        tensor[1, :, :2] = torch.nan  # what is skipped is not even read
    mine, _ = grouped_attention(*case, mask, starts=(0, 2), scaling=0.25)
    for tensor in case[2:]:
        tensor[1, :, :2] = 0.0
    theirs, _ = sdpa_attention_forward(*case, mask, scaling=0.25)
    torch.testing.assert_close(mine, theirs, **CLOSE)


@pytest.mark.parametrize("group", [1, 3])
def test_a_mask_of_numbers_is_added(group: int) -> None:
    case = tensors(group, 4, 9)
    mask = torch.zeros(2, 1, 4, 9).masked_fill(~causal(4, 9, 2), -torch.inf)
    mine, _ = grouped_attention(*case, mask, scaling=0.25)
    theirs, _ = sdpa_attention_forward(*case, mask, scaling=0.25)
    torch.testing.assert_close(mine, theirs, **CLOSE)


@pytest.mark.parametrize(("queries", "held"), [(1, 1), (1, 20), (7, 7)])
@pytest.mark.parametrize("group", [1, 3])
def test_without_a_mask_it_is_transformers_attention(group: int, queries: int, held: int) -> None:
    case = tensors(group, queries, held)
    mine, _ = grouped_attention(*case, None, scaling=0.25)
    theirs, _ = sdpa_attention_forward(*case, None, scaling=0.25)
    torch.testing.assert_close(mine, theirs, **CLOSE)


def test_without_a_mask_a_prefill_is_causal() -> None:
    module, query, key, value = tensors(3, 6, 6)
    whole, _ = grouped_attention(module, query, key, value)
    first, _ = grouped_attention(module, query[:, :, :2], key[:, :, :2], value[:, :, :2])
    torch.testing.assert_close(whole[:, :2], first, **CLOSE)


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("rows", range(1, 65))
def test_a_flipped_layer_is_a_linear_layer(rows: int, bias: bool) -> None:
    torch.manual_seed(rows)
    plain = nn.Linear(24, 40, bias=bias)
    flipped = FlippedLinear(24, 40, bias=bias)
    flipped.load_state_dict(plain.state_dict())
    x = torch.randn(rows, 24)
    out = flipped(x)
    assert out.is_contiguous()
    torch.testing.assert_close(out, plain(x), **CLOSE)


@pytest.mark.parametrize("shape", [(2, 6, 24), (1, 12, 24), (2, 2, 3, 24), (24,)])
def test_a_flipped_layer_keeps_the_shape(shape: tuple[int, ...]) -> None:
    plain = nn.Linear(24, 40, bias=False)
    flipped = FlippedLinear(24, 40, bias=False)
    flipped.load_state_dict(plain.state_dict())
    x = torch.randn(shape)
    torch.testing.assert_close(flipped(x), plain(x), **CLOSE)


def test_a_flipped_layer_reads_views() -> None:
    layer = FlippedLinear(24, 40, bias=False)
    view = torch.randn(8, 2, 48).transpose(0, 1)[..., ::2]
    torch.testing.assert_close(layer(view), view @ layer.weight.t(), **CLOSE)


def test_flipping_shares_the_weights_and_leaves_other_layers() -> None:
    class Special(nn.Linear):
        """Some other linear layer."""

    model = nn.Sequential(nn.Linear(4, 4, bias=False), nn.Embedding(3, 4), Special(4, 4))
    weight = model[0].weight
    flip_linears(model)
    assert type(model[0]) is FlippedLinear
    assert model[0].weight is weight
    assert type(model[1]) is nn.Embedding
    assert type(model[2]) is Special


def with_both(kind: str, **settings: Any) -> tuple[Any, Any]:
    plain, fast = tiny.network(kind, **settings), tiny.network(kind, **settings)
    kernels.speed_up(fast)
    return plain, fast


@pytest.mark.parametrize("length", [1, 12])
def test_a_whole_model_computes_the_same(length: int) -> None:
    plain, fast = with_both("llama")
    assert fast.config._attn_implementation == kernels.GROUPED
    assert type(fast.lm_head) is FlippedLinear
    ids = torch.arange(3, 3 + 2 * length).view(2, length)
    with torch.inference_mode():
        torch.testing.assert_close(fast(ids).logits, plain(ids).logits, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("gemma2", {"head_dim": 8, "sliding_window": 8}),
        ("gpt_oss", {"head_dim": 8, "num_local_experts": 4, "num_experts_per_tok": 2}),
    ],
)
def test_attention_with_more_to_it_stays_as_it_is(kind: str, settings: dict[str, int]) -> None:
    """Soft caps and sinks are in no fused kernel; leaving them out would be silently wrong."""
    plain, fast = with_both(kind, **settings)
    assert fast.config._attn_implementation == plain.config._attn_implementation == "eager"
    ids = torch.arange(3, 15)[None]
    with torch.inference_mode():
        torch.testing.assert_close(fast(ids).logits, plain(ids).logits, atol=1e-4, rtol=1e-4)
