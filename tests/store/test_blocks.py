"""Blocks of the history: each has another stamp whenever something in it changed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from costeer_cli.errors import UnknownNameError
from costeer_cli.store.blocks import BITS, Block
from costeer_cli.store.database import Store, open_memory
from costeer_cli.store.document import Document


def put(store: Store, *texts: str) -> None:
    store.documents.add([Document(text=text, native_id=text) for text in texts])


def run(store: Store, sql: str) -> None:
    store._connection.execute(sql)


def only(store: Store) -> Block:
    (block,) = store.blocks.all()
    return block


def test_an_empty_store_has_no_blocks(store: Store) -> None:
    assert store.blocks.all() == []
    assert store.blocks.find(0) is None


def test_a_block_knows_its_last_document(store: Store) -> None:
    put(store, "first text", "second text")
    block = only(store)
    assert (block.number, block.last) == (0, 2)
    assert block.digest == Document(text="second text").digest == store.blocks.digest(2)
    assert store.blocks.digest(3) is None


def test_documents_far_apart_are_in_blocks_of_their_own(store: Store) -> None:
    put(store, "one", "two", "three")
    run(store, f"UPDATE documents SET id = {1 << BITS} WHERE text = 'two'")
    run(store, f"UPDATE documents SET id = {3 << BITS} WHERE text = 'three'")
    assert [(block.number, block.last) for block in store.blocks.all()] == [
        (0, 1),
        (1, 1 << BITS),
        (3, 3 << BITS),
    ]


def test_a_new_document_at_the_end_changes_no_stamp(store: Store) -> None:
    put(store, "one")
    before = only(store).stamp
    put(store, "two")
    assert only(store).stamp == before


@pytest.mark.parametrize(
    "change",
    [
        lambda store: store.documents.delete([2]),
        lambda store: store.documents.delete([3]),
        lambda store: store.forgetting.forget([1]),
        lambda store: store.documents.add([Document(text="other", source="add", native_id="two")]),
        lambda store: run(store, "UPDATE documents SET title = 'x' WHERE id = 1"),
        lambda store: run(store, "UPDATE documents SET signature = 'x' WHERE id = 1"),
        lambda store: run(store, "UPDATE documents SET id = 9 WHERE id = 3"),
        lambda store: run(store, "DELETE FROM documents WHERE id = 1"),
        lambda store: run(
            store,
            "INSERT INTO documents SELECT 0, source, 'x', profile, title, kind, prompt, text,"
            " author, created_at, tags, 'x', recipient, signature FROM documents WHERE id = 1",
        ),
    ],
)
def test_every_other_change_is_marked(store: Store, change: Callable[[Store], object]) -> None:
    put(store, "one", "two", "three")
    before = only(store).stamp
    change(store)
    assert only(store).stamp != before


def test_a_change_leaves_other_blocks_alone(store: Store) -> None:
    put(store, "one", "two")
    run(store, f"UPDATE documents SET id = {1 << BITS} WHERE text = 'two'")
    first, second = store.blocks.all()
    store.documents.delete([second.last])
    assert only(store) == first


def test_a_label_says_nothing_of_what_was_written(store: Store) -> None:
    put(store, "one")
    before = only(store)
    run(store, "UPDATE documents SET tags = '[\"x\"]', created_at = '2020'")
    assert only(store) == before


def test_what_was_undone_changed_nothing(store: Store) -> None:
    put(store, "one", "two")
    before = only(store)
    with suppress(UnknownNameError), store.atomic():
        store.documents.delete([1])
        store.documents.delete([9])
    assert only(store) == before


def test_texts_come_in_order_and_in_parts(store: Store) -> None:
    store.documents.add(
        Document(text=f"text {n}", title=f"title {n}", prompt="asked", signature="me", kept=True)
        for n in range(1, 1201)
    )
    parts = list(store.blocks.texts(100, 1100))
    found = [row for part in parts for row in part]
    assert len(parts) > 1
    assert [number for number, _ in found] == list(range(101, 1101))
    assert found[0][1] == ["title 101", "asked", "text 101", "me"]
    assert list(store.blocks.texts(1200, 1200)) == []


def test_no_two_stores_share_their_salt(store: Store) -> None:
    with open_memory() as other:
        assert store.blocks.salt != other.blocks.salt
    assert len(store.blocks.salt) == 32
