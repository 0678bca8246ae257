"""Files nobody else may read: folders 0700, files 0600, every change whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from costeer_cli.errors import StoreError


def private_folder(path: Path) -> Path:
    """Make `path` (and what is missing above it) with mode 0700; return it.

    Raises:
        StoreError: the folder cannot be made or is not a folder.
    """
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreError(
            f"Cannot make the folder {path}: {error.strerror}.",
            hint="Free some space, mend its permissions, or set COSTEER_HOME to another place.",
        ) from error
    return path


def write_private(path: Path, content: bytes) -> None:
    """Replace `path` by `content`, mode 0600, atomically: readers see the old file or the new.

    Raises:
        StoreError: no space or no permission; the old file is untouched.
    """
    private_folder(path.parent)
    scratch: str | None = None
    try:
        handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(scratch).replace(path)
    except OSError as error:
        if scratch:
            Path(scratch).unlink(missing_ok=True)
        raise StoreError(
            f"Cannot write {path}: {error.strerror}.",
            hint="Free some space or mend the permissions; nothing was changed.",
        ) from error
