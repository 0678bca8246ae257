"""What goes into the vault, and how it stays in step with profiles, prompts and history."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import BadInputError
from costeer_cli.privacy.folding import folded
from costeer_cli.privacy.vault import filling
from costeer_cli.privacy.vault.filling import kind_of, open_vault, vault_for
from costeer_cli.privacy.vault.kinds import Kind
from costeer_cli.settings import Places
from costeer_cli.store.database import Store, open_memory, open_store
from costeer_cli.store.document import Document


@pytest.fixture
def store(home: Places) -> Iterator[Store]:
    with open_store(home.store) as opened:
        yield opened


def kept(store: Store) -> list[tuple[str, str]]:
    return [(one.kind, one.text) for one in store.vault.list()]


def silent(_done: int, _total: int) -> None:
    pass


def test_everything_that_a_write_reads_is_in_its_vault(store: Store) -> None:
    vault = vault_for(
        store,
        people=["Mara Rößler", "mara@example.org", "Jon Vale <jon@example.org>", "@mara"],
        protected=["Project Bluebird", "+49 170 1234567"],
        texts=["Dear Tom, write to ann@example.org", "My sister Eva was born on 14 March 1987."],
    )
    assert set(kept(store)) == {
        ("name", "Mara Rößler"),
        ("name", "Jon Vale"),
        ("name", "Project Bluebird"),
        ("name", "Tom"),
        ("name", "Eva"),
        ("email", "mara@example.org"),
        ("email", "jon@example.org"),
        ("email", "ann@example.org"),
        ("phone", "+49 170 1234567"),
        ("date", "14 March 1987"),
        ("private", "@mara"),
    }
    hidden = vault.mask("Tom and Eva (@mara), Project Bluebird; the project of 14 March 1987").text
    assert hidden == "[NAME_4] and [NAME_5] ([PRIVATE_1]), [NAME_1]; the project of [DATE_1]"


def test_the_next_write_gives_the_same_placeholders(store: Store, home: Places) -> None:
    first = vault_for(store, people=["Mara Rößler"], texts=["Dear Tom,"]).mask("Tom, MArA, Mara")
    with open_store(home.store) as again:
        second = vault_for(again, people=["Mara Rößler"], texts=["Dear Ann,"])
        assert second.mask("Tom, MArA, Mara") == first
        assert second.restore(first.text) == "Tom, MArA, Mara"
        assert open_vault(again).restore(first.text) == "Tom, MArA, Mara"


def test_what_a_person_refused_is_not_found_again(store: Store) -> None:
    vault_for(store, texts=["Dear Tom,"])
    filling.remove(store, store.vault.list())
    assert vault_for(store, texts=["Dear Tom,", "Hi TOM!"]).mask("Tom").text == "Tom"
    assert filling.add(store, "Tom")
    assert open_vault(store).mask("Tom").text == "[NAME_2]"


@pytest.mark.parametrize("value", ["", " ", "x", "—", "🦊", "[]", "é"])
def test_what_is_in_every_text_cannot_be_protected(store: Store, value: str) -> None:
    with pytest.raises(BadInputError):
        filling.add(store, value)
    with pytest.raises(BadInputError):
        vault_for(store, protected=["Mara", value])
    vault_for(store, people=[value])
    assert kept(store) == []


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("Mara Rößler", Kind.NAME),
        ("Ludwig van Beethoven", Kind.NAME),
        ("Mara", Kind.NAME),
        ("王小明", Kind.NAME),
        ("mara@example.org", Kind.EMAIL),
        ("+49 170 1234567", Kind.PHONE),
        ("DE89370400440532013000", Kind.IBAN),
        ("4111 1111 1111 1111", Kind.CARD),
        ("536-90-4399", Kind.ID),
        ("12 Rose Lane, Leeds LS1 4AP", Kind.ADDRESS),
        ("the blue kettle", Kind.PRIVATE),
        ("Room 12", Kind.PRIVATE),
        ("@mara", Kind.PRIVATE),
    ],
)
def test_the_kind_of_a_value_is_guessed(store: Store, value: str, kind: Kind) -> None:
    assert kind_of(value) is kind
    assert filling.add(store, value)
    assert kept(store) == [(kind.value, value)]


def test_a_kind_may_be_said(store: Store) -> None:
    filling.add(store, "Mara", Kind.PRIVATE)
    assert open_vault(store).mask("Mara").text == "[PRIVATE_1]"


def test_the_history_is_scanned_once(store: Store) -> None:
    store.documents.add(
        [
            Document(text=f"Text {n} of many, write to p{n}@example.org", recipient=f"Ann P. {n}")
            for n in range(250)
        ]
        + [Document(text="Hallo", title="Dear Tom,", author="Mara B. <mb@example.org>")]
    )
    told: list[tuple[int, int]] = []
    assert filling.scan(store, lambda done, total: told.append((done, total))) == 253
    assert told == [(100, 251), (200, 251), (251, 251)]
    assert {("name", "Tom"), ("name", "Mara B."), ("email", "mb@example.org")} <= set(kept(store))
    assert filling.scan(store, silent) == 0
    store.documents.add([Document(text="one more: q@example.org")])
    assert filling.scan(store, silent) == 1


def test_what_was_found_goes_with_its_text(store: Store) -> None:
    store.documents.add([Document(text="Dear Tom, call Eva"), Document(text="My sister Eva knits")])
    filling.scan(store, silent)
    assert kept(store) == [("name", "Tom"), ("name", "Eva")]
    store.forgetting.forget([1])
    assert kept(store) == [("name", "Eva")]
    store.forgetting.forget([2])
    assert kept(store) == []


def test_half_a_character_is_masked_and_not_kept(store: Store) -> None:
    vault = vault_for(store, people=["Mara Berg"])
    text = "Mara\udc80 Berg"
    assert vault.restore(vault.mask(text).text) == text
    assert open_vault(store).entries[0].forms == ()


@given(st.lists(st.text(max_size=40)), st.text(max_size=80))
def test_any_values_and_any_text(values: list[str], text: str) -> None:
    with open_memory() as store:
        marked = [value for value in values if len(folded(value)) > 1]
        vault = vault_for(store, people=values, protected=marked, texts=[text, *values])
        whole = text.join(values) + text
        assert vault.restore(vault.mask(whole).text) == whole
        again = vault_for(store, people=values, protected=marked, texts=[text, *values])
        assert again.mask(whole).text == vault.mask(whole).text
