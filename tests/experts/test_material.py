"""What is learned from, and what is held out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import UsageError
from costeer_cli.experts.material import ASKED, MOST_TOKENS, gather
from costeer_cli.store.document import Document
from tests.documents import any_documents, words
from tests.experts.conftest import history, written

LONG = "This sentence is one of very many and says little. " * 400


def count(text: str) -> int:
    """A token to every four characters."""
    return -(-len(text) // 4)


def test_the_newest_are_held_out() -> None:
    texts = [replace(document, id=n + 1) for n, document in enumerate(history(20))]
    material = gather(list(reversed(texts)), count)
    assert material.by_date
    assert {passage.source for passage in material.held} == {
        "history:18",
        "history:19",
        "history:20",
    }
    assert len(material.train) == 17
    assert material.documents == tuple(range(1, 21))
    assert (material.texts, material.cut, material.left_out) == (20, 0, 0)
    assert material.unasked == 10
    assert material.language == "en"
    asked = {passage.source: passage.asked for passage in material.train}
    assert (asked["history:1"], asked["history:2"]) == (ASKED, "Write note 1.")


def test_without_dates_it_goes_by_digest_and_not_by_order() -> None:
    texts = history(20, dated=False)
    one, two = gather(texts, count), gather(list(reversed(texts)), count)
    assert not one.by_date
    assert {p.wrote for p in one.held} == {p.wrote for p in two.held}
    assert len(one.held) == 3


def test_four_texts_are_enough_and_one_is_held_out() -> None:
    material = gather(history(4), count)
    assert (len(material.train), len(material.held)) == (3, 1)


@pytest.mark.parametrize(
    "texts",
    [
        [],
        history(2),
        [Document(text="yes"), Document(text="no"), Document(text="perhaps")],
        [Document(text=written(1))] * 9,
    ],
)
def test_too_little_is_refused_with_numbers(texts: list[Document]) -> None:
    with pytest.raises(UsageError, match=r"There are \d texts with \d+ words") as caught:
        gather(texts, count)
    assert caught.value.hint
    assert "kettle" not in str(caught.value)


def test_one_huge_text_is_cut_at_sentences_and_its_end_held_out() -> None:
    material = gather([Document(text=LONG.strip(), prompt="Go on.")], count)
    passages = [*material.train, *material.held]
    assert material.cut == 1
    assert len(passages) > 10
    assert all(count(passage.wrote) <= 400 for passage in passages)
    assert all(passage.wrote.endswith(".") for passage in passages)
    assert all(passage.asked == "Go on." for passage in passages)
    assert not any(passage.ends for passage in material.train)
    assert LONG.strip().endswith(material.held[-1].wrote)


def test_a_huge_text_does_not_drown_the_others() -> None:
    huge = Document(text=LONG * 30, created_at="2020-01-01")
    material = gather([*history(20), huge], count)
    assert sum(LONG.startswith(p.wrote[:50]) for p in material.train) <= 40
    assert len(material.train) <= 17 + 1 + 40


def test_a_text_without_a_space_is_cut_all_the_same() -> None:
    material = gather([*history(5), Document(text="x" * 9000)], count)
    assert max(len(p.wrote) for p in (*material.train, *material.held)) <= 1600


def test_thousands_of_texts_leave_out_the_oldest() -> None:
    texts = [replace(d, text=f"{d.text} {n}", id=n) for n, d in enumerate(history(300))]
    many = [replace(d, text=d.text * 8 + str(i)) for i in range(9) for d in reversed(texts)]
    material = gather(many, count)
    assert material.left_out > 0
    assert material.texts + material.left_out == len(many)
    assert sum(count(p.wrote) for p in (*material.train, *material.held)) <= MOST_TOKENS


def test_what_a_profile_brings_is_known_by_its_digest() -> None:
    brought = Document(text=written(99), source="profile:mara", native_id="1")
    material = gather([brought, *history(4)], count)
    assert brought.digest in material.brought
    assert {p.source for p in (*material.train, *material.held)} >= {"profile:mara:1"}


def test_the_language_is_told() -> None:
    text = "Ich bin heute nicht im Haus, und wenn du kommst, ist der Tee noch auf dem Herd."
    texts = [Document(text=f"{text} Das ist die Nummer {n}, und es ist gut.") for n in range(20)]
    assert gather(texts, count).language == "de"


def test_the_digest_is_of_texts_and_split() -> None:
    one = gather(history(8), count)
    assert gather(history(8), count).digest == one.digest
    assert gather(history(9), count).digest != one.digest
    asked = [replace(document, prompt="Else.") for document in history(8)]
    assert gather(asked, count).digest != one.digest


@given(st.lists(any_documents(words(900)), max_size=30))
def test_nothing_is_in_both_and_nothing_is_lost(texts: list[Document]) -> None:
    try:
        material = gather(texts, count)
    except UsageError:
        return
    held = {passage.source for passage in material.held}
    trained = {passage.source for passage in material.train}
    assert material.train
    assert material.held
    if material.texts > 1:
        by_text = {passage.wrote for passage in material.train}
        assert not by_text & {passage.wrote for passage in material.held} or held & trained
    assert material.texts <= len({document.digest for document in texts})
