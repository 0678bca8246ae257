"""The person's own editor on a private file that outlives a mistake."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

from costeer_cli.errors import BadInputError, UsageError
from costeer_cli.files import write_private


def edit_text(text: str, file: Path, environ: Mapping[str, str] = os.environ) -> str:
    """Open `text` in $VISUAL or $EDITOR and return what it became.

    `file` (0600) is where it is edited; one left over from last time is gone on with, and it is
    left where it is, for the caller to remove when its text is stored.

    Raises:
        UsageError: no editor is set, or it cannot be started, or it ended with an error.
        BadInputError: what it saved is not UTF-8.
    """
    command = _editor(environ)
    if not file.exists():
        write_private(file, text.encode())
    try:
        done = subprocess.run([*command, str(file)], check=False)  # noqa: S603  (theirs to choose)
    except OSError as error:
        raise UsageError(
            f"The editor {command[0]} cannot be started: {error.strerror}.",
            hint="Set VISUAL or EDITOR to one that is installed.",
        ) from error
    if done.returncode:
        raise UsageError(
            f"The editor ended with an error ({done.returncode}); nothing was changed.",
            hint=f"What it saved is in {file}.",
        )
    try:
        return file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError(f"{file} cannot be read as UTF-8.", hint="Save it as UTF-8.") from error


def _editor(environ: Mapping[str, str]) -> list[str]:
    said = environ.get("VISUAL") or environ.get("EDITOR") or ""
    try:
        command = shlex.split(said)
    except ValueError:
        command = []
    if not command:
        raise UsageError(
            "No editor is set.", hint="Set one, for instance: export EDITOR=nano; then try again."
        )
    return command
