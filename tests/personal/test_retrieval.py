"""Which texts are read for a prompt."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.personal.profile import Profile, parse_profile
from costeer_cli.personal.retrieval import retrieve
from costeer_cli.store.database import Store, open_memory
from costeer_cli.store.document import Document

MARA = parse_profile('name = "mara"', "mara")
FILLER = [Document(text=f"an unrelated remark, number {n}, on weather") for n in range(10)]


def texts(store: Store, profile: Profile | None, prompt: str, limit: int = 5) -> list[str]:
    return [excerpt.document.text for excerpt in retrieve(store, profile, prompt, limit)]


def shipping(*bodies: str) -> Profile:
    items = "".join(f'[[texts]]\ntext = "{body}"\n' for body in bodies)
    return parse_profile(f'name = "mara"\n{items}', "mara")


def test_matches_come_first_and_the_newest_fill_up(store: Store) -> None:
    store.documents.add(
        [
            *FILLER,
            Document(text="the mare has colic again", created_at="2001-01-01T00:00:00+00:00"),
            Document(text="something else of late", created_at="2024-01-01T00:00:00+00:00"),
            Document(text="something else of old", created_at="2002-01-01T00:00:00+00:00"),
        ]
    )
    excerpts = retrieve(store, MARA, "How is the mare?", 3)
    assert [(e.document.text, e.why) for e in excerpts] == [
        ("the mare has colic again", "match"),
        ("something else of late", "recent"),
        ("something else of old", "recent"),
    ]
    assert excerpts[0].score > 0 == excerpts[1].score


def test_history_and_the_profiles_own_texts_compete(store: Store) -> None:
    store.documents.add([*FILLER, Document(text="the mare and the stable and much else besides")])
    profile = shipping("a mare, a mare with colic", "nothing of the kind")
    assert texts(store, profile, "mare colic", 2) == [
        "a mare, a mare with colic",
        "the mare and the stable and much else besides",
    ]


def test_shipped_texts_alone_are_enough(store: Store) -> None:
    assert set(texts(store, shipping("one text here", "another text"), "unrelated")) == {
        "one text here",
        "another text",
    }


def test_only_what_the_profile_may_read(store: Store) -> None:
    mare = "the mare of {} is well"
    store.documents.add(
        [
            Document(text=mare.format("all")),
            Document(text=mare.format("mara"), profile="mara"),
            Document(text=mare.format("jon"), profile="jon"),
        ]
    )
    assert set(texts(store, MARA, "mare")) == {mare.format("all"), mare.format("mara")}
    assert texts(store, None, "mare") == [mare.format("all")]


def test_the_history_filter_is_honoured_for_matches_and_fillers(store: Store) -> None:
    store.documents.add(
        [
            Document(text="mare at work", source="markdown", tags=("work",)),
            Document(text="mare at home", source="markdown", tags=("home",)),
            Document(text="mare in mail", source="text", tags=("work",)),
            Document(text="goat at work", source="markdown", tags=("work",)),
            Document(text="mare of mara", profile="mara"),
        ]
    )
    profile = replace(MARA, history_tags=("work",), history_sources=("markdown",))
    found = texts(store, profile, "mare")
    assert set(found[:2]) == {"mare at work", "mare of mara"}
    assert found[2:] == ["goat at work"]


def test_near_duplicates_are_read_once(store: Store) -> None:
    body = " ".join(f"word{n}" for n in range(60))
    store.documents.add(
        [Document(text=f"{body} mare"), Document(text=f"{body} mare!! indeed"), *FILLER[:1]]
    )
    found = texts(store, MARA, "mare")
    assert len(found) == 2
    assert len([text for text in found if "word1 " in text]) == 1


def test_the_same_text_shipped_and_stored_is_read_once(store: Store) -> None:
    store.documents.add([Document(text="the mare has colic again and again")])
    assert len(texts(store, shipping("the mare has colic again and again"), "mare")) == 1


def test_ties_go_to_the_newer(store: Store) -> None:
    store.documents.add(
        Document(text=f"mare {word}", created_at=f"20{year}-01-01T00:00:00+00:00")
        for word, year in [("alpha", "10"), ("gamma", "24"), ("delta", "17")]
    )
    assert texts(store, MARA, "mare") == ["mare gamma", "mare delta", "mare alpha"]


def test_documents_keep_their_number(store: Store) -> None:
    store.documents.add([*FILLER, Document(text="the mare has colic")])
    (excerpt,) = retrieve(store, MARA, "mare", 1)
    assert excerpt.document.id == 11


@pytest.mark.parametrize("limit", [0, -1])
def test_nothing_is_asked_for(store: Store, limit: int) -> None:
    store.documents.add(FILLER)
    assert retrieve(store, MARA, "weather", limit) == []


def test_an_empty_history(store: Store) -> None:
    assert retrieve(store, MARA, "anything", 5) == []
    assert retrieve(store, None, "", 5) == []


def test_a_match_is_found_in_a_long_history(store: Store) -> None:
    store.documents.add([Document(text="the mare has colic")])
    store.documents.add(
        Document(text=f"remark number {n}", created_at="2024-01-01T00:00:00+00:00")
        for n in range(600)
    )
    assert texts(store, MARA, "colic", 1) == ["the mare has colic"]


WORDS = st.lists(st.sampled_from(["mare", "goat", "rain", "the", "a"]), min_size=1, max_size=12)


@given(st.lists(WORDS, max_size=12), st.text(), st.integers(1, 6))
def test_never_more_than_asked_for_never_twice_always_the_same(
    bodies: list[list[str]], prompt: str, limit: int
) -> None:
    with open_memory() as store:
        store.documents.add(Document(text=" ".join(body)) for body in bodies)
        first = retrieve(store, None, prompt + " mare", limit)
        assert first == retrieve(store, None, prompt + " mare", limit)
    assert len(first) <= limit
    assert len({excerpt.document.digest for excerpt in first}) == len(first)
    scores = [excerpt.score for excerpt in first]
    assert scores == sorted(scores, reverse=True)
    for excerpt in first:
        assert (excerpt.why == "match") == ("mare" in excerpt.document.text)
