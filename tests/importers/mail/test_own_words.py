"""Own words against mails labelled by hand."""

from __future__ import annotations

import pytest

from costeer_cli.importers.mail.body import read_body
from costeer_cli.importers.mail.headers import Headers
from costeer_cli.importers.mail.own_words import own_words
from tests.importers.mail.labelled_set import (
    FOLDER,
    Labelled,
    labelled,
    precision_and_recall,
    words,
)

# Each later set was written, and labelled, when the code was done with those before it.
SETS = {
    "first": list(labelled(FOLDER)),
    "second": list(labelled(FOLDER / "second")),
    "third": list(labelled(FOLDER / "third")),
    "fourth": list(labelled(FOLDER / "fourth")),
    "fifth": list(labelled(FOLDER / "fifth")),
    "sixth": list(labelled(FOLDER / "sixth")),
    "seventh": list(labelled(FOLDER / "seventh")),
    "eighth": list(labelled(FOLDER / "eighth")),
    "ninth": list(labelled(FOLDER / "ninth")),
}


def own(mail: Labelled) -> str:
    author, _ = Headers(mail.mail).person("From")
    return own_words(read_body(mail.mail).text, author).text


def test_the_labelled_set_is_large_and_varied() -> None:
    mails = [mail for one in SETS.values() for mail in one]
    assert len(SETS["first"]) >= 80
    assert len({mail.name for mail in mails}) == len(mails) >= 310
    kinds = {mail.name.split("/")[0] for mail in mails}
    assert kinds >= {"english", "german", "french", "spanish", "dutch", "italian", "html"}


@pytest.mark.parametrize("name", SETS)
def test_own_words_of_the_labelled_set(name: str) -> None:
    precision, recall = precision_and_recall((own(mail), mail.own) for mail in SETS[name])
    assert precision >= 0.98
    assert recall >= 0.95


@pytest.mark.parametrize("name", SETS)
def test_taking_everything_would_not_do(name: str) -> None:
    taken = ((read_body(mail.mail).text, mail.own) for mail in SETS[name])
    assert precision_and_recall(taken)[0] < 0.7


def test_what_is_labelled_stands_in_the_mail() -> None:
    for one in SETS.values():
        for mail in one:
            recall = precision_and_recall([(read_body(mail.mail).text, mail.own)])[1]
            assert recall > 0.99, mail.name


def test_the_measure_counts_words_in_their_order() -> None:
    assert words("It's one, two: 3!") == ["It's", "one", "two", "3"]
    assert precision_and_recall([("one two three four", "one two")]) == (0.5, 1.0)
    assert precision_and_recall([("two one", "one two"), ("", "x x")]) == (0.5, 0.25)
