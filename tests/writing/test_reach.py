"""Reach: drafts become about as long as runs are."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.writing.reach import Reach


def test_it_follows_short_and_long_runs() -> None:
    reach = Reach()
    for _ in range(30):
        reach.ran(1, cut=True)
    short = reach.tokens
    for _ in range(30):
        reach.ran(40, cut=True)
    assert short == 8
    assert 75 <= reach.tokens <= 80


def test_runs_that_were_not_cut_make_it_longer() -> None:
    reach = Reach()
    before = reach.tokens
    reach.ran(before, cut=False)
    assert reach.tokens > before
    for _ in range(50):
        reach.ran(reach.tokens, cut=False)
    assert reach.tokens == 256


@given(st.lists(st.tuples(st.integers(0, 10_000), st.booleans()), max_size=60))
def test_it_stays_within_bounds(runs: list[tuple[int, bool]]) -> None:
    reach = Reach()
    for accepted, cut in runs:
        reach.ran(accepted, cut=cut)
        assert 8 <= reach.tokens <= 256


def test_little_is_wasted_on_geometric_runs() -> None:
    """Against always asking for 256: what is drafted beyond a cut, and how many requests."""
    chance = random.Random(5)
    reach, requests, drafted, written = Reach(), 0, 0, 0
    while written < 20_000:
        run = int(chance.expovariate(1 / 10)) + 1
        while run > 0:
            most = reach.tokens
            took = min(run, most)
            requests, drafted, written = requests + 1, drafted + most, written + took
            reach.ran(took, cut=run <= most)
            run -= took
    assert drafted / written < 3.0
    assert written / requests > 6.0
