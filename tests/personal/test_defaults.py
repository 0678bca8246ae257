"""Tuned numbers in a profile: they are there, and nothing else has moved."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import BadInputError
from costeer_cli.personal.compose import compose
from costeer_cli.personal.defaults import with_defaults
from costeer_cli.personal.profile import parse_profile

PLAIN = 'name = "jo"\n# who writes\ntitle = "Jo"\n\n[voice]\ndescription = "Dry."  # and short\n'


def test_a_table_is_made() -> None:
    made = with_defaults(PLAIN, "jo", {"strength": 0.65})
    assert made.startswith(PLAIN)
    assert parse_profile(made, "jo").defaults == {"strength": 0.65}


def test_a_value_is_replaced_and_its_comment_kept() -> None:
    toml = (
        PLAIN + '\n[defaults]\nmodel = "mine"\nstrength = 2 # too much\n\n[history]\ntags = ["a"]\n'
    )
    made = with_defaults(toml, "jo", {"strength": 0.5})
    assert made == toml.replace("strength = 2", "strength = 0.5")


@pytest.mark.parametrize(
    "table", ["defaults = { strength = 1.0 }", "defaults.strength = 1.0", "defaults.model = 'x'"]
)
def test_any_layout(table: str) -> None:
    toml = f'name = "jo"\ntitle = "Jo"\n{table}\n[voice]\ndescription = "Dry."\n'
    before, after = parse_profile(toml, "jo"), None
    made = with_defaults(toml, "jo", {"strength": 0.25, "temperature": 0.5})
    after = parse_profile(made, "jo")
    assert after.defaults == before.defaults | {"strength": 0.25, "temperature": 0.5}
    assert after.voice == "Dry."


def test_a_new_profile_can_be_tuned() -> None:
    toml = compose("jo")
    made = with_defaults(toml, "jo", {"strength": 0.4})
    assert parse_profile(made, "jo").defaults["strength"] == 0.4
    assert "# [defaults]" in made


def test_texts_behind_are_kept() -> None:
    toml = PLAIN + '[[texts]]\ntext = "One."\n[[texts]]\ntext = "Two."\n'
    made = with_defaults(toml, "jo", {"strength": 0.4})
    assert [text.text for text in parse_profile(made, "jo").texts] == ["One.", "Two."]
    assert parse_profile(made, "jo").defaults == {"strength": 0.4}


def test_nothing_to_set_changes_nothing() -> None:
    toml = PLAIN + "[defaults]\nstrength = 1.0\n"
    assert with_defaults(toml, "jo", {}) == toml


def test_a_broken_profile_is_refused() -> None:
    with pytest.raises(BadInputError):
        with_defaults("name = ", "jo", {"strength": 1.0})
    with pytest.raises(BadInputError):
        with_defaults(PLAIN + "[defaults]\nstrength = 'much'\n", "jo", {"strength": 1.0})


def test_what_no_profile_knows_is_refused() -> None:
    with pytest.raises(BadInputError):
        with_defaults(PLAIN, "jo", {"sauce": 1.0})


@given(st.floats(-5, 5), st.floats(0, 2))
def test_numbers_come_back_as_they_were(strength: float, temperature: float) -> None:
    values = {"strength": strength, "temperature": temperature}
    made = with_defaults(PLAIN, "jo", values)
    assert parse_profile(made, "jo").defaults == values
    assert with_defaults(made, "jo", values) == made
