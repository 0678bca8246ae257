"""Own words against a set of mails labelled by hand, and the rules one by one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.importers.mail.body import read_body
from costeer_cli.importers.mail.own_words import own_words
from tests.importers.mail.labelled_set import (
    FOLDER,
    Labelled,
    labelled,
    precision_and_recall,
    words,
)

AUTHOR = "Maya Lindqvist"
DEVELOPED = list(labelled(FOLDER))


def own(mail: Labelled) -> str:
    return own_words(read_body(mail.mail).text, AUTHOR).text


def test_the_labelled_set_is_large_and_varied() -> None:
    assert len(DEVELOPED) >= 80
    assert len({mail.name for mail in DEVELOPED}) == len(DEVELOPED)
    assert {mail.name.split("/")[0] for mail in DEVELOPED} >= {
        "english",
        "german",
        "french",
        "spanish",
        "dutch",
        "italian",
        "html",
    }


def test_own_words_of_the_labelled_set() -> None:
    precision, recall = precision_and_recall((own(mail), mail.own) for mail in DEVELOPED)
    assert precision >= 0.98
    assert recall >= 0.95


def test_taking_everything_would_not_do() -> None:
    taken = ((read_body(mail.mail).text, mail.own) for mail in DEVELOPED)
    assert precision_and_recall(taken)[0] < 0.7
