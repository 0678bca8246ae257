"""Opening the store, and refusing to."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from costeer_cli.errors import StoreError
from costeer_cli.settings import Places
from costeer_cli.store.database import Store, open_default, open_memory, open_store
from costeer_cli.store.documents import Document
from costeer_cli.store.migrations import NAMES


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def pragma(store: Store, name: str) -> object:
    return store.documents._connection.scalar(f"PRAGMA {name}")


def test_folder_and_files_are_private_under_any_umask(home: Places) -> None:
    old = os.umask(0)
    try:
        with open_store(home.store) as store:
            store.documents.add([Document(text="something")])
            beside = sorted(path.name for path in home.data.iterdir())
            assert beside == ["costeer.db", "costeer.db-shm", "costeer.db-wal"]
            assert {mode(path) for path in home.data.iterdir()} == {0o600}
        assert mode(home.data) == 0o700
    finally:
        os.umask(old)


def test_a_store_others_could_read_is_closed_to_them(home: Places) -> None:
    open_store(home.store).close()
    home.store.chmod(0o644)
    open_store(home.store).close()
    assert mode(home.store) == 0o600


def test_pragmas(store: Store) -> None:
    assert pragma(store, "journal_mode") == "wal"
    assert pragma(store, "foreign_keys") == 1
    assert pragma(store, "secure_delete") == 1
    assert pragma(store, "synchronous") == 1
    assert pragma(store, "busy_timeout") == 5000
    assert pragma(store, "temp_store") == 2
    assert pragma(store, "user_version") == len(NAMES)


def test_opening_again_finds_what_was_stored(home: Places) -> None:
    with open_default() as store:
        store.documents.add([Document(text="kept over the years")])
        assert store.path == home.store
    with open_default() as store:
        assert [d.text for d in store.documents.export()] == ["kept over the years"]


def test_opening_writes_nothing_once_it_is_up_to_date(home: Places) -> None:
    open_store(home.store).close()
    before = home.store.read_bytes()
    open_store(home.store).close()
    assert home.store.read_bytes() == before


@pytest.mark.parametrize(
    "change",
    [
        f"PRAGMA user_version = {len(NAMES) + 1}",
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
        " VALUES ('costeer', 'moods_999', 'later')",
    ],
)
def test_a_newer_store_is_refused_and_left_alone(home: Places, change: str) -> None:
    open_store(home.store).close()
    with sqlite3.connect(home.store) as raw:
        raw.execute(change)
    raw.close()
    before = home.store.read_bytes()
    with pytest.raises(StoreError, match="made by a newer costeer") as caught:
        open_store(home.store)
    assert "Update costeer" in (caught.value.hint or "")
    assert home.store.read_bytes() == before


def test_another_programs_database_is_refused_and_left_alone(home: Places) -> None:
    home.data.mkdir(parents=True)
    with sqlite3.connect(home.store) as raw:
        raw.execute("CREATE TABLE songs (name)")
    raw.close()
    before = home.store.read_bytes()
    with pytest.raises(StoreError, match="not a costeer store"):
        open_store(home.store)
    assert home.store.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_kept(home: Places) -> None:
    home.data.mkdir(parents=True)
    home.store.write_bytes(b"Dear diary, " * 100)
    with pytest.raises(StoreError, match="not a costeer store") as caught:
        open_store(home.store)
    assert caught.value.hint
    assert home.store.read_bytes() == b"Dear diary, " * 100


def test_a_damaged_store_is_one_line_and_a_hint(home: Places) -> None:
    with open_store(home.store) as store:
        store.documents.add([Document(text=f"text number {n} " * 40) for n in range(200)])
    content = bytearray(home.store.read_bytes())
    content[4096 * 2 :] = b"\xff" * (len(content) - 4096 * 2)
    home.store.write_bytes(content)
    with pytest.raises(StoreError) as caught, open_store(home.store) as store:
        list(store.documents.export())
    assert "damaged" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "backup" in (caught.value.hint or "")


def test_a_file_where_the_folder_should_be(home: Places) -> None:
    home.data.parent.mkdir(parents=True)
    home.data.write_text("in the way")
    with pytest.raises(StoreError, match="Cannot make the folder"):
        open_store(home.store)


def test_a_folder_where_the_file_should_be(home: Places) -> None:
    home.store.mkdir(parents=True)
    with pytest.raises(StoreError, match="Cannot open the store"):
        open_store(home.store)


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS, errno.ENOSPC])
def test_a_place_that_cannot_be_written(
    home: Places, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(*_: object) -> int:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("costeer_cli.store.database.os.open", refuse)
    with pytest.raises(StoreError, match=os.strerror(code)) as caught:
        open_store(home.store)
    assert "COSTEER_HOME" in (caught.value.hint or "")


def test_full_disk_changes_nothing(store: Store) -> None:
    pages = pragma(store, "page_count")
    store.documents._connection.db.conn.execute(f"PRAGMA max_page_count = {pages}").fetchall()
    many = [Document(text=f"number {n} " * 500) for n in range(50)]
    with pytest.raises(StoreError, match="disk is full"):
        store.documents.add(many)
    assert store.documents.count() == 0


def test_a_locked_store_says_so_after_the_timeout(home: Places) -> None:
    open_store(home.store).close()
    other = sqlite3.connect(home.store, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with open_store(home.store, timeout=0.05) as store:
        with pytest.raises(StoreError, match="in use by another program"):
            store.documents.add([Document(text="later")])
        other.execute("ROLLBACK")
        assert store.documents.add([Document(text="later")]).added == 1
    other.close()


def test_atomic_takes_back_every_repository(store: Store) -> None:
    def half_a_job() -> None:
        with store.atomic():
            store.documents.add([Document(text="one of several")])
            store.profiles.put("mara", "name = 'mara'")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_a_job()
    assert store.documents.count() == 0
    assert store.profiles.list() == []


def test_an_inner_failure_leaves_the_outer_block_whole(store: Store) -> None:
    def inner() -> None:
        with store.atomic():
            store.documents.add([Document(text="the inner one")])
            raise ZeroDivisionError

    with store.atomic():
        store.documents.add([Document(text="the outer one")])
        with pytest.raises(ZeroDivisionError):
            inner()
    assert [d.text for d in store.documents.export()] == ["the outer one"]


def test_memory_stores_are_apart() -> None:
    with open_memory() as one, open_memory() as other:
        one.documents.add([Document(text="only in one")])
        assert (one.documents.count(), other.documents.count()) == (1, 0)


def test_first_runs_at_the_same_time_all_succeed(home: Places) -> None:
    code = (
        "import sys\n"
        "from costeer_cli.store.database import open_default\n"
        "from costeer_cli.store.documents import Document\n"
        "with open_default(60) as s: s.documents.add([Document(text='run ' + sys.argv[1])])\n"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", code, str(n)], stderr=subprocess.PIPE)
        for n in range(4)
    ]
    errors = [run.communicate()[1] for run in runs]
    assert [run.returncode for run in runs] == [0] * 4, errors
    with open_default() as store:
        assert store.documents.count() == 4
