"""Profiles as the person wrote them."""

from __future__ import annotations

import pytest

from costeer_cli.errors import UnknownNameError
from costeer_cli.settings import Places
from costeer_cli.store.database import Store
from costeer_cli.store.documents import Document

TOML = "# mine\nname   = 'mara'   # the vet\r\n"


def test_spelling_and_comments_survive(store: Store) -> None:
    store.profiles.put("mara", TOML)
    assert store.profiles.get("mara").toml == TOML


def test_putting_again_replaces_and_keeps_the_first_date(store: Store) -> None:
    store.profiles.put("mara", TOML)
    first = store.profiles.get("mara")
    store.profiles.put("mara", "name = 'mara'")
    second = store.profiles.get("mara")
    assert second.toml == "name = 'mara'"
    assert second.created_at == first.created_at
    assert second.updated_at > first.updated_at
    assert len(store.profiles.list()) == 1


def test_list_is_by_name(store: Store) -> None:
    for name in ("zoe", "anna", "mara"):
        store.profiles.put(name, f"name = '{name}'")
    assert [row.name for row in store.profiles.list()] == ["anna", "mara", "zoe"]


def test_unknown_names(store: Store) -> None:
    with pytest.raises(UnknownNameError, match="no profile 'nobody'") as caught:
        store.profiles.get("nobody")
    assert "costeer profile list" in (caught.value.hint or "")
    with pytest.raises(UnknownNameError):
        store.profiles.delete("nobody")


def test_deleting_takes_the_bound_documents_along(home: Places, store: Store) -> None:
    store.profiles.put("mara", "# zyxwvutsrq\nname = 'mara'")
    store.documents.add(
        [
            Document(text="qqqzzzqqq jjjvvvjjj", profile="mara"),
            Document(text="for everyone"),
            Document(text="for jon", profile="jon"),
        ]
    )
    assert store.profiles.delete("mara") == 1
    assert store.profiles.list() == []
    assert [d.text for d in store.documents.export()] == ["for everyone", "for jon"]
    assert store.documents.search("qqqzzzqqq") == []
    left = b"".join(path.read_bytes() for path in home.data.iterdir())
    assert b"qqqzzzqqq" not in left
    assert b"zyxwvutsrq" not in left


def test_deleting_an_unknown_one_keeps_documents_of_that_name(store: Store) -> None:
    store.documents.add([Document(text="bound to a ready-made one", profile="ready")])
    with pytest.raises(UnknownNameError):
        store.profiles.delete("ready")
    assert store.documents.count() == 1
