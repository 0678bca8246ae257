"""Scopes and selections as SQL."""

from __future__ import annotations

import pytest

from costeer_cli.store.database import Store
from costeer_cli.store.document import Document
from costeer_cli.store.scope import Scope, Selection


@pytest.fixture
def filled(store: Store) -> Store:
    store.documents.add(
        [
            Document(text="rain 1", source="mbox", kind="Email", tags=("work",)),
            Document(text="rain 2", source="mbox", created_at="2024-01-01T00:00:00+00:00"),
            Document(text="rain 3", kind="email", profile="jon"),
            Document(text="rain 4", kind="note", profile="mara"),
        ]
    )
    return store


def ids(store: Store, scope: Scope | Selection) -> list[int]:
    condition, values = scope.condition()
    sql = f"SELECT id FROM documents WHERE {condition} ORDER BY id"
    return store.documents._connection.column(sql, values)


@pytest.mark.parametrize(
    ("scope", "found"),
    [
        (Scope(), [1, 2, 3, 4]),
        (Scope(profile=""), [1, 2]),
        (Scope(profile="jon"), [1, 2, 3]),
        (Scope(profile="jon", sources=("none",)), [3]),
        (Scope(profile="jon", kinds=("EMAIL",)), [1, 3]),
        (Scope(kinds=("email",)), [1, 3]),
        (Scope(after="2023"), [2]),
        (Scope(profile="", before="2023"), []),
        (Scope(profile="jon", only=Selection(sources=("mbox",))), [1, 2]),
        (Scope(profile="jon", tags=("work",), only=Selection(tags=("play",))), []),
        (Scope(profile="jon", only=Selection(profile="mara")), []),
        (Scope(only=Selection(ids=(4, 1))), [1, 4]),
        (Selection(kinds=("note", "email"), profile="mara"), [4]),
        (Selection(ids=()), []),
        (Selection(), [1, 2, 3, 4]),
    ],
)
def test_what_it_holds(filled: Store, scope: Scope | Selection, found: list[int]) -> None:
    assert ids(filled, scope) == found
    assert scope.everything == (scope in (Scope(), Selection()))


def test_a_search_looks_in_it(filled: Store) -> None:
    scope = Scope(profile="jon", only=Selection(kinds=("email",)))
    hits = filled.documents.search_in(scope, "rain")
    assert sorted(hit.document.text for hit in hits) == ["rain 1", "rain 3"]


@pytest.mark.parametrize("value", ["'", '"', "a') OR 1=1 --", "\\", "%"])
def test_values_are_no_sql(filled: Store, value: str) -> None:
    for name in ("sources", "tags", "kinds"):
        assert ids(filled, Selection(**{name: (value,)})) == []  # type: ignore[arg-type]
    assert ids(filled, Scope(profile=value)) == [1, 2]
