"""The standard streams, made fit to use whatever the shell and the locale did to them."""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import sys
from pathlib import Path


def prepare() -> None:
    """See to it that every stream is there and that no character can make stdout fail.

    A stream that the shell closed becomes the null device, so that no file that is opened later
    takes its number. An ASCII stdout is taken for a missing locale and gets UTF-8, as typer's own
    output does; another encoding stays and writes `?` for what it lacks.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115
    if isinstance(sys.stdout, io.TextIOWrapper):
        ascii_only = codecs.lookup(sys.stdout.encoding).name == "ascii"
        sys.stdout.reconfigure(encoding="utf-8" if ascii_only else None, errors="replace")


def give_up_on_stdout() -> None:
    """Flush stdout; where that fails, let go of it, so that the exit code stays what it is."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
        return
    sys.stdout = io.StringIO()
