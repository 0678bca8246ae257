"""`costeer history export` and `costeer profile export`: everything, as it can be read back."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal

import typer

from costeer_cli.cli import filters
from costeer_cli.cli.common import counted, note
from costeer_cli.cli.opening import open_default
from costeer_cli.errors import StoreError, UsageError
from costeer_cli.files import private_folder, replacing, write_private
from costeer_cli.personal.library import Library
from costeer_cli.store.document import Document

Format = Literal["jsonl", "markdown"]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write here, not to stdout; - is stdout.")
]
_SLUG = re.compile(r"[^\w]+")


def history(
    format: Annotated[
        Format, typer.Option("--format", help="One file of lines, or a folder of notes.")
    ] = "jsonl",
    output: Output = None,
    source: filters.Sources = None,
    tag: filters.Labels = None,
    kind: filters.Kinds = None,
    after: filters.After = "",
    before: filters.Before = "",
    query: filters.Query = "",
    profile: filters.Bound = None,
) -> None:
    """Print every text as JSONL, or write each as a Markdown note into a folder (-o FOLDER).

    `costeer history import` reads both back as they were.
    """
    chosen = filters.selection(None, source, tag, kind, after, before, query, profile)
    to_stdout = output is None or str(output) == "-"
    if format == "markdown" and to_stdout:
        raise UsageError("Notes need a folder.", hint="Say where: --format markdown -o FOLDER")
    with open_default() as store:
        documents = store.documents.export(chosen)
        if output is None or to_stdout:
            for document in documents:
                typer.echo(_line(document), nl=False)
            return
        write = _notes if format == "markdown" else _lines
        written = write(documents, output.absolute())
    note(f"Wrote {counted(written, 'text')} to {output}.")


def profiles(
    name: Annotated[str | None, typer.Argument(help="The profile's name.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All of your own.")] = False,
    output: Output = None,
) -> None:
    """Print a profile as TOML, or write all of yours into a folder (--all -o FOLDER).

    `costeer profile create NAME --from FILE.toml` reads one back. The texts that are bound to a
    profile are exported by `costeer history export`.
    """
    if (name is None) is not every:
        raise UsageError("Name a profile, or say --all.", hint="costeer profile export NAME")
    to_stdout = output is None or str(output) == "-"
    if every and to_stdout:
        raise UsageError("Several profiles need a folder.", hint="Say where: --all -o FOLDER")
    with open_default() as store:
        library = Library(store)
        if name is not None:
            toml = library.toml(name).encode()
            if output is None or to_stdout:
                typer.echo(toml, nl=False)
                return
            write_private(output.absolute(), toml)
        else:
            assert output is not None
            own = sorted(library.own())
            with _fresh_folder(output.absolute()) as folder:
                for each in own:
                    write_private(folder / f"{each}.toml", library.toml(each).encode())
    note(f"Wrote {name or counted(len(own), 'profile')} to {output}.")


def _lines(documents: Iterator[Document], path: Path) -> int:
    """Write a file of lines, whole or not at all, without holding it in memory."""
    written = 0
    with replacing(path) as file:
        for document in documents:
            file.write(_line(document))
            written += 1
    return written


def _line(document: Document) -> bytes:
    from costeer_cli.importers.jsonl import to_line

    return (to_line(document) + "\n").encode()


def _notes(documents: Iterator[Document], path: Path) -> int:
    """Write a folder of notes, whole or not at all."""
    from costeer_cli.importers.exported import to_markdown

    written = 0
    with _fresh_folder(path) as folder, _refusals(path):
        for document in documents:
            handle = os.open(folder / _name(document), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(to_markdown(document).encode())
            written += 1
    return written


def _name(document: Document) -> str:
    day = document.created_at[:10] or "undated"
    slug = _SLUG.sub("-", document.title.lower()).strip("-")[:40].strip("-") or "text"
    return f"{day}-{slug}-{document.id}.md"


@contextmanager
def _fresh_folder(path: Path) -> Iterator[Path]:
    """A folder that becomes `path` at the end; nothing of it is left where something fails.

    Raises:
        UsageError: there is something at `path` already.
        StoreError: it cannot be made.
    """
    private_folder(path.parent)
    with _refusals(path):
        if path.exists() and not (path.is_dir() and not any(path.iterdir())):
            raise UsageError(f"There is something in {path} already.", hint="Name a new folder.")
        scratch = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}."))
    try:
        yield scratch
        with _refusals(path):
            if path.exists():
                path.rmdir()
            scratch.replace(path)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


@contextmanager
def _refusals(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"Cannot write {path}: {error.strerror}.",
            hint="Free some space or mend the permissions; nothing was written.",
        ) from error
