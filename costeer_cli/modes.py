"""Modes: nobody else may read what costeer keeps, and what others can read is mended."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from costeer_cli.errors import PrivacyError

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_private(paths: Iterable[Path]) -> list[Path]:
    """See to it that nobody else can read or change these files and folders; links are followed.

    Returns:
        Those that others could read or change, which are now 0600 or 0700. What is missing is
        passed over, and so is all on a system without such modes.

    Raises:
        PrivacyError: others can, and it cannot be mended.
    """
    if os.name != "posix":
        return []
    return [path for path in paths if _mended(path)]


def _mended(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
        if not mode & _OTHERS:
            return False
        path.chmod(0o700 if stat.S_ISDIR(mode) else 0o600)
        if not path.stat().st_mode & _OTHERS:  # some disks keep no modes, and say nothing
            return True
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        pass
    raise PrivacyError(
        f"Others can read {path}, or who can cannot be told, and it cannot be mended.",
        hint="Make it your own, with mode 0700 (a folder) or 0600, on a disk that keeps modes.",
    )
