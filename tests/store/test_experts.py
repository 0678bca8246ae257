"""Experts go the way of the texts they were trained on: in one transaction, bytes and all."""

from __future__ import annotations

import errno
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from costeer_cli import files
from costeer_cli.errors import ModelCorruptError, StoreError, UnknownNameError, UsageError
from costeer_cli.settings import Places
from costeer_cli.store.database import Store, open_memory, open_store
from costeer_cli.store.document import Document
from costeer_cli.store.experts import ExpertRecord
from costeer_cli.store.scope import Scope

BYTES = b"what was learned of qqqzzzqqq"


def texts(store: Store, *said: str, profile: str | None = None) -> list[int]:
    """The numbers of new documents."""
    store.documents.add(Document(text=text, kept=True, profile=profile) for text in said)
    found = [store.documents.find(Document(text=text, profile=profile)) for text in said]
    return [number for number in found if number is not None]


def begun(store: Store, documents: list[int], profile: str = "") -> ExpertRecord:
    record = ExpertRecord(profile=profile, model="m", base="b", settings={"rank": 16})
    store.experts.begin(record, documents)
    return record


def made(store: Store, documents: list[int], profile: str = "", content: bytes = BYTES) -> str:
    record = begun(store, documents, profile)
    store.experts.finish(record.id, content, {"step": 3})
    return record.id


def kept(store: Store) -> list[str]:
    return sorted(path.name for path in store.experts.folder.iterdir())


def test_what_is_kept_is_found_again(home: Places, store: Store) -> None:
    number = made(store, texts(store, "one", "two"), "mara")
    found = store.experts.find("mara", "m")
    assert found is not None
    assert (found.id, found.state, found.texts, found.scores) == (number, "fresh", 2, {"step": 3})
    assert (found.base, found.settings) == ("b", {"rank": 16})
    assert store.experts.read(found) == BYTES
    assert store.experts.find("mara", "other") is None
    assert store.experts.find("jon", "m") is None
    assert store.experts.unfinished("mara", "m") is None
    assert store.experts.list() == [found]
    folder = store.experts.folder
    assert folder.parent == home.store.parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def forget(store: Store, number: int) -> None:
    store.forgetting.forget([number])


def delete(store: Store, number: int) -> None:
    store.documents.delete([number])


@pytest.mark.parametrize("go", [forget, delete])
def test_a_forgotten_text_takes_its_experts_with_it(
    store: Store, go: Callable[[Store, int], None]
) -> None:
    one, two, three = texts(store, "one text", "another text", "a third text")
    saw, saw_not = made(store, [one, two], "mara"), made(store, [three], "jon")
    go(store, one)
    stale, fresh = store.experts.find("mara", "m"), store.experts.find("jon", "m")
    assert stale is not None
    assert fresh is not None
    assert (stale.id, stale.state) == (saw, "stale")
    assert (fresh.id, fresh.state) == (saw_not, "fresh")
    assert kept(store) == [f"{saw_not}.safetensors"]
    with pytest.raises(UsageError, match="forgotten"):
        store.experts.read(stale)
    assert store.experts.read(fresh) == BYTES


def test_it_is_stale_in_the_same_transaction(store: Store) -> None:
    (one,) = texts(store, "one text")
    made(store, [one])

    class StoppedError(Exception):
        pass

    def halfway() -> None:
        with store.atomic():
            store.documents.delete([one])
            found = store.experts.find("", "m")
            assert found is not None
            assert found.state == "stale"
            raise StoppedError

    with pytest.raises(StoppedError):
        halfway()
    found = store.experts.find("", "m")
    assert found is not None
    assert found.state == "fresh"
    assert store.experts.read(found) == BYTES


def test_no_byte_of_it_is_left_in_the_folder(home: Places, store: Store) -> None:
    one, two = texts(store, "one text", "another text")
    made(store, [one])
    unfinished = begun(store, [two])
    store.experts.save_checkpoint(unfinished.id, BYTES)
    (store.experts.folder / f".{unfinished.id}.unfinished.x1y2").write_bytes(BYTES)
    store.forgetting.forget([one, two])
    assert kept(store) == []
    left = b"".join(path.read_bytes() for path in home.data.rglob("*") if path.is_file())
    assert b"qqqzzzqqq" not in left


def test_a_deleted_profile_takes_its_expert_with_it(store: Store) -> None:
    store.profiles.put("mara", "name = 'mara'")
    made(store, texts(store, "free text"), "mara")
    made(store, texts(store, "other text"), "jon")
    store.profiles.delete("mara")
    assert [(one.profile, one.state) for one in store.experts.list()] == [
        ("jon", "fresh"),
        ("mara", "stale"),
    ]
    assert len(kept(store)) == 1


