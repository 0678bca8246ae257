"""Opening the store: a private file, brought up to date, refused when it cannot be trusted."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from costeer_cli.errors import StoreError
from costeer_cli.files import private_folder
from costeer_cli.settings import places
from costeer_cli.store.backup import back_up, remove_backups
from costeer_cli.store.blocks import Blocks
from costeer_cli.store.connection import Connection, translated
from costeer_cli.store.documents import Documents
from costeer_cli.store.drafts import Drafts
from costeer_cli.store.experts import Experts
from costeer_cli.store.forgetting import Forgetting
from costeer_cli.store.identity import IdentityValues
from costeer_cli.store.migrations import NAMES, migrations
from costeer_cli.store.profiles import Profiles
from costeer_cli.store.vault import VaultValues
from costeer_cli.store.wire import Wire

MEMORY = Path(":memory:")
"""Where a store is that has no file."""


class Store:
    """The open store; a context manager that closes it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.documents = Documents(connection)
        self.identity = IdentityValues(connection)
        self.profiles = Profiles(connection)
        self.drafts = Drafts(connection)
        self.experts = Experts(connection)
        self.wire = Wire(connection)
        self.vault = VaultValues(connection)
        self.blocks = Blocks(connection)
        self.forgetting = Forgetting(connection)

    @property
    def path(self) -> Path:
        """The store's file (`:memory:` for one without)."""
        return self._connection.path

    def atomic(self) -> AbstractContextManager[None]:
        """All writes inside happen, or none."""
        return self._connection.atomic()

    def close(self) -> None:
        """Close the file; the store is not usable after."""
        self._connection.db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_default(timeout: float = 5.0) -> Store:
    """This user's store, made where it is missing; see `open_store`."""
    return open_store(places().store, timeout)


def open_store(path: Path, timeout: float = 5.0) -> Store:
    """Open the store at `path`, making it (0600, in a 0700 folder) where it is missing.

    Args:
        path: the SQLite file; its -wal and -shm lie beside it with the same mode.
        timeout: seconds to wait for another program that is writing.

    Raises:
        StoreError: not a store, damaged, made by a newer costeer, locked, full or not writable;
            the file is as it was.
    """
    private_folder(path.parent)
    _make_private(path)
    return _open(str(path), path, timeout)


def open_memory() -> Store:
    """A store that lives and dies with this process, for ranking texts together."""
    return _open(str(MEMORY), MEMORY, 0)


def _make_private(path: Path) -> None:
    # Before SQLite opens it: -wal and -shm take the mode of the main file.
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if stat.S_IMODE(os.fstat(handle).st_mode) & 0o077:
                path.chmod(0o600)
        finally:
            os.close(handle)
    except OSError as error:
        raise StoreError(
            f"Cannot open the store {path}: {error.strerror}.",
            hint="Mend its permissions, or set COSTEER_HOME to another place.",
        ) from error


def _open(name: str, path: Path, timeout: float) -> Store:
    with _absent("numpy", "pandas"):
        from sqlite_utils import Database

    with translated(path):
        conn = sqlite3.connect(name, timeout=timeout, check_same_thread=False)
    try:
        with translated(path):
            connection = Connection(Database(conn, execute_plugins=False), path)
            _refuse_strangers(connection)
            _set_up(connection)
            _bring_up_to_date(connection)
    except BaseException:
        conn.close()
        raise
    return Store(connection)


@contextmanager
def _absent(*names: str) -> Iterator[None]:
    """Imports inside do not find these modules, where nothing has imported them before.

    sqlite-utils imports both wherever it finds them, for column types that no store of ours has;
    that takes longer than all the rest of a short command.
    """
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]


def _refuse_strangers(connection: Connection) -> None:
    """Before anything is written: is it ours, and do we know all that was done to it?"""
    applied = {step.name for step in migrations().applied(connection.db)}
    if applied - NAMES or connection.scalar("PRAGMA user_version") > len(NAMES):
        raise StoreError(
            f"The store {connection.path} was made by a newer costeer.",
            hint="Update costeer, or set COSTEER_HOME to another place.",
        )
    if connection.db.table_names() and not applied:
        raise StoreError(
            f"The store {connection.path} is not a costeer store.",
            hint="Move it away; costeer then starts a new one.",
        )


def _set_up(connection: Connection) -> None:
    run = connection.db.conn.execute
    if connection.scalar("PRAGMA journal_mode") == "delete":
        run("PRAGMA journal_mode = WAL").fetchall()
    run("PRAGMA synchronous = NORMAL")
    run("PRAGMA foreign_keys = ON")
    run("PRAGMA secure_delete = ON").fetchall()
    run("PRAGMA cache_size = -32768")  # KiB; a large import writes all over its indexes
    run("PRAGMA temp_store = MEMORY")  # VACUUM and sorts leave nothing in /tmp


def _bring_up_to_date(connection: Connection) -> None:
    if not migrations().pending(connection.db):
        return
    copy: Path | None = None
    with connection.atomic():  # looks again inside, as two first runs may meet here
        if migrations().applied(connection.db) and migrations().pending(connection.db):
            copy = back_up(connection.path, connection.scalar("PRAGMA user_version"))
            sys.stderr.write(f"Updating the store; a copy of it as it was is kept in {copy}\n")
        migrations().apply(connection.db)
        connection.db.conn.execute(f"PRAGMA user_version = {len(NAMES)}")
    if copy is not None:
        remove_backups(connection.path, but=copy)
