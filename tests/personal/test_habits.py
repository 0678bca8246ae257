"""What is measured of a manner of writing."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.personal.habits import notes, read
from costeer_cli.personal.profile import TOPICS
from costeer_cli.store.document import Document
from tests.personal.histories import english, french, german


def measured(documents: Sequence[Document]) -> dict[str, str]:
    return notes([read(document) for document in documents])


def test_english_mails_and_posts_differ() -> None:
    found = measured(english())
    assert found["language"] == "Writes in English."
    assert "in emails and about 90 in posts" in found["length"]
    assert "“Hi …,” (5 in 10)" in found["greetings"]
    assert "“(name),”" in found["greetings"]
    assert "Ends with “Cheers,” (always). Signs as “Tom” (always)." in found["greetings"]
    assert "nearly always (don't, I'm) in emails" in found["tone"]
    assert "hardly any contractions (do not, I am) in posts" in found["tone"]
    assert "No emoji." in found["tone"]
    assert "honestly" in found["words"]
    assert "to be fair to" in found["words"]
    assert found["spelling"].startswith("British spelling (colour")


def test_german() -> None:
    found = measured(german())
    assert found["language"] == "Writes in German."
    assert "In German always du." in found["tone"]
    assert "Emoji often (😊)." in found["tone"]
    assert "halt" in found["words"]
    assert "“Liebe …,” (always)" in found["greetings"]
    assert "spelling" not in found


def test_french() -> None:
    found = measured(french())
    assert "In French always vous." in found["tone"]
    assert "“Bien cordialement,” (always)" in found["greetings"]
    assert "franchement" in found["words"]


def test_two_languages_are_told_apart() -> None:
    found = measured([*english(), *german()])
    assert found["language"].startswith("Writes in English (")
    assert "German (" in found["language"]
    assert "Favourite words in German" in found["words"]


def test_swiss_and_american_spelling() -> None:
    swiss = Document(text="Ich weiss, dass die Strasse gross ist und du es nicht bist. Heiss!")
    assert measured([swiss] * 5)["spelling"] == "Swiss spelling in German (ss, no ß)."
    text = "The color of the center is my favorite, and it is the one that we have."
    assert measured([Document(text=text)] * 3)["spelling"].startswith("American spelling")
    both = Document(text="The color of the colour is what it is, and it was not for me.")
    assert "spelling" not in measured([both] * 5)


def test_no_name_of_anybody_greeted() -> None:
    assert not {"Anna", "Ruth"} & set(measured(english())["greetings"].replace("“", " ").split())


@given(st.lists(st.text(), max_size=12), st.sampled_from(["", "email", "post"]))
def test_any_texts_can_be_measured(texts: list[str], kind: str) -> None:
    found = measured([Document(text=text, kind=kind, signature=text) for text in texts])
    assert set(found) <= set(TOPICS)
    assert all(note.strip() for note in found.values())
