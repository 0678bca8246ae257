"""What the person goes by, in the store."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import UnknownNameError
from costeer_cli.settings import Places
from costeer_cli.store.database import Store, open_memory, open_store
from costeer_cli.store.document import tidy


def test_values_stay_as_they_were_written_in_their_order(home: Places, store: Store) -> None:
    assert store.identity.list() == []
    assert store.identity.add(["Mara R.", "mara@example.org"]) == 2
    assert store.identity.add(["@mara", "Mara R.", "@mara"]) == 1
    with open_store(home.store) as again:
        assert again.identity.list() == ["Mara R.", "mara@example.org", "@mara"]


def test_removing_is_all_or_none(store: Store) -> None:
    store.identity.add(["Mara", "Jon", "Ann"])
    with pytest.raises(UnknownNameError, match="not known") as caught:
        store.identity.remove(["Mara", "Somebody"])
    assert "Somebody" not in str(caught.value)
    assert store.identity.list() == ["Mara", "Jon", "Ann"]
    store.identity.remove(["Jon", "Mara", " Jon "])
    assert store.identity.list() == ["Ann"]


def test_what_is_removed_leaves_no_trace(home: Places, store: Store) -> None:
    store.identity.add([*(f"name {n}" for n in range(100)), "zyxwvutsrq", "last"])
    store.identity.remove(["zyxwvutsrq"])
    assert b"zyxwvutsrq" not in b"".join(path.read_bytes() for path in home.data.iterdir())
    assert len(store.identity.list()) == 101


def test_documents_are_untouched(store: Store) -> None:
    store.identity.add(["Mara"])
    store.identity.remove(["Mara"])
    assert store.documents.count() == 0


@given(st.lists(st.text(st.characters())))
def test_any_value_is_kept_once_tidied(values: list[str]) -> None:
    with open_memory() as store:
        kept = [value for value in dict.fromkeys(map(tidy, values)) if value]
        assert store.identity.add(values) == len(kept)
        assert store.identity.add(values) == 0
        assert store.identity.list() == kept
        store.identity.remove(kept)
        assert store.identity.list() == []
