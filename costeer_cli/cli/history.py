"""`costeer history`: what the person wrote before, kept on this machine."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from costeer_cli.cli import exporting, filters, forgetting, importing, me
from costeer_cli.cli.common import (
    is_interactive,
    note,
    one_line,
    one_title,
    print_json,
    print_rows,
)
from costeer_cli.cli.opening import open_default
from costeer_cli.errors import BadInputError
from costeer_cli.personal.library import Library
from costeer_cli.store.document import Document, fields_of, tidy

app = typer.Typer(
    help="What you wrote before: add it, search it, forget it. It never leaves this machine.",
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_show_locals=False,
)

app.command("import")(importing.import_)
app.command("export")(exporting.history)
app.command("forget")(forgetting.forget)
app.command("delete", hidden=True)(forgetting.delete)
app.add_typer(me.app, name="me")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="The most to print.")]


@app.command()
def add(
    text: Annotated[
        str | None, typer.Argument(help="The text; - or nothing reads standard input.")
    ] = None,
    title: Annotated[str, typer.Option(help="Its title.")] = "",
    kind: Annotated[str, typer.Option(help="What it is: email, note, post, ...")] = "",
    prompt: Annotated[str, typer.Option(help="What was asked for.")] = "",
    profile: importing.Bound = None,
    tag: importing.Tags = None,
) -> None:
    """Add one text."""
    document = Document(
        text=tidy(_from_stdin() if text in (None, "-") else str(text)),
        title=title,
        kind=kind,
        prompt=prompt,
        created_at=datetime.now(UTC).isoformat(),
        tags=tuple(tag or ()),
        profile=profile,
    )
    if not document.text:
        raise BadInputError("There is no text to add.", hint='Say: costeer history add "..."')
    with open_default() as store:
        if profile is not None:
            Library(store).origin(profile)
        result = store.documents.add([document])
        number = store.documents.find(document)
    note(f"Added as document {number}." if result.added else f"Document {number} has this text.")


@app.command("list")
def list_(
    json: Json = False,
    limit: Limit = 20,
    source: Annotated[
        str | None,
        typer.Option(help="Only from this source (third column), such as add, mbox or whatsapp."),
    ] = None,
    profile: Annotated[
        str | None, typer.Option("--profile", "-p", help="Only what is bound to this profile.")
    ] = None,
) -> None:
    """List the newest texts."""
    with open_default() as store:
        documents = store.documents.list(limit, source=source, profile=profile)
        total = store.documents.count()
    if json:
        print_json({"documents": [_as_json(document) for document in documents]})
        return
    print_rows([_row(document) for document in documents])
    if not total:
        note("The history is empty. Fill it with: costeer history import FOLDER")
    elif len(documents) < total:
        note(f"{len(documents)} of {total} texts.")


@app.command()
def show(
    document_id: Annotated[int, typer.Argument(metavar="ID", help="The text's number.")],
    json: Json = False,
) -> None:
    """Print one text and what is known about it."""
    with open_default() as store:
        document = store.documents.get(document_id)
    if json:
        print_json({"document": _as_json(document)})
        return
    fields = _as_json(document) | {"tags": ", ".join(document.tags)}
    for name, value in fields.items():
        if value and name not in ("text", "native_id"):
            typer.echo(f"{name}: {one_line(str(value))}")
    typer.echo("\n" + document.text)


@app.command()
def search(
    query: Annotated[list[str], typer.Argument(help="Words; any of them may match.")],
    json: Json = False,
    limit: Limit = 20,
    source: filters.Sources = None,
    tag: filters.Labels = None,
    kind: filters.Kinds = None,
    after: filters.After = "",
    before: filters.Before = "",
    profile: Annotated[
        str | None, typer.Option("--profile", "-p", help="Only what this profile may read.")
    ] = None,
) -> None:
    """Find texts by their words, best first."""
    from costeer_cli.personal.retrieval import scope_of
    from costeer_cli.store.scope import Scope

    only = filters.selection(None, source, tag, kind, after, before)
    with open_default() as store:
        scope = scope_of(Library(store).get(profile)) if profile else Scope()
        scope = scope if only.everything else replace(scope, only=only)
        hits = store.documents.search_in(scope, " ".join(query), limit)
    if json:
        found = [_as_json(hit.document) | {"score": round(hit.score, 4)} for hit in hits]
        print_json({"documents": found})
        return
    print_rows([_row(hit.document) for hit in hits])
    if not hits:
        note("No text has any of these words.")


def _from_stdin() -> str:
    from costeer_cli.importers.reading import NotTextError, decode

    if is_interactive():
        note("Reading the text from the terminal; end it with Ctrl-D.")
    try:
        return decode(sys.stdin.buffer.read())[0]
    except NotTextError as error:
        raise BadInputError(f"Standard input is {error.reason}, not text.") from None


def _row(document: Document) -> list[str]:
    return [str(document.id), document.created_at[:10], document.source, one_title(document)]


def _as_json(document: Document) -> dict[str, Any]:
    head = {"id": document.id, "source": document.source, "native_id": document.native_id}
    return head | fields_of(document) | head
