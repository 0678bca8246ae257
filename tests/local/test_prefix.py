from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.local.prefix import shared

texts = st.lists(st.integers(0, 2), max_size=8)


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [
        ([], [], 0),
        ([], [1], 0),
        ([1, 2, 3], [1, 2, 3], 3),
        ([1, 2], [1, 2, 3], 2),
        ([1, 2, 3], [1, 9, 3], 1),
        ([1, 2], [2, 1], 0),
    ],
)
def test_counts_what_stands_alike_at_the_start(
    first: list[int], second: list[int], count: int
) -> None:
    assert shared(first, second) == count
    assert shared(second, first) == count


def test_a_list_and_a_tuple_are_compared_by_their_tokens() -> None:
    assert shared([4, 5, 6], (4, 5)) == 2


@given(texts, texts)
def test_the_beginnings_are_equal_and_what_follows_is_not(
    first: list[int], second: list[int]
) -> None:
    count = shared(first, second)
    assert first[:count] == second[:count]
    assert count in (len(first), len(second)) or first[count] != second[count]
