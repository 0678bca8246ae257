"""An older store is copied before it is changed."""

from __future__ import annotations

import os
import sqlite3
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlite_utils import Database

from costeer_cli.errors import StoreError
from costeer_cli.settings import Places
from costeer_cli.store import backup
from costeer_cli.store import migrations as schema
from costeer_cli.store.backup import back_up, backups, remove_backups
from costeer_cli.store.database import open_default, open_store
from costeer_cli.store.document import Document

OLD = 3  # migrations that the older store has had


@pytest.fixture
def older(home: Places) -> Path:
    """A store of some time ago, with one text in it."""
    home.data.mkdir(parents=True, mode=0o700)
    raw = Database(home.store)
    schema.migrations().apply(raw, stop_before=schema.STEPS[OLD].__name__)
    raw.conn.execute(f"PRAGMA user_version = {OLD}")
    columns = [name for name in raw["documents"].columns_dict if name != "id"]
    raw["documents"].insert(dict.fromkeys(columns, "x") | {"tags": "[]", "text": "of old"})
    raw.close()
    return home.store


def texts(path: Path) -> list[str]:
    raw = sqlite3.connect(path)
    found = [row[0] for row in raw.execute("SELECT text FROM documents")]
    raw.close()
    return found


def today() -> str:
    return datetime.now(UTC).date().isoformat()


def test_it_is_kept_beside_the_store_and_said_once(
    older: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    open_default().close()
    (copy,) = backups(older)
    assert copy.name == f"costeer.v{OLD}.{today()}.backup"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    said = capsys.readouterr()
    assert (said.out, str(copy) in said.err, len(said.err.splitlines())) == ("", True, 1)
    open_default().close()
    assert capsys.readouterr().err == ""
    assert backups(older) == [copy]


def test_it_is_the_whole_store_as_it_was(older: Path) -> None:
    open_store(older).close()
    (copy,) = backups(older)
    raw = sqlite3.connect(copy)
    assert raw.execute("PRAGMA user_version").fetchone() == (OLD,)
    assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert raw.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    raw.close()
    assert texts(copy) == ["of old"]
    assert sorted(path.name for path in older.parent.iterdir()) == [older.name, copy.name]


def test_it_can_be_put_back(older: Path) -> None:
    with open_store(older) as store:
        store.documents.add([Document(text="of today")])
    (copy,) = backups(older)
    copy.replace(older)
    with open_store(older) as store:
        assert [document.text for document in store.documents.export()] == ["of old"]


def test_a_new_store_has_nothing_to_keep(home: Places, capsys: pytest.CaptureFixture[str]) -> None:
    open_store(home.store).close()
    assert backups(home.store) == []
    assert capsys.readouterr().err == ""


def test_an_update_that_fails_leaves_both(older: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken_999(db: Database) -> None:
        db.execute("CREATE TABLE documents (x)")

    schema.migrations.cache_clear()
    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, broken_999))
    for _ in range(2):
        with pytest.raises(StoreError):
            open_store(older)
    schema.migrations.cache_clear()
    (copy,) = backups(older)
    assert texts(copy) == texts(older) == ["of old"]


def test_only_the_newest_is_kept(older: Path) -> None:
    stale = [older.with_name("costeer.v1.2020-01-01.backup"), older.with_name("notes.backup")]
    for path in stale:
        path.write_text("old")
    open_store(older).close()
    assert [copy.name for copy in backups(older)] == [f"costeer.v{OLD}.{today()}.backup"]
    assert stale[1].exists()


@pytest.mark.parametrize("step", ["mkstemp", "replace", "copy"])
def test_what_cannot_be_copied_is_not_updated(
    older: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, os.strerror(28))

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    if step == "mkstemp":
        monkeypatch.setattr(backup.tempfile, "mkstemp", refuse)
    elif step == "replace":
        monkeypatch.setattr(Path, "replace", refuse)
    else:
        monkeypatch.setattr(backup, "_copy", full)
    with pytest.raises(StoreError, match="cannot be copied first") as caught:
        open_store(older)
    assert "nothing was changed" in (caught.value.hint or "")
    monkeypatch.undo()
    assert backups(older) == []
    raw = sqlite3.connect(older)
    assert raw.execute("PRAGMA user_version").fetchone() == (OLD,)
    raw.close()


def test_what_another_program_is_writing_is_not_in_it(home: Places) -> None:
    with open_store(home.store) as store:
        store.documents.add([Document(text="committed")])
        with store.atomic():
            store.documents.add([Document(text="not yet")])
            copy = back_up(home.store, 1)
    assert texts(copy) == ["committed"]


def test_removing_them_says_what_cannot_be_removed(
    home: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_store(home.store).close()
    kept, gone = back_up(home.store, 1), back_up(home.store, 2)
    half = home.data / ".costeer.v2.2026-01-01.backup.abc"
    half.write_text("half")
    remove_backups(home.store, but=kept)
    assert backups(home.store) == [kept]
    assert not gone.exists()

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(StoreError, match="cannot be deleted"):
        remove_backups(home.store)
