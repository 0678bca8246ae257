"""Profiles parsed from TOML."""

from __future__ import annotations

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import BadInputError
from costeer_cli.personal.profile import Profile, check_name, parse_profile
from costeer_cli.store.document import Document

WHOLE = '''
# the vet
name = "mara"
title = "Mara, country vet"
kind = "person"
facts = ["She drives a Hilux.", "  "]
protected = ["070-174 06 31"]

[voice]
description = """
Short, dry \\
sentences."""

[identity]
names = ["Mara Lindqvist"]
emails = ["mara@example.org"]

[demo]
prompt = "Write an email."

[defaults]
strength = 1
temperature = 0.5
model = "smollm2-135m"
provider = "embedded"

[history]
tags = ["work"]
sources = ["markdown"]

[[texts]]
title = "No dinner"
kind = "email"
prompt = "Cancel a dinner."
created_at = 2025-01-14T05:20:00+01:00
text = """
Gunnel,\r
no dinner."""

[[texts]]
created_at = 2025-01-15
text = "Second."
'''


def test_every_field() -> None:
    assert parse_profile(WHOLE, "mara.toml") == Profile(
        name="mara",
        title="Mara, country vet",
        kind="person",
        facts=("She drives a Hilux.",),
        voice="Short, dry sentences.",
        identity_names=("Mara Lindqvist",),
        identity_emails=("mara@example.org",),
        protected=("070-174 06 31",),
        demo_prompt="Write an email.",
        defaults={
            "strength": 1.0,
            "temperature": 0.5,
            "model": "smollm2-135m",
            "provider": "embedded",
        },
        history_tags=("work",),
        history_sources=("markdown",),
        texts=(
            Document(
                text="Gunnel,\nno dinner.",
                source="profile:mara",
                native_id="1",
                title="No dinner",
                kind="email",
                prompt="Cancel a dinner.",
                created_at="2025-01-14T04:20:00+00:00",
                profile="mara",
            ),
            Document(
                text="Second.",
                source="profile:mara",
                native_id="2",
                created_at="2025-01-15T00:00:00+00:00",
                profile="mara",
            ),
        ),
        toml=WHOLE,
    )


def test_a_name_is_enough() -> None:
    assert parse_profile('name = "x"', "x") == Profile(
        name="x", title="x", defaults={}, toml='name = "x"'
    )


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ('name = "mara"\nsecret secret', "not valid TOML at line 2, column 8"),
        ('name = "mara"\ntitle = "secret', "not valid TOML at its end"),
        ('title = "secret"\ntitle = "secret"\nx = 1', "not valid TOML at line 2"),
        ('facts = ["secret"', "not valid TOML at its end"),
        ("x = " + "[" * 100_000, "not valid TOML."),
        ("x = " + "9" * 5000, "not valid TOML."),
        ("", '"name" must be'),
        ('name = "Mara"', '"name" must be'),
        ('name = "-mara"', '"name" must be'),
        ('name = "mära"', '"name" must be'),
        (f'name = "{"x" * 65}"', '"name" must be'),
        ("name = 5", '"name" must be a text'),
        ('name = "mara"\ntitel = "secret"', "unknown key 'titel'"),
        ('name = "mara"\n[voice]\nstyle = "secret"', "[voice]: unknown key 'style'"),
        ('name = "mara"\n[[texts]]\nbody = "secret"', "[[texts]] 1: unknown key 'body'"),
        ('name = "mara"\n[[texts]]\ntitle = "secret"', '[[texts]] 1: "text" is missing'),
        ('name = "mara"\n[[texts]]\ntext = " "', '[[texts]] 1: "text" is missing'),
        ('name = "mara"\n[texts]\ntext = "secret"', '"texts" must be a list of tables'),
        ('name = "mara"\nvoice = "secret"', '"voice" must be a table'),
        ('name = "mara"\nkind = "secret"', '"kind" must be one of person, preference'),
        ('name = "mara"\nfacts = "secret"', '"facts" must be a list of texts'),
        ('name = "mara"\nfacts = ["secret", 5]', '"facts" must be a list of texts'),
        ('name = "mara"\n[defaults]\nstrength = "secret"', '"strength" must be a number'),
        ('name = "mara"\n[defaults]\nstrength = true', '"strength" must be a number'),
        ('name = "mara"\n[defaults]\nstrength = inf', '"strength" must be a finite number'),
        ('name = "mara"\n[defaults]\nstrength = nan', '"strength" must be a finite number'),
        (
            'name = "mara"\n[defaults]\nstrength = 1' + "0" * 400,
            '"strength" must be a finite number',
        ),
        ('name = "mara"\n[defaults]\nmodel = 5', '"model" must be a text'),
        (
            'name = "mara"\n[[texts]]\ntext = "secret"\ncreated_at = "2025-01-14"',
            '[[texts]] 1: "created_at" must be a date',
        ),
        (
            'name = "mara"\n[[texts]]\ntext = "secret"\ncreated_at = 10:00:00',
            '"created_at" must be a date',
        ),
        (
            'name = "mara"\n[[texts]]\ntext = "secret"\ncreated_at = 0001-01-01T00:00:00+14:00',
            '"created_at" must be a date',
        ),
    ],
)
def test_what_is_wrong_is_named_by_its_place_without_the_text(toml: str, said: str) -> None:
    with pytest.raises(BadInputError) as caught:
        parse_profile(toml, "mara.toml")
    assert str(caught.value).startswith("mara.toml")
    assert said in str(caught.value)
    assert "secret" not in f"{caught.value} {caught.value.hint}"
    assert "\n" not in str(caught.value)


def test_unknown_keys_list_the_allowed_ones() -> None:
    with pytest.raises(BadInputError) as caught:
        parse_profile('name = "x"\n[identity]\nphone = "1"', "x")
    assert caught.value.hint == "Allowed here: names, emails."


@given(st.text())
def test_any_text_is_a_profile_or_bad_input(toml: str) -> None:
    with pytest.raises(BadInputError):
        parse_profile(toml, "any")


@given(st.from_regex(r"[a-z0-9][a-z0-9-]{0,63}", fullmatch=True))
def test_good_names(name: str) -> None:
    assert check_name(name) == name
    assert parse_profile(f'name = "{name}"', "x").name == name


@given(st.text(st.characters(exclude_characters='"\\', exclude_categories=["Cc", "Cs"])))
def test_any_fact_comes_back_tidied(fact: str) -> None:
    profile = parse_profile(f'name = "x"\nfacts = ["{fact}"]\n[voice]\ndescription = "{fact}"', "x")
    assert profile.facts == ((profile.voice,) if profile.voice else ())


SHIPPED = [entry for entry in files("costeer_cli.profiles").iterdir() if ".toml" in entry.name]


@pytest.mark.parametrize("entry", SHIPPED, ids=lambda entry: entry.name)
def test_ready_made_profiles_parse(entry: object) -> None:
    text = entry.read_text("utf-8")  # type: ignore[attr-defined]
    profile = parse_profile(text, entry.name)  # type: ignore[attr-defined]
    assert f"{profile.name}.toml" == entry.name  # type: ignore[attr-defined]
    assert profile.voice
    assert profile.demo_prompt
    assert profile.texts
