"""The vault in the store: numbers are used once, and what was forgotten is nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import UnknownNameError
from costeer_cli.settings import Places
from costeer_cli.store.database import Store, open_memory, open_store
from costeer_cli.store.document import Document
from costeer_cli.store.vault import Find, Kept


def name(text: str) -> Find:
    return Find("name", text, text.casefold())


def put(store: Store, text: str, **fields: str) -> int:
    document = Document(text=text, **fields)  # type: ignore[arg-type]
    store.documents.add([document])
    number = store.documents.find(document)
    assert number is not None
    return number


def texts(store: Store) -> list[str]:
    return [kept.text for kept in store.vault.list()]


def test_values_are_counted_by_kind(store: Store) -> None:
    assert store.vault.add("name", " Mara Berg ", "maraberg")
    assert store.vault.add("email", "mara@example.org", "maraexampleorg")
    assert store.vault.add("name", "Jon Vale", "jonvale")
    assert not store.vault.add("name", "Mara Berg", "maraberg")
    assert [(kept.kind, kept.number, kept.text, kept.origin) for kept in store.vault.list()] == [
        ("email", 1, "mara@example.org", "added"),
        ("name", 1, "Mara Berg", "added"),
        ("name", 2, "Jon Vale", "added"),
    ]


def test_a_number_is_never_used_again(store: Store, home: Places) -> None:
    store.vault.add("name", "Mara", "mara")
    store.vault.add("name", "Jon", "jon")
    store.vault.remove([store.vault.list()[1]], ["jon"])
    with open_store(home.store) as again:
        again.vault.add("name", "Ann", "ann")
        assert [(kept.number, kept.text) for kept in again.vault.list()] == [
            (1, "Mara"),
            (3, "Ann"),
        ]


def test_two_people_whose_names_differ_by_an_accent_stay_two(store: Store) -> None:
    assert store.vault.add("name", "Müller", "muller")
    assert store.vault.add("name", "Muller", "muller")
    assert [kept.number for kept in store.vault.list()] == [1, 2]


def test_a_find_that_is_there_in_another_way_is_not_new(store: Store) -> None:
    assert store.vault.found([name("Mara"), name("MARA"), name("Jon")]) == 2
    assert store.vault.found([name("mara")]) == 0
    assert texts(store) == ["Mara", "Jon"]


def test_what_the_person_adds_stays(store: Store) -> None:
    number = put(store, "Dear Mara")
    store.vault.scanned(number, [name("Mara")], 1)
    assert store.vault.add("name", "Mara", "mara")
    store.documents.delete([number])
    assert [(kept.text, kept.origin) for kept in store.vault.list()] == [("Mara", "added")]


def test_a_find_goes_with_the_last_document_that_has_it(store: Store) -> None:
    one, other = put(store, "Dear Mara and Jon"), put(store, "Dear Mara")
    assert store.vault.scanned(one, [name("Mara"), name("Jon")], 1) == 2
    assert store.vault.scanned(other, [name("Mara")], 1) == 0
    store.forgetting.forget([one])
    assert texts(store) == ["Mara"]
    store.forgetting.forget([other])
    assert texts(store) == []


def test_a_find_that_stands_in_a_prompt_too_outlives_its_document(store: Store) -> None:
    number = put(store, "Dear Mara")
    store.vault.scanned(number, [name("Mara")], 1)
    store.vault.found([name("Mara")])
    store.forgetting.forget([number])
    assert texts(store) == ["Mara"]


def test_no_byte_of_a_forgotten_find_is_left(store: Store, home: Places) -> None:
    number = put(store, "Dear zyxwvutsrq, how are you?")
    store.vault.scanned(number, [name("zyxwvutsrq")], 1)
    value = store.vault.list()[0]
    store.vault.form(value.id, "ZYXWVUTSRQ")
    store.forgetting.forget([number])
    everything = b"".join(path.read_bytes() for path in home.data.iterdir()).lower()
    assert b"zyxwvuts" not in everything


def test_no_byte_of_a_removed_value_is_left(store: Store, home: Places) -> None:
    store.vault.add("name", "zyxwvutsrq", "zyxwvutsrq")
    assert b"zyxwvuts" in b"".join(path.read_bytes() for path in home.data.iterdir())
    store.vault.remove(store.vault.list(), ["zyxwvutsrq"])
    assert b"zyxwvuts" not in b"".join(path.read_bytes() for path in home.data.iterdir())


def test_a_removed_find_is_not_found_again_until_it_is_added(store: Store) -> None:
    store.vault.found([name("Mara")])
    store.vault.remove(store.vault.list(), ["mara"])
    number = put(store, "Dear Mara")
    assert store.vault.found([name("MARA")]) == 0
    assert store.vault.scanned(number, [name("Mara")], 1) == 0
    assert texts(store) == []
    store.vault.add("name", "Mara", "mara")
    store.vault.remove(store.vault.list(), [])
    assert store.vault.found([name("Mara")]) == 1


def test_the_same_refusal_has_another_hash_in_another_store(store: Store, home: Places) -> None:
    def hashes(opened: Store) -> list[bytes]:
        opened.vault.add("name", "Mara", "mara")
        opened.vault.remove(opened.vault.list(), ["mara"])
        return opened._connection.column("SELECT hash FROM vault_refused")

    with open_store(home.data / "other.db") as other, closing(store):
        assert hashes(store) != hashes(other)


def test_removing_is_all_or_none(store: Store) -> None:
    store.vault.add("name", "Mara", "mara")
    known, gone = store.vault.list()[0], Kept(99, "name", 99, "Jon", "added")
    with pytest.raises(UnknownNameError) as caught:
        store.vault.remove([known, gone], ["mara"])
    assert "Jon" not in str(caught.value)
    assert texts(store) == ["Mara"]


def test_documents_are_scanned_once_until_they_or_the_detectors_change(store: Store) -> None:
    one, other = put(store, "Dear Mara", native_id="a"), put(store, "Dear Jon", native_id="b")
    assert store.vault.unscanned(1) == [one, other]
    store.vault.scanned(one, [name("Mara")], 1)
    assert store.vault.unscanned(1) == [other]
    assert store.vault.unscanned(2) == [one, other]
    store.documents.add([Document(text="Dear Ann", native_id="a")])
    assert store.vault.unscanned(1) == [one, other]
    store.vault.scanned(one, [name("Ann")], 1)
    assert texts(store) == ["Ann"]


def test_a_document_scanned_again_keeps_the_numbers_of_what_is_still_there(store: Store) -> None:
    number = put(store, "Dear Mara and Jon")
    store.vault.scanned(number, [name("Mara"), name("Jon")], 1)
    before = store.vault.list()
    assert store.vault.scanned(number, [name("Jon"), name("Mara")], 2) == 0
    assert store.vault.list() == before
    assert store.vault.scanned(number, [name("Jon"), name("Ann")], 3) == 1
    assert [(kept.number, kept.text) for kept in store.vault.list()] == [(2, "Jon"), (3, "Ann")]


def test_other_ways_to_write_a_value_are_counted_from_two(store: Store) -> None:
    store.vault.add("name", "Mara", "mara")
    value = store.vault.list()[0]
    assert store.vault.form(value.id, "M A R A") == 2
    assert store.vault.form(value.id, "Ma\u200bra") == 3
    assert store.vault.form(value.id, "M A R A") == 2
    assert store.vault.list()[0].forms == ("M A R A", "Ma\u200bra")
    assert store.vault.form(99, "Jon") is None


@pytest.fixture
def another(home: Places) -> Iterator[Store]:
    with open_store(home.store) as opened:
        yield opened


def test_two_programs_share_one_vault(store: Store, another: Store) -> None:
    for turn, text in enumerate(["Mara", "Jon", "Ann", "Eve"]):
        (store if turn % 2 else another).vault.found([name(text), name("Mara")])
    assert [kept.number for kept in another.vault.list()] == [1, 2, 3, 4]
    assert store.vault.list() == another.vault.list()


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(["add", "find", "remove"]))))
def test_no_number_ever_means_two_values(steps: list[tuple[str, str]]) -> None:
    meant: dict[int, str] = {}
    with open_memory() as store:
        for text, what in steps:
            if what == "add":
                store.vault.add("name", text, text)
            elif what == "find":
                store.vault.found([name(text)])
            else:
                gone = [kept for kept in store.vault.list() if kept.text == text]
                store.vault.remove(gone, [text])
                assert text not in texts(store)
            for kept in store.vault.list():
                assert meant.setdefault(kept.number, kept.text) == kept.text
