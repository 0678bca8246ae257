"""SQLite's complaints, and transactions."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from costeer_cli.store.connection import store_error, translated
from costeer_cli.store.database import Store


def complaint(name: str, text: str = "secret value") -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(text)
    error.sqlite_errorname = name
    return error


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("SQLITE_BUSY_SNAPSHOT", "in use"),
        ("SQLITE_FULL", "full"),
        ("SQLITE_READONLY_DBMOVED", "cannot be written"),
        ("SQLITE_CANTOPEN", "cannot be opened"),
        ("SQLITE_IOERR_WRITE", "cannot be read or written"),
        ("SQLITE_CORRUPT_VTAB", "damaged"),
        ("SQLITE_NOTADB", "not a costeer store"),
        ("SQLITE_TOOBIG", "SQLITE_TOOBIG"),
        ("", "OperationalError"),
    ],
)
def test_each_complaint_is_one_line_with_a_hint_and_no_values(name: str, word: str) -> None:
    error = store_error(Path("/data/costeer.db"), complaint(name))
    assert word in str(error)
    assert "/data/costeer.db" in str(error)
    assert "secret" not in str(error)
    assert "\n" not in str(error)
    assert error.hint


def test_a_sqlite_without_full_text_search_is_named() -> None:
    error = store_error(Path("x"), complaint("SQLITE_ERROR", "no such module: fts5"))
    assert "FTS5" in str(error)


def test_misuse_is_not_dressed_up() -> None:
    with pytest.raises(sqlite3.ProgrammingError), translated(Path("x")):
        raise sqlite3.ProgrammingError("Cannot operate on a closed database.")


def test_many_rows_stream_in_order(store: Store) -> None:
    connection = store.documents._connection
    counted = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999)"
    rows = list(connection.rows(f"{counted} SELECT i FROM n"))
    assert [row["i"] for row in rows] == list(range(1000))
    assert connection.row(f"{counted} SELECT i, 2 * i AS twice FROM n") == {"i": 0, "twice": 0}
    assert connection.scalar("SELECT 1 WHERE 0") is None


def test_many_statements_are_one_transaction(store: Store) -> None:
    connection = store.documents._connection
    connection.execute("CREATE TABLE t (x UNIQUE)")
    with pytest.raises(Exception, match="SQLITE_CONSTRAINT"):
        connection.executemany("INSERT INTO t VALUES (?)", [(1,), (2,), (1,)])
    assert connection.scalar("SELECT count(*) FROM t") == 0
    assert not connection.in_transaction
