"""One SQLite connection: transactions, threads, and SQLite's complaints as `StoreError`."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from costeer_cli.errors import StoreError

if TYPE_CHECKING:
    from sqlite_utils import Database

Row = dict[str, Any]
Values = Sequence[Any] | dict[str, Any]

_CHUNK = 256  # rows fetched at once, so that a long export holds the lock only briefly


class Connection:
    """What the repositories speak to; safe to share between threads.

    Args:
        db: an open sqlite-utils database (`check_same_thread` off).
        path: the file, for messages only.
    """

    def __init__(self, db: Database, path: Path) -> None:
        self.db = db
        self.path = path
        self._lock = threading.RLock()

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """All writes inside happen, or none; nested blocks join the outer one as savepoints.

        Raises:
            StoreError: locked by another program, full, read-only or damaged; nothing was changed.
        """
        with self._lock, translated(self.path):
            if self.db.conn.in_transaction:
                with self.db.atomic():
                    yield
                return
            # IMMEDIATE: a deferred transaction that reads first and writes later fails at once,
            # without waiting, when another process wrote in between.
            self.db.conn.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.db.conn.execute("COMMIT")
            except BaseException:
                self.db.rollback()
                raise

    @property
    def in_transaction(self) -> bool:
        """Whether an `atomic` block is open."""
        return self.db.conn.in_transaction

    def execute(self, sql: str, values: Values = ()) -> int:
        """Run one statement; return how many rows it changed. Commits outside `atomic`."""
        with self._lock, translated(self.path):
            return self.db.execute(sql, values).rowcount

    def executemany(self, sql: str, rows: Iterable[Values]) -> None:
        """Run one statement for each of `rows`, in one transaction."""
        with self.atomic():
            self.db.conn.executemany(sql, rows)

    def insert(self, sql: str, values: Values = ()) -> int:
        """Run one INSERT; return the new row's id."""
        with self._lock, translated(self.path):
            return int(self.db.execute(sql, values).lastrowid or 0)

    def rows(self, sql: str, values: Values = ()) -> Iterator[Row]:
        """Rows as dicts, a chunk at a time."""
        with self._lock, translated(self.path):
            cursor = self.db.conn.execute(sql, values)
            names = [column[0] for column in cursor.description]
        while True:
            with self._lock, translated(self.path):
                chunk = cursor.fetchmany(_CHUNK)
            if not chunk:
                return
            for values_of_row in chunk:
                yield dict(zip(names, values_of_row, strict=True))

    def column(self, sql: str, values: Values = ()) -> list[Any]:
        """The first column of every row at once; a tenth of the time of `rows`."""
        with self._lock, translated(self.path):
            return [row[0] for row in self.db.conn.execute(sql, values).fetchall()]

    def row(self, sql: str, values: Values = ()) -> Row | None:
        """The first row, or None."""
        with self._lock, translated(self.path):
            cursor = self.db.conn.execute(sql, values)
            found = cursor.fetchone()
            cursor.close()  # an unfinished SELECT would forbid VACUUM
        if found is None:
            return None
        return dict(zip((column[0] for column in cursor.description), found, strict=True))

    def scalar(self, sql: str, values: Values = ()) -> Any:
        """The first column of the first row, or None."""
        row = self.row(sql, values)
        return next(iter(row.values())) if row else None

    def wipe_traces(self) -> None:
        """Rewrite the file so that deleted text is in no free page, not in the WAL, in no older
        copy of the store, and in nothing that was trained on it.

        A no-op inside `atomic`; call it after the block.

        Raises:
            StoreError: locked, full, or read by another program; what was deleted stays deleted.
        """
        from costeer_cli.store.backup import remove_backups  # noqa: PLC0415  (it needs this module)
        from costeer_cli.store.experts import remove_stale  # noqa: PLC0415  (so does this)

        if self.in_transaction:
            return
        remove_stale(self)
        try:
            with self._lock, translated(self.path), self.db.ensure_autocommit_on():
                self.db.conn.execute("VACUUM")
                done = self.db.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            busy = bool(done[0])  # a reader keeps its view of the WAL, which cannot shrink then
        except StoreError as error:
            raise _left_behind(self.path) from error
        if busy:
            raise _left_behind(self.path)
        remove_backups(self.path)


def _left_behind(path: Path) -> StoreError:
    return StoreError(
        f"Deleted, but traces of it may remain in {path}.",
        hint="Free some space, close other costeer programs; the next deletion wipes it.",
    )


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite raises about the file into a `StoreError`; a misuse stays as it is."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.DatabaseError as error:
        raise store_error(path, error) from error


@contextmanager
def as_written(path: Path) -> Iterator[None]:
    """Turn what comes of a row that is not as it was written into a `StoreError`."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise StoreError(
            f"The store {path} holds something that no costeer wrote there.",
            hint="Another program changed it: put a backup in its place.",
        ) from error


_COMPLAINTS = {
    "SQLITE_BUSY": ("is in use by another program", "Wait until it is done, then try again."),
    "SQLITE_LOCKED": ("is in use by another program", "Wait until it is done, then try again."),
    "SQLITE_FULL": ("cannot grow: the disk is full", "Free some space; nothing was changed."),
    "SQLITE_READONLY": ("cannot be written", "Mend its permissions and those of its folder."),
    "SQLITE_PERM": ("cannot be opened", "Mend its permissions and those of its folder."),
    "SQLITE_CANTOPEN": ("cannot be opened", "Mend its permissions and those of its folder."),
    "SQLITE_IOERR": ("cannot be read or written", "Check the disk and its free space."),
    "SQLITE_NOTADB": (
        "is not a costeer store",
        "Put a backup in its place, or move it away; costeer then starts a new one.",
    ),
    "SQLITE_CORRUPT": (
        "is damaged",
        "Put a backup in its place, or move it away; costeer then starts a new one.",
    ),
}


def store_error(path: Path, error: sqlite3.DatabaseError) -> StoreError:
    """The `StoreError` for one of SQLite's; its own text is left out, as it may quote values."""
    name: str = getattr(error, "sqlite_errorname", "") or ""
    if "fts5" in str(error) and "no such module" in str(error):
        return StoreError(
            "This Python's SQLite has no full-text search (FTS5).",
            hint="Use a Python whose SQLite has FTS5, such as the one from python.org.",
        )
    for start, (what, hint) in _COMPLAINTS.items():
        if name.startswith(start):
            return StoreError(f"The store {path} {what}.", hint=hint)
    return StoreError(
        f"The store {path} failed ({name or type(error).__name__}).",
        hint="If it goes on, move the file away; costeer then starts a new one.",
    )
