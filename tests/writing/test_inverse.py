"""The context of a draft, and the same with another value in the place of a fact."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import UsageError
from costeer_cli.personal.context import Example, PrivateContext
from costeer_cli.personal.profile import parse_profile
from costeer_cli.store.drafts import DraftRecord
from costeer_cli.writing.assignment import Mode
from costeer_cli.writing.inverse import assignment_of, mentions, swapped

CONTEXT = PrivateContext(
    "About the writer:\n- Jon has a heron called Otis.",
    (Example("Write about Otis.", "OTIS is up. Otistic, he is not; Otis's weir is."),),
    77,
    ("profile:jon", "history:3"),
)
SETTINGS = {
    "strength": 0.7,
    "temperature": 0.5,
    "top_k": 0,
    "clip": None,
    "mode": "steered",
    "max_tokens": 40,
    "context_tokens": 900,
}
RECORD = DraftRecord(prompt="Write.", settings=SETTINGS)


def test_whole_words_count_whatever_their_case() -> None:
    assert mentions(CONTEXT, "otis") == 4
    assert mentions(CONTEXT, "Oti") == 0
    assert mentions(CONTEXT, "Bram") == 0
    assert mentions(PrivateContext(), "Otis") == 0


def test_every_place_is_changed_and_nothing_else() -> None:
    other = swapped(CONTEXT, "Otis", r"Bram \1")
    assert other.about == "About the writer:\n- Jon has a heron called Bram \\1."
    assert other.examples == (
        Example("Write about Bram \\1.", "Bram \\1 is up. Otistic, he is not; Bram \\1's weir is."),
    )
    assert (other.tokens, other.sources) == (CONTEXT.tokens, CONTEXT.sources)
    assert mentions(other, "Otis") == 0


def test_signs_in_a_fact_are_only_signs() -> None:
    context = PrivateContext("call +46 (70) 5*5 or 46 70 5")
    assert swapped(context, "+46 (70) 5*5", "X").about == "call X or 46 70 5"


@given(st.text(max_size=20), st.text(min_size=1, max_size=6))
def test_the_fact_itself_in_its_place_changes_nothing_but_case(about: str, fact: str) -> None:
    context = PrivateContext(about)
    again = swapped(context, fact, fact).about
    assert again.casefold() == about.casefold() or mentions(context, fact)
    assert swapped(context, fact, "").about == about or mentions(context, fact)


def test_the_assignment_of_a_draft() -> None:
    person = parse_profile('name = "jon"\n', "jon")
    found = assignment_of(RECORD, "Write to Ana.", person)
    assert (found.prompt, found.profile, found.mode) == ("Write to Ana.", person, Mode.STEERED)
    assert (found.policy.strength, found.policy.temperature) == (0.7, 0.5)
    assert found.policy.clip == math.inf
    assert (found.max_tokens, found.context_tokens) == (40, 900)


@pytest.mark.parametrize("missing", ["strength", "clip", "mode", "context_tokens"])
def test_an_old_draft_does_not_say(missing: str) -> None:
    less = {key: value for key, value in SETTINGS.items() if key != missing}
    with pytest.raises(UsageError, match="does not say"):
        assignment_of(replace(RECORD, settings=less), "Write.", None)


def test_an_unknown_mode_is_not_guessed() -> None:
    with pytest.raises(UsageError, match="does not say"):
        assignment_of(replace(RECORD, settings=SETTINGS | {"mode": "psychic"}), "Write.", None)
