"""Making a profile's TOML."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import BadInputError
from costeer_cli.personal.compose import compose
from costeer_cli.personal.profile import parse_profile
from costeer_cli.store.document import tidy


def test_from_nothing() -> None:
    made = compose("jon", title="Jon", voice="Dry.\nShort.", facts=["One.", "Two."])
    profile = parse_profile(made, "made")
    assert (profile.name, profile.title, profile.kind) == ("jon", "Jon", "person")
    assert (profile.voice, profile.facts) == ("Dry.\nShort.", ("One.", "Two."))
    assert "# How you write" in made


def test_a_title_is_never_empty() -> None:
    assert parse_profile(compose("jon"), "made").title == "jon"


BASES = [
    'name="old"\ntitle = "Old" # the old one\n[voice]\ndescription="x"\n',
    '[voice]\ndescription = "x"\n',
    'name = "old"\nvoice.description = "x"\n',
    'name = "old"\nvoice = {description = "x"}\nfacts = ["First.", # first\n]\n',
    'name = "old"\n[[texts]]\ntext = "x"\n[identity]\nnames = ["A"]\n',
    "\r\n".join(['name = "old"', "[voice]", 'description = "x"', ""]),
]


@pytest.mark.parametrize("base", BASES)
def test_from_another_whatever_its_layout(base: str) -> None:
    before = parse_profile(base if "name" in base else f'name = "x"\n{base}', "base")
    made = parse_profile(compose("new", base=base, voice="Dry.", facts=["Last."]), "made")
    assert (made.name, made.voice) == ("new", "Dry.")
    assert made.facts == (*before.facts, "Last.")
    assert made.identity_names == before.identity_names
    assert [text.text for text in made.texts] == [text.text for text in before.texts]
    assert {text.source for text in made.texts} <= {"profile:new"}


def test_comments_survive() -> None:
    assert "# the old one" in compose("new", base=BASES[0], facts=["x"])
    assert "# first" in compose("new", base=BASES[3], facts=["x"])
    assert 'title = "Old"' in compose("new", base=BASES[0])


ANY_TEXT = st.text(st.characters())


@given(ANY_TEXT, ANY_TEXT, st.lists(ANY_TEXT, max_size=3))
def test_any_text_comes_back(title: str, voice: str, facts: list[str]) -> None:
    made = parse_profile(compose("jon", title=title, voice=voice, facts=facts), "made")
    assert made.title == (tidy(title) or "jon")
    assert made.voice == tidy(voice)
    assert made.facts == tuple(tidy(fact) for fact in facts if tidy(fact))


@pytest.mark.parametrize(
    ("name", "base", "said"),
    [
        ("Jon", None, '"name" must be'),
        ("new", "secret = = 1", "file.toml: not valid TOML at line 1"),
        ("new", 'mood = "secret"', "file.toml: unknown key 'mood'"),
        ("new", 'voice = "secret"', '"voice" must be a table'),
    ],
)
def test_what_cannot_be_made(name: str, base: str | None, said: str) -> None:
    with pytest.raises(BadInputError) as caught:
        compose(name, base=base, origin="file.toml", facts=["x"])
    assert said in str(caught.value)
    assert "secret" not in str(caught.value)
