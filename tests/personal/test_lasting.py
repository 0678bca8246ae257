"""Which sentences say something lasting of their writer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.personal.lasting import GROUPS, lasting, only_one
from costeer_cli.personal.statements import PASSING, PATTERNS


@pytest.mark.parametrize(
    ("language", "about", "sentence"),
    [
        ("en", "work", "I work as a nurse in Leeds."),
        ("en", "work", "I’m a retired electrician."),
        ("en", "work", "I run a small bakery with Jo."),
        ("en", "home", "We live in a flat above the chemist."),
        ("en", "home", "I grew up near Cork."),
        ("en", "people", "My sister Joan lives in Whitby."),
        ("en", "people", "As you know, my husband has two brothers."),
        ("en", "people", "We have three cats."),
        ("en", "self", "I'm 43 and still afraid of geese."),
        ("en", "self", "I don't eat meat."),
        ("en", "likings", "I love cold mornings."),
        ("en", "likings", "I always walk home."),
        ("de", "work", "Ich arbeite als Tischlerin."),
        ("de", "work", "Seit 2010 unterrichte ich Latein."),
        ("de", "work", "Ich bin gelernter Bäcker."),
        ("de", "home", "Wir wohnen in Freiburg."),
        ("de", "people", "Meine Schwester Lea heißt eigentlich Eleonore."),
        ("de", "self", "Ich bin Vegetarierin."),
        ("de", "likings", "Ich trinke gern kalten Kaffee."),
        ("fr", "work", "Je travaille comme libraire."),
        ("fr", "home", "J’habite à Nantes."),
        ("fr", "people", "Mon frère Luc est boulanger."),
        ("fr", "self", "J'ai 38 ans."),
        ("fr", "likings", "J'adore la pluie."),
        ("es", "work", "Trabajo como enfermera en Vigo."),
        ("es", "home", "Vivimos en un pueblo pequeño."),
        ("es", "people", "Mi hermana mayor vive en Lugo."),
        ("es", "self", "Tengo 51 años."),
        ("es", "likings", "Me encantan los trenes."),
    ],
)
def test_what_lasts(language: str, about: str, sentence: str) -> None:
    assert lasting(sentence, language) == about


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "I work as a nurse today."),
        ("en", "Do I work as a nurse?"),
        ("en", "I work as a nurse?"),
        ("en", "If I work as a nurse, stop me."),
        ("en", "I would love a cat."),
        ("en", "I love your hat."),
        ("en", "I love this."),
        ("en", "My sister is coming at 10:30."),
        ("en", "He said I live in York."),
        ("en", "They live in Leeds."),
        ("en", "I'm a bit tired."),
        ("en", "I live"),
        ("en", "I live in " + "a very " * 40 + "long street."),
        ("de", "Ich arbeite heute bis acht."),
        ("de", "Ich wohne in Basel?"),
        ("de", "Er wohnt in Basel."),
        ("fr", "Je travaille à la maison demain."),
        ("fr", "Je viens de recevoir la lettre."),
        ("es", "Trabajo en casa mañana."),
        ("", "I work as a nurse in Leeds."),
        ("it", "Lavoro come medico a Roma."),
    ],
)
def test_what_does_not(language: str, sentence: str) -> None:
    assert lasting(sentence, language) is None


def test_what_can_be_true_only_once() -> None:
    assert only_one("I live in Leeds.") == only_one("I live in York.") != ""
    assert only_one("I'm 43 now.") == only_one("I'm 44.") != only_one("I live in York.")
    assert only_one("My sister lives in York.") == ""


@given(st.sampled_from(sorted(PATTERNS)), st.text())
def test_any_sentence(language: str, sentence: str) -> None:
    assert lasting(sentence, language) in {None, *GROUPS}
    assert set(PATTERNS[language]) == set(GROUPS)
    assert language in PASSING
