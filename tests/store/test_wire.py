"""The wire log."""

from __future__ import annotations

import hashlib
import sqlite3

import pytest

from costeer_cli.settings import Places
from costeer_cli.store.database import Store, open_store
from costeer_cli.store.wire import without_secrets


def record(store: Store, draft: str = "d1", body: bytes = b"{}") -> int:
    return store.wire.record(draft, "openai", "https://x.test/v1", {"Accept": "*/*"}, body)


def test_a_request_is_kept_byte_for_byte(store: Store) -> None:
    body = bytes(range(256)) + "naïve 🐴".encode()
    assert record(store, body=body) == 1
    (entry,) = store.wire.for_draft("d1")
    assert entry.body == body
    assert entry.sha256 == hashlib.sha256(body).hexdigest()
    assert (entry.provider, entry.endpoint) == ("openai", "https://x.test/v1")
    assert entry.headers == {"Accept": "*/*"}
    assert entry.at.endswith("+00:00")


def test_requests_are_numbered_in_each_draft(store: Store) -> None:
    assert [record(store), record(store), record(store, "d2"), record(store)] == [1, 2, 1, 3]
    assert [entry.n for entry in store.wire.for_draft("d1")] == [1, 2, 3]
    assert (store.wire.count("d1"), store.wire.count("d2"), store.wire.count("none")) == (3, 1, 0)
    assert store.wire.for_draft("none") == []


def test_it_is_committed_on_return(home: Places, store: Store) -> None:
    record(store, body=b"sent")
    other = sqlite3.connect(home.store)
    assert other.execute("SELECT body FROM wire").fetchall() == [(b"sent",)]
    other.close()


def test_it_refuses_to_wait_for_an_outer_transaction(store: Store) -> None:
    with store.atomic(), pytest.raises(RuntimeError, match=r"outside Store\.atomic"):
        record(store)
    assert store.wire.count("d1") == 0


def test_two_programs_never_share_a_number(home: Places, store: Store) -> None:
    with open_store(home.store) as other:
        numbers = [record(one) for one in (store, other, store, other)]
    assert numbers == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "name", ["Authorization", "api-key", "X-Api-Key", "Cookie", "Proxy-Authorization", "x-token"]
)
def test_secrets_are_not_kept(home: Places, store: Store, name: str) -> None:
    store.wire.record("d1", "p", "e", {name: "sk-very-secret", "Accept": "text/plain"}, b"")
    assert without_secrets({name: "sk-very-secret"}) == {name: "(not kept)"}
    kept = b"".join(path.read_bytes() for path in home.data.iterdir())
    assert b"sk-very-secret" not in kept
    assert b"text/plain" in kept


def test_every_name_in_the_log_is_listed_once_the_oldest_first(store: Store) -> None:
    assert store.wire.names() == []
    for name in ("b", "a", "b", "probe-1"):
        store.wire.record(name, "x", "y", {}, b"{}")
    assert store.wire.names() == ["b", "a", "probe-1"]
