"""Finding in a store that is larger than what is looked at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.store import finding
from costeer_cli.store.database import Store, open_memory
from costeer_cli.store.document import Document
from costeer_cli.store.scope import Scope, Selection

UNBOUND = Scope(profile="")


def dated(year: int, text: str, **fields: object) -> Document:
    return Document(text=text, created_at=f"{year}-01-01T00:00:00+00:00", **fields)  # type: ignore[arg-type]


def texts(documents: list[Document]) -> list[str]:
    return [document.text for document in documents]


@pytest.fixture
def tight(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything large is large sooner."""
    for name, value in {
        "_SAMPLE": 4,
        "_BUDGET": 16,
        "_FEW": 3,
        "_LOOKED_AT": 40,
        "_MANY_WORDS": 6,
        "_RARE": 1,
        "_SMALL": 10,
    }.items():
        monkeypatch.setattr(finding, name, value)


@pytest.fixture
def many(store: Store, tight: None) -> Store:
    """Two hundred texts on rain, a hundred of them on snow too, and a few on rarer things."""
    store.documents.add([Document(text="rain and snow on the lisbon ferry, long ago")])
    store.documents.add([Document(text="the colic of the mare")])
    store.documents.add(
        Document(
            text=f"rain {'and snow ' * (n % 2)}number n{n}",
            source="even" if n % 2 else "odd",
            tags=("late",) if n > 195 else ("usual",),
            profile="mara" if n in {3, 4} else None,
        )
        for n in range(200)
    )
    return store


def test_a_rare_word_is_found_however_old(many: Store) -> None:
    found = many.documents.find_by_words("rain and the mare", Scope(), 5)
    assert "the colic of the mare" in texts(found.documents)


def test_common_words_count_where_a_rare_one_is(many: Store) -> None:
    found = many.documents.find_by_words("rain snow lisbon", Scope(), 5)
    assert found.documents[0].text.startswith("rain and snow on the lisbon ferry")
    assert found.hints == sorted(found.hints, reverse=True)


def test_common_words_alone_find_the_newest_that_have_them_all(many: Store) -> None:
    found = many.documents.find_by_words("rain snow", Scope(), 3)
    assert texts(found.documents) == [f"rain and snow number n{n}" for n in (199, 197, 195)]


def test_frequencies_are_exact_for_rare_words_and_close_for_common_ones(many: Store) -> None:
    found = many.documents.find_by_words("Rain colic nowhere", Scope(), 5)
    assert found.frequencies["colic"] == 1
    assert found.frequencies["nowhere"] == 0
    assert 150 <= found.frequencies["rain"] <= 202
    assert found.total == 202


def test_of_a_long_query_the_rare_words_are_kept(many: Store) -> None:
    found = many.documents.find_by_words(
        " ".join("abcdefghijk") + " rain and snow mare", Scope(), 5
    )
    assert "the colic of the mare" in texts(found.documents)


def test_a_scope_of_few_is_found_among_many(many: Store) -> None:
    mara = Scope(profile="mara", sources=("none",))
    found = many.documents.find_by_words("rain", mara, 5)
    assert texts(found.documents) == ["rain number n4", "rain and snow number n3"]
    nobody = Scope(profile="jon", sources=("none",))
    assert many.documents.find_by_words("rain", nobody, 5).documents == []


def test_what_is_out_of_scope_makes_room_for_what_is_in_it(many: Store) -> None:
    late = Scope(profile="", tags=("late",))
    found = many.documents.find_by_words("rain", late, 2)
    assert texts(found.documents) == ["rain and snow number n199", "rain number n198"]
    odd = many.documents.find_by_words("rain snow", Scope(profile="", sources=("odd",)), 2)
    assert all(document.source == "odd" for document in odd.documents)
    assert len(odd.documents) == 2


def test_the_newest_of_every_part_of_a_scope(store: Store) -> None:
    store.documents.add(
        [
            dated(2020, "mara's own", profile="mara"),
            dated(2021, "work mail", source="mbox", tags=("work",)),
            dated(2022, "home mail", source="mbox", tags=("home",)),
            dated(2023, "a note", source="markdown", tags=("work",)),
            dated(2024, "jon's own", profile="jon"),
            Document(text="no date"),
        ]
    )

    def newest(limit: int = 9, **scope: object) -> list[str]:
        return texts(store.documents.newest(Scope(**scope), limit))  # type: ignore[arg-type]

    assert newest(profile="") == ["a note", "home mail", "work mail", "no date"]
    assert newest(2, profile="mara") == ["a note", "home mail"]
    assert newest(profile="mara", tags=("work",)) == ["a note", "work mail", "mara's own"]
    assert newest(profile="mara", sources=("mbox",)) == ["home mail", "work mail", "mara's own"]
    both = newest(profile="mara", sources=("mbox",), tags=("work", "home", "play"))
    assert both == ["home mail", "work mail", "mara's own"]
    assert newest(profile="", after="2022-01-01") == ["a note", "home mail"]
    assert newest(profile="mara", before="2022-01-01") == ["work mail", "mara's own"]
    assert newest(profile=None, after="2023", before="2024-06") == ["jon's own", "a note"]
    assert newest(profile=None, tags=("work",)) == ["a note", "work mail"]


