"""Which texts are read for a prompt."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.personal.profile import Profile, parse_profile
from costeer_cli.personal.retrieval import retrieve
from costeer_cli.store.database import Store, open_memory
from costeer_cli.store.document import Document, tidy
from costeer_cli.store.ranking import folded, tokens

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


def dated(year: int, text: str, **fields: object) -> Document:
    return Document(text=text, created_at=f"{year}-01-01T00:00:00+00:00", **fields)  # type: ignore[arg-type]


def test_a_text_to_the_person_the_prompt_names_comes_first(store: Store) -> None:
    store.documents.add(
        [
            *FILLER,
            dated(2020, "the trip was long", recipient="Jo"),
            dated(2020, "see you at the ferry", recipient="Anna Berg <anna@example.org>"),
            dated(2019, "a trip, again", recipient="anna@example.org"),
        ]
    )
    excerpts = retrieve(store, MARA, "Write to Anna about the trip", 4)
    assert [(e.document.text, e.why) for e in excerpts[:3]] == [
        ("a trip, again", "recipient"),
        ("the trip was long", "match"),
        ("see you at the ferry", "recipient"),
    ]
    assert "ferry" not in texts(store, MARA, "Annals of the trip", 1)[0]


def test_a_recipient_out_of_scope_is_not_read(store: Store) -> None:
    store.documents.add([Document(text="to anna, from jon", recipient="Anna", profile="jon")])
    assert texts(store, MARA, "Write to Anna") == []


def test_the_kind_that_is_asked_for_is_preferred(store: Store) -> None:
    store.documents.add(
        [
            *FILLER,
            Document(text="the mare is well", kind="note"),
            Document(text="the mare is fine", kind="email"),
            dated(2024, "of late", kind="note"),
            dated(2023, "not so late", kind="email"),
        ]
    )
    assert texts(store, MARA, "An email: the mare", 2)[0] == "the mare is fine"
    assert texts(store, MARA, "A note: the mare", 2)[0] == "the mare is well"
    assert texts(store, MARA, "email nothing", 2)[0] == "not so late"


def test_of_two_that_match_alike_the_newer_is_preferred_but_not_at_any_price(
    store: Store,
) -> None:
    store.documents.add(
        [
            *FILLER,
            dated(2010, "the mare has colic, poor mare"),
            dated(2024, "a horse has colic, poor thing"),
            dated(2012, "a goat has colic, poor thing"),
        ]
    )
    assert texts(store, MARA, "mare colic", 3) == [
        "the mare has colic, poor mare",
        "a horse has colic, poor thing",
        "a goat has colic, poor thing",
    ]


def test_what_is_alike_makes_room_for_what_is_not(store: Store) -> None:
    form = "Dear all, the mare of number {} is well and eats, and I shall come again on {}."
    days = ["Monday", "Tuesday", "Wednesday", "Friday"]
    store.documents.add(
        [
            *FILLER,
            *(Document(text=form.format(n, day)) for n, day in enumerate(days)),
            Document(text="I rode the mare well out to the sea and back in a storm of rain."),
        ]
    )
    found = texts(store, MARA, "the mare is well", 2)
    assert len([text for text in found if text.startswith("Dear all")]) == 1


def test_more_that_are_the_same_than_are_looked_at_leave_the_others_in(store: Store) -> None:
    same = [Document(text="mare " * (6 + n)) for n in range(20)]
    store.documents.add([*same, Document(text="a quite different text on a mare")])
    found = retrieve(store, MARA, "mare", 3)
    assert {e.why for e in found} == {"match"}
    assert len(found) == 2


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
    asked = {folded(word) for word in tokens(tidy(prompt))} | {"mare"}
    for excerpt in first:
        assert (excerpt.why == "match") == bool(asked & set(excerpt.document.text.split()))
