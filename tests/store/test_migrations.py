"""The schema: built in steps, the same however many were there before."""

from __future__ import annotations

import sqlite3

import pytest
from sqlite_utils import Database

from costeer_cli.errors import StoreError
from costeer_cli.settings import Places
from costeer_cli.store import migrations as schema
from costeer_cli.store.database import Store, open_store
from costeer_cli.store.documents import Document


def schema_of(path: object) -> list[str]:
    raw = sqlite3.connect(str(path))
    rows = raw.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
    found = [row[0] for row in rows]
    raw.close()
    return found


@pytest.mark.parametrize("done", range(len(schema.STEPS)))
def test_every_older_store_ends_with_todays_schema(home: Places, done: int) -> None:
    open_store(home.data / "today.db").close()
    raw = Database(home.store)
    if done:
        schema.migrations().apply(raw, stop_before=schema.STEPS[done].__name__)
        raw.conn.execute(f"PRAGMA user_version = {done}")
        raw["documents"].insert(
            {name: "x" for name in raw["documents"].columns_dict if name not in ("id", "tags")}
            | {"tags": "[]", "text": "from the old days"}
        )
    raw.close()
    with open_store(home.store) as store:
        texts = [document.text for document in store.documents.export()]
        assert texts == (["from the old days"] if done else [])
        assert len(store.documents.search("old days")) == bool(done)
    assert schema_of(home.store) == schema_of(home.data / "today.db")


def test_a_step_that_fails_leaves_the_store_as_it_was(
    home: Places, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def next_007(db: Database) -> None:
        db.execute("CREATE TABLE half_done (x)")
        db.execute("CREATE TABLE documents (x)")

    store.documents.add([Document(text="still here")])
    before = schema_of(home.store)
    schema.migrations.cache_clear()
    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, next_007))
    with pytest.raises(StoreError):
        open_store(home.store)
    schema.migrations.cache_clear()
    assert schema_of(home.store) == before
    assert store.documents.count() == 1


def test_older_texts_gain_what_was_not_asked_before(home: Places) -> None:
    home.data.mkdir(parents=True)
    raw = Database(home.store)
    schema.migrations().apply(raw, stop_before="identity_006")
    raw["documents"].insert(dict.fromkeys(raw["documents"].columns_dict, "x") | {"id": 1})
    raw.conn.execute("UPDATE documents SET tags = '[]'")
    raw.conn.commit()
    raw.close()
    with open_store(home.store) as store:
        old = store.documents.get(1)
        assert (old.text, old.recipient, old.signature) == ("x", "", "")
        new = Document(text="a letter", recipient="Jo", signature="Yours, M.")
        store.documents.add([new])
        number = store.documents.find(new)
        assert number is not None
        back = store.documents.get(number)
        assert (back.recipient, back.signature) == ("Jo", "Yours, M.")
        assert store.identity.list() == []


def test_names_end_in_their_order() -> None:
    numbers = [int(step.__name__[-3:]) for step in schema.STEPS]
    assert numbers == list(range(1, len(numbers) + 1))
