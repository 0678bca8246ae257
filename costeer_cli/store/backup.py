"""A copy of the store as it was before it is brought up to date."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from costeer_cli.errors import StoreError
from costeer_cli.store.connection import translated


def back_up(path: Path, version: int) -> Path:
    """Copy the store at `path`, as last committed, to a private file beside it.

    Args:
        version: how many migrations it has had; the copy is named by it and by the day.

    Raises:
        StoreError: no space or no permission; nothing was changed.
    """
    day = datetime.now(UTC).date().isoformat()
    kept = path.with_name(f"{path.stem}.v{version}.{day}.backup")
    scratch: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{kept.name}.")  # 0600
        os.close(handle)
        scratch = Path(name)
        with translated(scratch):
            _copy(path, scratch)
        with scratch.open("rb+") as file:
            os.fsync(file.fileno())
        scratch.replace(kept)
    except (OSError, StoreError) as error:
        if scratch is not None:
            scratch.unlink(missing_ok=True)
        why = error.strerror if isinstance(error, OSError) else error
        raise StoreError(
            f"The store cannot be updated, as it cannot be copied first: {why}",
            hint="Free some space or mend the permissions; nothing was changed.",
        ) from error
    return kept


def backups(path: Path) -> list[Path]:
    """The copies beside the store at `path`, also unfinished ones, by name."""
    whole, unfinished = f"{path.stem}.v*.backup", f".{path.stem}.v*.backup.*"
    return sorted([*path.parent.glob(whole), *path.parent.glob(unfinished)])


def remove_backups(path: Path, but: Path | None = None) -> None:
    """Delete the copies beside the store at `path`, but for one.

    Raises:
        StoreError: one of them cannot be deleted.
    """
    for copy in backups(path):
        try:
            if copy != but:
                copy.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(
                f"The old copy {copy} cannot be deleted: {error.strerror}.",
                hint="Delete it by hand.",
            ) from error


def _copy(path: Path, target: Path) -> None:
    source = sqlite3.connect(path, timeout=5.0)
    try:
        copy = sqlite3.connect(target, isolation_level=None)
        try:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE").fetchall()  # one file, without a -wal
        finally:
            copy.close()
    finally:
        source.close()