def test_what_is_forgotten_while_it_trains_is_not_kept(store: Store) -> None:
    one, two = texts(store, "one text", "another text")
    old = made(store, [two])
    record = begun(store, [one, two])
    store.experts.save_checkpoint(record.id, BYTES)
    store.forgetting.forget([one])
    for go in (
        lambda: store.experts.save_checkpoint(record.id, BYTES),
        lambda: store.experts.finish(record.id, BYTES, {}),
    ):
        with pytest.raises(UsageError, match="forgotten"):
            go()
    assert kept(store) == [f"{old}.safetensors"]
    found = store.experts.find("", "m")
    assert found is not None
    assert found.id == old


def test_two_trainings_of_one_expert_do_not_mix(store: Store) -> None:
    (one,) = texts(store, "one text")
    first, second = begun(store, [one]), begun(store, [one])
    with pytest.raises(UsageError, match="begun anew elsewhere"):
        store.experts.save_checkpoint(first.id, BYTES)
    store.experts.finish(second.id, BYTES, {})
    assert [record.id for record in store.experts.list()] == [second.id]


def test_a_new_one_takes_the_place_of_the_old(store: Store) -> None:
    (one,) = texts(store, "one text")
    old, other = made(store, [one], "mara"), made(store, [one], "jon")
    begun(store, [one], "mara")
    again = begun(store, [one], "mara")
    assert [record.id for record in store.experts.list()] == [again.id, other, old]
    store.experts.finish(again.id, b"new", {})
    assert [record.id for record in store.experts.list()] == [again.id, other]
    assert kept(store) == sorted([f"{again.id}.safetensors", f"{other}.safetensors"])


def test_a_full_disk_leaves_the_old_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    (one,) = texts(store, "one text")
    old = made(store, [one])
    record = begun(store, [one])

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(files.os, "fsync", full)
        with pytest.raises(StoreError, match="No space left"):
            store.experts.finish(record.id, b"new", {})
        with pytest.raises(StoreError, match="No space left"):
            store.experts.save_checkpoint(record.id, b"new")
    found = store.experts.find("", "m")
    assert found is not None
    assert (found.id, store.experts.read(found)) == (old, BYTES)
    assert kept(store) == [f"{old}.safetensors"]


@pytest.mark.parametrize("content", [None, b"", BYTES[:-1], BYTES + b"x", BYTES.upper()])
def test_a_file_that_was_changed_is_not_read(store: Store, content: bytes | None) -> None:
    number = made(store, texts(store, "one"))
    path = store.experts.folder / f"{number}.safetensors"
    path.unlink() if content is None else path.write_bytes(content)
    found = store.experts.find("", "m")
    assert found is not None
    with pytest.raises(ModelCorruptError, match="file of the expert"):
        store.experts.read(found)


def test_what_is_out_of_scope_by_now_is_counted(store: Store) -> None:
    one, two = texts(store, "one text", "another text")
    (bound,) = texts(store, "a bound text", profile="mara")
    made(store, [one, two, bound], "mara")
    record = store.experts.find("mara", "m")
    assert record is not None
    assert store.experts.learned(record.id) == (one, two, bound)
    mara, jon = Scope(profile="mara"), Scope(profile="jon")
    assert store.experts.outside(record, [mara]) == 0
    assert store.experts.outside(record, [jon]) == 1
    work = Scope(profile="mara", tags=("work",))
    assert store.experts.outside(record, [work]) == 2
    assert store.experts.outside(record, [work, jon]) == 0
    assert store.experts.outside(record, []) == 3


def test_adopted_and_deleted(store: Store) -> None:
    old = made(store, texts(store, "one"), "mara")
    record = store.experts.adopt(ExpertRecord(profile="mara", model="m", base="b"), b"else")
    assert (record.state, record.texts, store.experts.read(record)) == ("fresh", 0, b"else")
    assert old not in {one.id for one in store.experts.list()}
    store.experts.delete(record.id)
    assert (store.experts.list(), kept(store)) == ([], [])
    with pytest.raises(UnknownNameError):
        store.experts.delete(record.id)


def test_a_number_that_is_used_again_is_another_text(store: Store) -> None:
    (one,) = texts(store, "one text")
    made(store, [one])
    store.documents.delete([one])
    assert texts(store, "a later text") == [one]
    record = store.experts.find("", "m")
    assert record is not None
    assert store.experts.learned(record.id) == ()


def test_a_store_in_memory_touches_no_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "experts").mkdir()
    mine = tmp_path / "experts" / "notes.txt"
    mine.write_text("mine")
    with open_memory() as store:
        store.documents.delete(texts(store, "one"))
    assert mine.read_text() == "mine"


def test_an_open_store_sees_what_another_one_forgot(home: Places, store: Store) -> None:
    (one,) = texts(store, "one text")
    made(store, [one])
    with open_store(home.store) as other:
        other.forgetting.forget([one])
    found = store.experts.find("", "m")
    assert found is not None
    assert found.state == "stale"
