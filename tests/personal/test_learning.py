"""What a history tells of its writer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from costeer_cli.errors import BadInputError
from costeer_cli.personal.habits import read
from costeer_cli.personal.learning import MOST_FACTS, Fact, facts, learn
from costeer_cli.store.document import Document
from tests.personal.histories import english, french, german


def told(*said: tuple[str, str]) -> list[Fact]:
    """Facts from texts of one sentence and the year it was written in, oldest first."""
    more = "And that is all that there is to say of it, as it was."
    documents = [
        Document(
            text=f"{text} {more}", created_at=f"{year}-01-01T00:00:00+00:00" if year else "", id=n
        )
        for n, (text, year) in enumerate(said, 1)
    ]
    return facts([read(document) for document in documents])


@pytest.mark.parametrize("history", [english, german, french])
def test_facts_are_sentences_of_the_texts_they_name(history: object) -> None:
    documents = [replace(one, id=n) for n, one in enumerate(history(), 1)]  # type: ignore[operator]
    lesson = learn(documents)
    assert len(lesson.facts) >= 3
    for fact in lesson.facts:
        assert fact.text in documents[fact.document - 1].text  # type: ignore[operator]
        assert fact.created_at == documents[fact.document - 1].created_at  # type: ignore[operator]
    assert not any("today" in fact.text or "heute" in fact.text for fact in lesson.facts)


def test_near_duplicates_are_one_in_the_newest_wording() -> None:
    found = told(
        ("I work as a night nurse in Leeds.", "2019"),
        ("I work as a nurse in Leeds.", "2021"),
        ("And I work in Leeds as a night nurse.", "2020"),
    )
    assert [(one.text, one.document, one.times) for one in found] == [
        ("And I work in Leeds as a night nurse.", 3, 3)
    ]
    assert found[0].origin == "document 3, 2020-01-01; in 3 texts"


def test_who_moved_lives_in_the_new_place() -> None:
    found = told(("I live in Leeds.", "2015"), ("I'm 43 now.", "2015"), ("I live in York.", "2020"))
    assert {one.text for one in found} == {"I live in York.", "I'm 43 now."}


def test_often_and_lately_comes_first_and_no_more_than_twenty() -> None:
    names = [f"{a}{b}" for a in "BDFGKLMN" for b in ("ora", "ill", "ed", "urt")]
    found = told(*[(f"My sister {name} has a {name.lower()}stone.", "2001") for name in names])
    assert len(found) == MOST_FACTS
    fresh = told(
        *[(f"My sister {name} has a {name.lower()}stone.", "2001") for name in names],
        ("My brother Odo has a van.", "2024"),
    )
    assert "My brother Odo has a van." in {one.text for one in fresh}


def test_what_is_known_does_not_come_again() -> None:
    documents = [replace(one, id=n) for n, one in enumerate(english(), 1)]
    first = learn(documents)
    again = learn(documents, [fact.text for fact in first.facts])
    assert again.facts == ()
    assert again.notes == first.notes
    by_hand = learn(documents, ["Works as a night nurse, infirmary, Leeds"])
    assert len(by_hand.facts) == len(first.facts) - 1


def test_the_order_of_the_texts_does_not_matter() -> None:
    documents = [replace(one, id=n) for n, one in enumerate(english(), 1)]
    assert learn(documents) == learn(documents[::-1])


@pytest.mark.parametrize("many", [0, 1, 9])
def test_too_little(many: int) -> None:
    with pytest.raises(BadInputError, match=f"{many} text") as caught:
        learn([Document(text="My secret is a secret. " * 100)] * many)
    assert "10 texts with 1000 words" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "history import" in (caught.value.hint or "")
