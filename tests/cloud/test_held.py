"""A draft that begins with what was held back is cut there, wherever its tokens end."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.cloud.held import after_held
from costeer_cli.errors import NotSteerableError
from costeer_cli.steering.position import Candidate, Position


def place(*pairs: tuple[bytes, float], own: int = 0) -> Position:
    candidates = tuple(Candidate(text, n, logprob) for n, (text, logprob) in enumerate(pairs))
    return Position(candidates[own], candidates)


def sure(text: bytes) -> Position:
    return place((text, -0.1), (b"#", -4.0))


def written(positions: list[Position]) -> bytes:
    return b"".join(p.chosen.text for p in positions)


@given(st.lists(st.binary(min_size=1, max_size=4), min_size=1, max_size=6), st.data())
def test_a_draft_cut_anywhere_is_its_rest(tokens: list[bytes], data: st.DataObject) -> None:
    text = b"".join(tokens)
    cut = data.draw(st.integers(0, len(text)))
    draft = [sure(token) for token in tokens]
    left = list(after_held(iter(draft), text[:cut]))
    assert written(left) == text[cut:]
    ends = [sum(map(len, tokens[:n])) for n in range(len(tokens) + 1)]
    if cut in ends:
        assert left == draft[ends.index(cut) :]
    else:
        whole = len([e for e in ends if e < cut])
        assert left[1:] == draft[whole:]
        assert left[0].chosen.id is None


def test_of_a_token_that_is_cut_those_beside_it_are_left_that_begin_so_too() -> None:
    """ "\\n" is held back; the service may go on with "\\n", "\\nDear" or "\\n\\n"."""
    first = place((b"\nDear", -0.7), (b" x", -1.6), (b"\n", -2.3), (b"\n\n", -3.0))
    left = list(after_held(iter([first, sure(b" Ana")]), b"\n"))
    mass = sum(map(math.exp, (-0.7, -2.3, -3.0)))
    assert {c.text: math.exp(c.logprob) for c in left[0].candidates} == pytest.approx(
        {b"Dear": math.exp(-0.7) / mass, b"\n": math.exp(-3.0) / mass}
    )
    assert left[0].chosen.text == b"Dear"
    assert math.exp(left[0].unnamed) == pytest.approx(math.exp(-2.3) / mass)
    assert left[0].tail_mass == pytest.approx(math.exp(-2.3) / mass)
    assert left[1].chosen.text == b" Ana"


def test_where_the_service_goes_another_way_the_likeliest_stands_in_and_the_draft_ends() -> None:
    first = place((b" and", -0.7), (b"\nDear", -1.6), (b"\nHi", -2.0))
    left = list(after_held(iter([first, sure(b" so")]), b"\n"))
    assert written(left) == b"Dear"
    assert {c.text for c in left[0].candidates} == {b"Dear", b"Hi"}
    assert sum(math.exp(c.logprob) for c in left[0].candidates) <= 1.0 + 1e-9


@pytest.mark.parametrize("first", [sure(b" and"), place((b"", -0.1), (b"\n", -3.0))])
def test_a_draft_that_cannot_go_on_from_there_is_refused(first: Position) -> None:
    with pytest.raises(NotSteerableError, match="very end of this text"):
        list(after_held(iter([first]), b"\n"))


def test_nothing_held_changes_nothing() -> None:
    draft = [sure(b"a"), place((b"", -0.1))]
    assert list(after_held(iter(draft), b"")) == draft
    assert list(after_held(iter([]), b"\n")) == []
    assert list(after_held(iter([sure(b"\n")]), b"\n\n")) == []
