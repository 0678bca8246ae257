"""What several commands share: asking, JSON, notices and plain tables."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from typing import Any

import typer

from costeer_cli.errors import UsageError
from costeer_cli.store.document import Document, tidy


def print_json(value: Any) -> None:
    """One JSON document on stdout, in UTF-8 whatever the terminal's encoding."""
    typer.echo((json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode(), nl=False)


def note(text: str) -> None:
    """A notice on stderr; stdout is for answers."""
    typer.echo(text, err=True)


def is_interactive() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty()


def confirm(question: str, yes: bool) -> bool:
    """Ask on stderr; `yes` answers for the person.

    Raises:
        UsageError: there is nobody to ask.
    """
    if yes:
        return True
    if not is_interactive():
        raise UsageError(
            "This asks before it goes on, and there is no terminal to ask on.",
            hint="Say --yes to go on without being asked.",
        )
    return typer.confirm(question, err=True)


def counted(number: int, noun: str) -> str:
    """`1 text`, `2 texts`."""
    return f"{number} {noun}" + ("s" if number != 1 else "")


def one_line(text: str) -> str:
    """`text` on one line, without control characters."""
    return " ".join(tidy(text).split())


def print_rows(rows: Sequence[Sequence[str]]) -> None:
    """Aligned columns on stdout; on a terminal the last one is cut to its width."""
    from rich.cells import cell_len, set_cell_size  # 50 ms that --json spares

    cells = [[one_line(cell) for cell in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*cells, strict=True)]
    room = shutil.get_terminal_size().columns - sum(widths[:-1]) - 2 * (len(widths) - 1)
    for row in cells:
        start = [set_cell_size(cell, width) for cell, width in zip(row, widths, strict=False)]
        last = row[-1]
        if sys.stdout.isatty() and cell_len(last) > room:
            last = set_cell_size(last, max(room - 1, 0)).rstrip() + "…"
        typer.echo("  ".join([*start[:-1], last]).rstrip())


def one_title(document: Document) -> str:
    """A document's title, or how it begins, in one line."""
    return one_line(document.title) or one_line(document.text[:200])
