"""What a provider may learn is made of choices, and of nothing that is private in them."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.cloud.provider import DraftSettings, PublicText
from costeer_cli.steering.choice import Choice

NUMBER = st.floats(-50, 0)
CHOICE = st.builds(
    Choice,
    text=st.binary(min_size=1, max_size=4),
    id=st.none() | st.integers(0, 1000),
    source=st.sampled_from(["cloud", "steered", "guard", "local"]),
    cloud_logprob=NUMBER,
    delta=st.none() | NUMBER,
    steered_logprob=NUMBER,
    rank=st.integers(0, 50),
    certified=st.booleans(),
)


@given(st.lists(CHOICE, max_size=6))
def test_of_a_choice_only_its_text_and_id_go_on(choices: list[Choice]) -> None:
    text = PublicText.after("Write.", "A note.", choices)
    assert text.accepted == tuple((choice.text, choice.id) for choice in choices)
    assert b"".join(part for part, _ in text.accepted) == b"".join(c.text for c in choices)
    assert (text.instructions, text.prompt) == ("Write.", "A note.")


@given(st.lists(st.tuples(CHOICE, CHOICE), max_size=6))
def test_it_is_the_same_whatever_led_to_the_choices(pairs: list[tuple[Choice, Choice]]) -> None:
    other = [
        Choice(a.text, a.id, b.source, b.cloud_logprob, b.delta, b.steered_logprob, b.rank)
        for a, b in pairs
    ]
    first = PublicText.after("Write.", "A note.", [a for a, _ in pairs])
    assert PublicText.after("Write.", "A note.", other) == first


def test_it_has_three_parts_and_cannot_be_changed() -> None:
    text = PublicText("Write.", "A note.")
    assert [field.name for field in fields(text)] == ["instructions", "prompt", "accepted"]
    assert text.accepted == ()
    with pytest.raises(FrozenInstanceError):
        text.prompt = "Another."  # type: ignore[misc]


def test_twenty_candidates_are_usual() -> None:
    assert DraftSettings(5) == DraftSettings(max_tokens=5, top_logprobs=20)
    with pytest.raises(FrozenInstanceError):
        DraftSettings(5).max_tokens = 6  # type: ignore[misc]
