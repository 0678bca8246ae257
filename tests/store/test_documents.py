"""Documents: kept once, found by their words, forgotten for good."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import BadInputError, StoreError, UnknownNameError
from costeer_cli.settings import Places
from costeer_cli.store.database import Store, open_memory, open_store
from costeer_cli.store.document import tidy
from costeer_cli.store.documents import AddResult, Document

ANY_TEXT = st.text(st.characters())


def texts(store: Store) -> list[str]:
    return [document.text for document in store.documents.export()]


def found(store: Store, query: str, **scope: object) -> list[str]:
    return [hit.document.text for hit in store.documents.search(query, **scope)]  # type: ignore[arg-type]


def test_every_field_comes_back(store: Store) -> None:
    document = Document(
        text="The mare ate well.\n\nMore tomorrow.",
        source="markdown",
        native_id="/notes/mare.md",
        title="Mare 🐴",
        kind="note",
        prompt="How is the mare?",
        author="Mara",
        recipient="Jo <jo@example.org>",
        signature="Yours,\nMara",
        created_at="2024-05-01T08:00:00+00:00",
        tags=("work", "horses, large"),
        profile="mara",
    )
    assert store.documents.add([document]) == AddResult(added=1, duplicate=0)
    number = store.documents.find(document)
    assert number is not None
    assert store.documents.get(number) == replace(document, id=number)


def test_adding_twice_changes_nothing(store: Store) -> None:
    batch = [Document(text=f"text {n}", source="jsonl", native_id=str(n)) for n in range(5)]
    assert store.documents.add(batch) == AddResult(5, 0)
    before = list(store.documents.export())
    assert store.documents.add(batch) == AddResult(0, 5)
    assert list(store.documents.export()) == before


def test_the_same_words_from_elsewhere_are_a_duplicate(store: Store) -> None:
    store.documents.add([Document(text="the same\nwords", source="markdown", native_id="a.md")])
    result = store.documents.add([Document(text="the  same words ", source="text")])
    assert result == AddResult(0, 1)


def test_a_changed_file_replaces_its_older_wording(store: Store) -> None:
    old = Document(text="colour is a word", source="markdown", native_id="a.md", title="A")
    store.documents.add([old])
    new = replace(old, text="flavour is a word", title="B")
    assert store.documents.add([new]) == AddResult(0, 0, updated=1)
    assert [(d.text, d.title) for d in store.documents.export()] == [("flavour is a word", "B")]
    assert found(store, "colour") == []
    assert found(store, "flavour") == ["flavour is a word"]


def test_texts_without_a_native_id_do_not_replace_each_other(store: Store) -> None:
    assert store.documents.add([Document(text="one"), Document(text="two")]) == AddResult(2, 0)


def test_profiles_keep_their_own_copy(store: Store) -> None:
    shared = Document(text="a text for all")
    store.documents.add([shared, replace(shared, profile="mara"), replace(shared, profile="jon")])
    assert store.documents.count() == 3
    assert store.documents.count("mara") == 1


def test_a_stream_that_breaks_stores_nothing(store: Store) -> None:
    def stream() -> Iterator[Document]:
        yield Document(text="line one")
        raise BadInputError("line 2 is broken")

    with pytest.raises(BadInputError):
        store.documents.add(stream())
    assert texts(store) == []


def test_rehearsing_counts_and_stores_nothing(store: Store) -> None:
    store.documents.add([Document(text="there already")])
    batch = [Document(text="there already"), Document(text="new"), Document(text="new")]
    assert store.documents.rehearse(batch) == AddResult(added=1, duplicate=2)
    assert texts(store) == ["there already"]
    assert found(store, "new") == []


def test_unknown_numbers(store: Store) -> None:
    with pytest.raises(UnknownNameError, match="no document 7"):
        store.documents.get(7)
    store.documents.add([Document(text="stays")])
    with pytest.raises(UnknownNameError, match="no document 8, 9"):
        store.documents.delete([1, 8, 9])
    assert texts(store) == ["stays"]
    assert found(store, "stays") == ["stays"]


def test_list_is_newest_first_and_pages(store: Store) -> None:
    dates = ["2020-01-01T00:00:00+00:00", "", "2024-01-01T00:00:00+00:00"]
    store.documents.add(Document(text=f"made {d}", created_at=d, source="text") for d in dates)
    store.documents.add([Document(text="bound", profile="mara")])
    newest = [d.created_at[:4] for d in store.documents.list(source="text")]
    assert newest == ["2024", "2020", ""]
    assert len(store.documents.list(limit=2)) == 2
    assert len(store.documents.list(limit=9, offset=3)) == 1
    assert [d.text for d in store.documents.list(profile="mara")] == ["bound"]


def test_search_ranks_rare_words_and_titles_higher(store: Store) -> None:
    store.documents.add(
        [
            Document(text="the horse and the stable and the long road home"),
            Document(text="the road", title="Horse"),
            Document(text="the road and the dog and the rain"),
            *[Document(text=f"the road number {n} and the rain") for n in range(5)],
        ]
    )
    hits = store.documents.search("the horse")
    assert hits[0].document.title == "Horse"
    assert "stable" in hits[1].document.text
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)
    assert hits[0].score > 0
    assert len(store.documents.search("the", limit=3)) == 3


def test_search_ignores_case_and_accents_and_reads_prompts(store: Store) -> None:
    store.documents.add([Document(text="Ein Café in Tromsø", prompt="Wohin fahren wir?")])
    assert found(store, "CAFE") == found(store, "wohin") == ["Ein Café in Tromsø"]


@given(ANY_TEXT)
def test_no_query_is_an_error(query: str) -> None:
    with open_memory() as store:
        store.documents.add([Document(text="something to find AND NOT near* (this)")])
        assert len(store.documents.search(query)) <= 1


@pytest.mark.parametrize("query", ['"', "AND", "NOT", "a*", "text:this", "^this", "(", "-this", ""])
def test_operators_are_words(store: Store, query: str) -> None:
    store.documents.add([Document(text="I like this and that")])
    assert isinstance(found(store, query), list)


WORDS = st.sampled_from(["mare", "stable", "rain", "café", "ärger", "今天", "don't"])


@given(st.lists(WORDS, min_size=1))
def test_every_word_of_a_text_finds_it(words: list[str]) -> None:
    with open_memory() as store:
        store.documents.add([Document(text=" ".join(words))])
        for word in words:
            assert len(store.documents.search(word)) == 1


def test_a_whole_letter_is_a_query(store: Store) -> None:
    store.documents.add([Document(text="about word3 only")])
    letter = " ".join(f"word{n}" for n in range(5000))
    assert found(store, letter) == ["about word3 only"]


def test_a_profile_reads_its_own_and_the_unbound(store: Store) -> None:
    store.documents.add(
        [
            Document(text="rain for all"),
            Document(text="rain for mara", profile="mara"),
            Document(text="rain for jon", profile="jon"),
        ]
    )
    assert set(found(store, "rain", profile="mara")) == {"rain for all", "rain for mara"}
    assert found(store, "rain", profile="") == ["rain for all"]
    assert len(found(store, "rain")) == 3
    recent = store.documents.recent(9, "mara")
    assert {d.text for d in recent} == {"rain for all", "rain for mara"}


def test_sources_and_tags_narrow_the_unbound_only(store: Store) -> None:
    store.documents.add(
        [
            Document(text="rain at work", source="markdown", tags=("work", "rain")),
            Document(text="rain at home", source="markdown", tags=("home",)),
            Document(text="rain in mail", source="text", tags=("work",)),
            Document(text="rain of mara", profile="mara"),
        ]
    )
    scope = {"profile": "mara", "sources": ["markdown"], "tags": ["work", "play"]}
    assert set(found(store, "rain", **scope)) == {"rain at work", "rain of mara"}
    recent = store.documents.recent(9, "mara", sources=["markdown"], tags=["work"])
    assert {d.text for d in recent} == {"rain at work", "rain of mara"}
    assert len(found(store, "rain", profile="mara", tags=["work"])) == 3


def raw_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def test_deleted_text_is_nowhere_on_the_disk(home: Places, store: Store) -> None:
    secret = Document(text="zyxwvutsrq " * 2000, title="qqqzzzqqq", prompt="jjjvvvjjj")
    others = [Document(text=f"an ordinary text {n} about rain " * 30) for n in range(100)]
    store.documents.add([*others[:50], secret, *others[50:]])
    number = store.documents.find(secret)
    assert number is not None
    assert b"zyxwvutsrq" in raw_bytes(home.data)
    assert store.documents.delete([number]) == 1
    for word in (b"zyxwvutsrq", b"zyxwvut", b"qqqzzzqqq", b"jjjvvvjjj"):
        assert word not in raw_bytes(home.data)
    connection = store.documents._connection
    connection.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, documents_fts, row)")
    words = {row["term"] for row in connection.rows("SELECT term FROM temp.words")}
    assert "ordinary" in words
    assert not words & {"zyxwvutsrq", "qqqzzzqqq", "jjjvvvjjj"}
    assert len(found(store, "ordinary", limit=200)) == 100
    connection.execute("INSERT INTO documents_fts (documents_fts) VALUES ('integrity-check')")


def test_deleting_inside_a_transaction_can_be_taken_back(store: Store) -> None:
    store.documents.add([Document(text="nearly gone")])

    def change_of_mind() -> None:
        with store.atomic():
            store.documents.delete([1])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_of_mind()
    assert found(store, "nearly") == ["nearly gone"]


def test_a_deletion_that_cannot_be_wiped_says_so(
    home: Places, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.documents.add([Document(text="to be deleted")])
    with open_store(home.store) as other:
        reading = other.documents._connection.db.conn
        store.documents._connection.execute("PRAGMA busy_timeout = 10")
        reading.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="in use"):
            store.documents.delete([1])
        assert store.documents.count() == 1
        reading.execute("ROLLBACK")
    unfinished = store.documents.export()
    store.documents.add([Document(text=f"another {n}") for n in range(600)])
    next(unfinished)
    with pytest.raises(StoreError, match="traces of it may remain"):
        store.documents.delete([1])
    assert store.documents.find(Document(text="to be deleted")) is None
    unfinished.close()


def test_threads_share_a_store(store: Store) -> None:
    def work(name: int) -> None:
        for n in range(20):
            store.documents.add([Document(text=f"text {n} of thread {name}")])

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.documents.count() == 80


@given(st.lists(st.builds(Document, text=ANY_TEXT, title=ANY_TEXT, tags=st.tuples(ANY_TEXT))))
def test_whatever_is_added_can_be_exported_into_another_store(batch: list[Document]) -> None:
    with open_memory() as one, open_memory() as other:
        result = one.documents.add(batch)
        assert result.added == len({document.digest for document in batch})
        other.documents.add(one.documents.export())
        assert list(other.documents.export()) == list(one.documents.export())
        assert all(d.text == tidy(d.text) for d in one.documents.export())
        assert one.documents.add(other.documents.export()).added == 0
