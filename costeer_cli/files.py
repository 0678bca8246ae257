"""Files nobody else may read: folders 0700, files 0600, every change whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

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


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A new file, mode 0600, that takes the place of `path` where the block ends well.

    Readers see the old file or the whole new one. Where the block fails, whatever it is, the old
    one is untouched and nothing else is left.

    Raises:
        StoreError: no space or no permission.
    """
    private_folder(path.parent)
    scratch: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        scratch = Path(name)
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
    except OSError as error:
        raise StoreError(
            f"Cannot write {path}: {error.strerror}.",
            hint="Free some space or mend the permissions; nothing was changed.",
        ) from error
    finally:
        if scratch:
            scratch.unlink(missing_ok=True)


def write_private(path: Path, content: bytes) -> None:
    """Replace `path` by `content`; see `replacing`."""
    with replacing(path) as file:
        file.write(content)
