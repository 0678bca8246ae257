"""Texts that are nearly the same."""

from __future__ import annotations

import random
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.store.database import Store, open_memory
from costeer_cli.store.document import Document
from costeer_cli.store.documents import AddResult
from costeer_cli.store.similar import ALIKE, SHORTEST, Sketch

VOCABULARY = [f"w{chr(97 + n // 26 % 26)}{chr(97 + n % 26)}" for n in range(600)]


def prose(seed: int, length: int = 120) -> list[str]:
    return random.Random(seed).choices(VOCABULARY, k=length)


def mail(words: list[str], name: str, **fields: object) -> Document:
    return Document(text=" ".join(words), source="mbox", native_id=name, **fields)  # type: ignore[arg-type]


def added(store: Store, *documents: Document) -> AddResult:
    return store.documents.add(documents)


def changed(words: list[str], *places: int) -> list[str]:
    return [f"other{'xyz'[n % 3]}" if n in places else word for n, word in enumerate(words)]


def test_nearly_the_same_is_passed_over_and_counted(store: Store) -> None:
    words = prose(1)
    first = mail(words, "a")
    again = mail(changed(words, 60), "b")
    quoted = Document(text="“" + ", ".join(words).upper() + "”", source="text", native_id="c")
    assert added(store, first, again, quoted) == AddResult(1, 0, similar=2)
    assert [document.native_id for document in store.documents.export()] == ["a"]


def test_doing_it_again_changes_nothing(store: Store) -> None:
    batch = [mail(prose(1), "a"), mail(changed(prose(1), 5), "b"), mail(prose(2), "c")]
    assert added(store, *batch) == AddResult(2, 0, similar=1)
    before = list(store.documents.export())
    assert store.documents.rehearse(batch) == AddResult(0, 2, similar=1)
    assert added(store, *batch) == AddResult(0, 2, similar=1)
    assert list(store.documents.export()) == before


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"profile": "jon"}),
        ({"recipient": "Anna"}, {"recipient": "Jo"}),
        ({}, {"recipient": "Jo"}),
    ],
)
def test_to_somebody_else_or_for_another_profile_is_another(
    store: Store, one: dict[str, str], other: dict[str, str]
) -> None:
    words = prose(1)
    batch = mail(words, "a", **one), mail(changed(words, 9), "b", **other)
    assert added(store, *batch) == AddResult(2, 0)


@pytest.mark.parametrize("number", ["17", "2024-05-01", "v2"])
def test_another_number_is_another_fact(store: Store, number: str) -> None:
    words = prose(1)
    one, other = [*words, "on", "16"], [*words, "on", number]
    assert added(store, mail(one, "a"), mail(other, "b")) == AddResult(2, 0)


def test_a_different_text_is_not_similar(store: Store) -> None:
    words = prose(1)
    half = words[:60] + prose(2, 60)
    assert added(store, mail(words, "a"), mail(half, "b"), mail(prose(3), "c")) == AddResult(3, 0)


def test_short_texts_are_all_kept(store: Store) -> None:
    words = prose(1, SHORTEST - 1)
    assert added(store, mail(words, "a"), mail(changed(words, 38), "b")) == AddResult(2, 0)
    assert Sketch(" ".join(words)).least == ()


def test_what_was_added_by_hand_or_exported_is_kept(store: Store) -> None:
    words = prose(1)
    by_hand = Document(text=" ".join(changed(words, 3)))
    exported = replace(mail(changed(words, 9), "b"), kept=True)
    assert added(store, mail(words, "a"), by_hand, exported) == AddResult(3, 0)
    assert not any(document.kept for document in store.documents.export())


def test_a_changed_text_is_known_by_its_new_wording(store: Store) -> None:
    added(store, mail(prose(1), "a"))
    assert added(store, mail(prose(2), "a")) == AddResult(0, 0, updated=1)
    assert added(store, mail(changed(prose(1), 7), "b")) == AddResult(1, 0)
    assert added(store, mail(changed(prose(2), 7), "c")) == AddResult(0, 0, similar=1)


def test_nothing_of_it_is_left_when_a_text_is_forgotten(store: Store) -> None:
    added(store, mail(prose(1), "a"))
    connection = store.documents._connection
    assert connection.scalar("SELECT count(*) FROM sketches") == 3
    store.forgetting.forget([1])
    assert connection.scalar("SELECT count(*) FROM sketches") == 0
    assert added(store, mail(changed(prose(1), 7), "b")) == AddResult(1, 0)


def test_a_phrase_that_everybody_uses_costs_no_more(store: Store) -> None:
    phrase = prose(0, 30)
    store.documents.add(mail([*phrase, *prose(n, 60)], str(n)) for n in range(1, 400))
    started = time.process_time()
    store.documents.add(mail([*phrase, *prose(n, 60)], str(n)) for n in range(400, 440))
    assert time.process_time() - started < 4
    result = added(store, mail(changed([*phrase, *prose(439, 60)], 80), "again"))
    assert result == AddResult(0, 0, similar=1)


def runs(words: list[str]) -> set[tuple[str, ...]]:
    return set(zip(words, words[1:], words[2:], strict=False))


@given(st.integers(0, 50), st.sets(st.integers(0, 119), max_size=12))
def test_it_is_told_by_the_share_of_what_they_have_in_common(seed: int, places: set[int]) -> None:
    words, other = prose(seed), changed(prose(seed), *places)
    share = len(runs(words) & runs(other)) / len(runs(words) | runs(other))
    with open_memory() as store:
        added(store, mail(words, "a"))
        result = added(store, mail(other, "b"))
    if share < ALIKE:
        assert result.added == 1
    elif share > 0.97:
        assert result.similar + result.duplicate == 1
