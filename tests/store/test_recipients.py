"""Who a text was written to."""

from __future__ import annotations

import pytest

from costeer_cli.store.database import Store
from costeer_cli.store.document import Document
from costeer_cli.store.recipients import forget_unused, name_words, remember


@pytest.mark.parametrize(
    ("recipient", "words"),
    [
        ("Anna Berg <anna.berg@example.org>", {"anna", "berg"}),
        ("j.müller-lee@mail.example.co.uk", {"muller", "lee"}),
        ("#garden-club", {"garden", "club"}),
        ("+49 170 1234567", set()),
        ("A", set()),
        ("", set()),
    ],
)
def test_the_words_that_name_somebody(recipient: str, words: set[str]) -> None:
    assert name_words(recipient) == words


def known(store: Store) -> list[tuple[str, str]]:
    rows = store.documents._connection.rows("SELECT word, recipient FROM addressed")
    return [(row["word"], row["recipient"]) for row in rows]


def test_each_is_remembered_once_and_forgotten_with_the_last_text(store: Store) -> None:
    connection = store.documents._connection
    remember(connection, ["Anna", "Jo Lee"])
    remember(connection, ["Anna"])
    assert known(store) == [("anna", "Anna"), ("jo", "Jo Lee"), ("lee", "Jo Lee")]
    store.documents.add([Document(text="to anna", recipient="Anna")])
    forget_unused(connection)
    assert known(store) == [("anna", "Anna")]


def test_rehearsing_remembers_nobody(store: Store) -> None:
    store.documents.rehearse([Document(text="to anna", recipient="Anna")])
    assert known(store) == []