def test_labels_are_looked_up_as_they_are_now(store: Store) -> None:
    old = Document(text="before", source="s", native_id="1", tags=("a", "b"))
    store.documents.add([old])
    store.documents.add([Document(text="after", source="s", native_id="1", tags=("b", "c"))])

    def tagged(tag: str) -> list[str]:
        return texts(store.documents.newest(Scope(profile="", tags=(tag,)), 9))

    assert [tagged(tag) for tag in "abc"] == [[], ["after"], ["after"]]
    store.documents.delete([1])
    assert [tagged(tag) for tag in "abc"] == [[], [], []]
    assert store.documents._connection.scalar("SELECT count(*) FROM tagged") == 0


def test_texts_to_somebody(store: Store) -> None:
    store.documents.add(
        [
            dated(2020, "first to anna", recipient="Anna Berg <anna.berg@example.org>"),
            dated(2021, "to jo", recipient="Jo"),
            dated(2022, "again to anna", recipient="ANNA"),
            dated(2023, "to example", recipient="list@example.org"),
            dated(2024, "bound", recipient="Anna", profile="jon"),
        ]
    )

    def to(*names: str, profile: str = "") -> list[str]:
        return texts(store.documents.addressed(names, Scope(profile=profile), 9))

    assert to("Anna") == ["again to anna", "first to anna"]
    assert to("berg", "jo") == ["to jo", "first to anna"]
    assert to("example") == to("org") == to() == []
    assert to("anna", profile="jon") == ["bound", "again to anna", "first to anna"]


def test_the_name_of_somebody_to_whom_nothing_is_left_is_forgotten(store: Store) -> None:
    store.documents.add([Document(text="one", recipient="Zebedee"), Document(text="two")])
    store.documents.delete([1])
    assert store.documents._connection.scalar("SELECT count(*) FROM addressed") == 0


@pytest.fixture
def varied(store: Store) -> Iterator[Store]:
    store.documents.add(
        [
            dated(2020, "rain on the weir", source="mbox", tags=("work",)),
            dated(2021, "snow on the weir", source="mbox"),
            dated(2022, "rain in the stable", source="markdown", tags=("work", "home")),
            Document(text="rain without a date", profile="mara"),
        ]
    )
    return store


@pytest.mark.parametrize(
    ("selection", "ids"),
    [
        (Selection(), [1, 2, 3, 4]),
        (Selection(ids=(3, 1)), [1, 3]),
        (Selection(ids=()), []),
        (Selection(sources=("mbox",)), [1, 2]),
        (Selection(sources=("mbox", "markdown"), tags=("home",)), [3]),
        (Selection(tags=("work",)), [1, 3]),
        (Selection(after="2021-01-01T00:00:00+00:00"), [2, 3]),
        (Selection(before="2021-01-01T00:00:00+00:00"), [1]),
        (Selection(query="Rain"), [1, 3, 4]),
        (Selection(query="weir RAIN!"), [1]),
        (Selection(query="rain", sources=("mbox",), tags=("work",), ids=(1, 2)), [1]),
        (Selection(query="..."), []),
        (Selection(profile="mara"), [4]),
        (Selection(query="sunshine"), []),
    ],
)
def test_what_a_person_points_at(varied: Store, selection: Selection, ids: list[int]) -> None:
    assert varied.documents.select(selection) == ids
    assert selection.everything == (selection == Selection())


WORDS = st.lists(st.sampled_from(["rain", "snow", "mare", "colic", "weir"]), min_size=1, max_size=8)


@given(st.lists(WORDS, min_size=1, max_size=30), st.integers(1, 8))
def test_a_query_of_one_rare_word_finds_all_that_have_it(
    bodies: list[list[str]], limit: int
) -> None:
    with open_memory() as store:
        store.documents.add(
            Document(text=" ".join(body), native_id=str(n)) for n, body in enumerate(bodies)
        )
        stored = texts(list(store.documents.export()))
        found = texts(store.documents.find_by_words("colic", UNBOUND, 99).documents)
        assert sorted(found) == sorted(text for text in stored if "colic" in text)
        assert len(store.documents.find_by_words("colic", UNBOUND, limit).documents) <= limit
