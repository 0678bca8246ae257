"""What was learned, in a profile's TOML."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import BadInputError
from costeer_cli.personal.compose import compose
from costeer_cli.personal.learning import Fact
from costeer_cli.personal.profile import parse_profile
from costeer_cli.personal.taught import taught
from costeer_cli.store.document import tidy

FACTS = [
    Fact("I work as a vet.", "work", 17, "2024-05-01T00:00:00+00:00", 2),
    Fact('My "sis" is ü 🐴.', "people", 18, "", 1),
]
NOTES = {"tone": 'b "c"', "length": "a"}
BASES = [
    compose("jon"),
    'name = "jon"',
    'name="jon"\nfacts=["One.", "Two."] # mine\n[voice]\ndescription="Dry." # mine\n[identity]\n',
    'name="jon"\nfacts = [\n  "One.",  # mine\n  "Two"\n]\n',
    'name="jon"\nfacts = [\n  "One.",\n  # mine\n]\n[history]\ntags=["x"]\n',
    'name="jon"\nvoice = {description = "Dry."}\nfacts=[] # mine\n',
    'name="jon"\nvoice.description = "x" # mine\n[defaults]\nstrength=1\n',
    'name="jon"\n[[texts]]\ntext="x" # mine\n[identity]\nnames=[]\n',
    'name="jon"\n[voice.learned] # mine\ntone="old"\nwords = "w"\n',
    'facts = []\r\nname="jon" # mine\r\n',
]


@pytest.mark.parametrize("base", BASES)
def test_everything_else_stays(base: str) -> None:
    before = parse_profile(base, "x")
    made = taught(base, "x", NOTES, FACTS)
    after = parse_profile(made, "x")
    assert after.facts == (*before.facts, "I work as a vet.", 'My "sis" is ü 🐴.')
    assert after.learned == before.learned | NOTES
    assert made.count("# mine") == base.count("# mine")
    assert "# document 17, 2024-05-01; in 2 texts" in made
    kept = tomllib.loads(made)
    for key, value in tomllib.loads(base).items():
        assert key in {"facts", "voice"} or kept[key] == value
    assert after.voice.startswith(before.voice.removesuffix("old\nw"))
    assert taught(made, "x", NOTES, []) == made


def test_a_note_is_replaced_and_the_comment_beside_it_stays() -> None:
    once = taught(BASES[1], "x", {"tone": "old"}, []).replace('"old"', '"old" # by hand')
    again = taught(once, "x", {"tone": "new"}, [])
    assert again == once.replace('"old"', '"new"')


def test_nothing_learned_changes_nothing() -> None:
    for base in BASES:
        assert taught(base, "x", {}, []).rstrip("\n") == base.rstrip("\n")


def test_a_broken_profile_is_named_and_not_quoted() -> None:
    with pytest.raises(BadInputError, match="x: unknown key") as caught:
        taught('name = "jon"\nmood = "secret"', "x", NOTES, FACTS)
    assert "secret" not in str(caught.value)


@given(st.sampled_from(BASES), st.text(st.characters()), st.text(st.characters()))
def test_any_text_comes_back(base: str, note: str, fact: str) -> None:
    if not tidy(note) or not tidy(fact):
        return
    made = taught(base, "x", {"words": note}, [Fact(fact, "self", 1, "", 1)])
    after = parse_profile(made, "x")
    assert after.learned["words"] == tidy(note)
    assert after.facts[-1] == tidy(fact)
