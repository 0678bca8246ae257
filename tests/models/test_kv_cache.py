"""The growing cache holds what transformers' own holds."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers.cache_utils import DynamicLayer

from costeer_cli.models.kv_cache import GrowingLayer, growing_cache, stacked

STEP = st.one_of(
    st.tuples(st.just("add"), st.integers(1, 40)),
    st.tuples(st.just("add"), st.integers(200, 400)),  # beyond the room of a buffer
    st.tuples(st.just("crop"), st.integers(0, 60)),
)


def states(rows: int, length: int) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.randn(rows, 2, length, 4), torch.randn(rows, 2, length, 3)


@settings(max_examples=60, deadline=None)
@given(rows=st.integers(1, 3), steps=st.lists(STEP, max_size=12))
def test_it_equals_the_dynamic_layer(rows: int, steps: list[tuple[str, int]]) -> None:
    mine, theirs = GrowingLayer(), DynamicLayer()
    for what, size in steps:
        if what == "add":
            new = states(rows, size)
            held = mine.update(*new)
            expected = theirs.update(*new)
            for one, other in zip(held, expected, strict=True):
                assert torch.equal(one, other)
        else:
            mine.crop(-size)
            theirs.crop(-size)
        assert mine.get_seq_length() == theirs.get_seq_length()
        assert mine.get_mask_sizes(5) == theirs.get_mask_sizes(5)
        if theirs.is_initialized:
            assert torch.equal(mine.keys, theirs.keys)
            assert torch.equal(mine.values, theirs.values)


def test_what_was_held_is_not_copied_while_there_is_room() -> None:
    layer = GrowingLayer()
    layer.update(*states(1, 10))
    where = layer.keys.data_ptr()
    for _ in range(200):
        layer.update(*states(1, 1))
    assert layer.keys.data_ptr() == where
    assert layer.get_seq_length() == 210
    layer.crop(-200)
    assert layer.keys.data_ptr() == where


def test_it_does_not_change_the_tensors_it_was_given() -> None:
    layer = GrowingLayer()
    keys, values = states(1, 5)
    before = keys.clone(), values.clone()
    layer.update(keys, values)
    layer.crop(-3)
    layer.update(*states(1, 3))
    assert torch.equal(keys, before[0])
    assert torch.equal(values, before[1])


def test_an_empty_layer_holds_nothing_and_can_be_cropped() -> None:
    layer = GrowingLayer()
    layer.crop(-3)
    assert layer.get_seq_length() == 0
    assert growing_cache(3).get_seq_length() == 0
    assert len(growing_cache(3).layers) == 3


@pytest.mark.parametrize("lengths", [[4, 4], [2, 5], [7, 1, 3]])
def test_stacked_rows_end_together_and_grow_together(lengths: list[int]) -> None:
    caches, given = [], []
    for length in lengths:
        cache = growing_cache(2)
        layers = [states(1, length) for _ in range(2)]
        for i, (keys, values) in enumerate(layers):
            cache.layers[i].update(keys, values)
        caches.append(cache)
        given.append(layers)
    whole = stacked(caches, lengths)
    longest = max(lengths)
    for i, layer in enumerate(whole.layers):
        assert layer.keys.shape == (len(lengths), 2, longest, 4)
        assert layer.values.shape == (len(lengths), 2, longest, 3)
        for row, length in enumerate(lengths):
            keys, values = given[row][i]
            assert torch.equal(layer.keys[row, :, longest - length :], keys[0])
            assert torch.equal(layer.values[row, :, longest - length :], values[0])
            assert not layer.keys[row, :, : longest - length].any()
            assert not layer.values[row, :, : longest - length].any()
    new = states(len(lengths), 2)
    keys, values = whole.layers[0].update(*new)
    assert torch.equal(keys[:, :, longest:], new[0])
    assert torch.equal(values[:, :, longest:], new[1])
    assert torch.equal(keys[0, :, longest - lengths[0] : longest], given[0][0][0][0])
    assert all(caches[i].get_seq_length() == length for i, length in enumerate(lengths))
