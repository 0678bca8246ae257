"""`costeer model`: the local models."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from costeer_cli.cli import experts
from costeer_cli.cli.common import note, print_json, print_rows
from costeer_cli.cli.opening import model_name
from costeer_cli.cli.progress import bar
from costeer_cli.errors import UsageError
from costeer_cli.models.catalogue import CATALOGUE, DEFAULT_MODEL, Reference, parse_reference
from costeer_cli.models.shelf import Kept, Shelf
from costeer_cli.settings import Config, places

app = typer.Typer(
    help="The model on this machine, which reads your profile and history.",
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_show_locals=False,
)

app.command()(experts.export)
app.command("import")(experts.import_)
app.command()(experts.merge)
app.command()(experts.delete)

Name = Annotated[
    str, typer.Argument(help="A catalogue name, an owner/name, a folder or a .gguf file.")
]


@app.command("list")
def list_(json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the models, of the catalogue and kept here, and your experts; * marks the one in use."""
    used = model_name()
    kept = {model.reference: model for model in Shelf(places().models).kept()}
    entries = [_entry(name, kept.get(name), used) for name in {**CATALOGUE, **kept, used: None}]
    trained = experts.kept()
    if json:
        print_json({"models": entries, "experts": [experts.entry(record) for record in trained]})
        return
    print_rows(
        [
            [
                "*" if entry["default"] else " ",
                entry["name"],
                _size(entry),
                entry["title"],
            ]
            for entry in entries
        ]
        + [experts.row(record) for record in trained]
    )


@app.command()
def pull(
    reference: Name = DEFAULT_MODEL,
    force: Annotated[bool, typer.Option("--force", help="Fetch it again.")] = False,
) -> None:
    """Fetch, verify and convert a model; afterwards it works offline."""
    with bar() as progress:
        folder = Shelf(places().models).pull(_from_anywhere(reference), progress, force=force)
    note(f"{reference} is ready in {folder}.")


@app.command()
def use(reference: Name) -> None:
    """Use this model from now on; it is fetched first where it is not here."""
    chosen = _from_anywhere(reference)
    with bar() as progress:
        Shelf(places().models).pull(chosen, progress)
    Config(places().config).set("model", None if reference == DEFAULT_MODEL else chosen.value)
    note(f"{reference} is now the local model.")


@app.command()
def path(reference: Annotated[str | None, typer.Argument(help="One model.")] = None) -> None:
    """Print where models are kept, or the folder of one."""
    shelf = Shelf(places().models)
    if reference is None:
        typer.echo(shelf.root)
        return
    folder = shelf.find(parse_reference(reference))
    if folder is None:
        raise _not_kept(reference)
    typer.echo(folder)


def _from_anywhere(name: str) -> Reference:
    """What `name` means, the same in whatever folder a later command runs."""
    reference = parse_reference(name)
    if reference.kind in ("folder", "gguf"):
        return replace(reference, value=str(reference.path.absolute()))
    return reference


def _entry(name: str, kept: Kept | None, used: str) -> dict[str, Any]:
    known = CATALOGUE.get(name)
    folder = kept.folder if kept else _own_folder(name)
    return {
        "name": name,
        "title": f"{known.title}, {known.licence}" if known else "",
        "kept": folder is not None,
        "megabytes": round(kept.size / 1e6) if kept else None,
        "path": str(folder) if folder else None,
        "default": name == used,
    }


def _own_folder(name: str) -> Path | None:
    """The folder, where `name` is one that was never on the shelf and need not be."""
    try:
        reference = parse_reference(name)
    except UsageError:  # the settings may name what is gone; the list says it is not fetched
        return None
    return reference.path if reference.kind == "folder" else None


def _size(entry: dict[str, Any]) -> str:
    if not entry["kept"]:
        return "not fetched"
    return f"{entry['megabytes']} MB" if entry["megabytes"] is not None else "a folder"


def _not_kept(reference: str) -> Exception:
    from costeer_cli.errors import ModelUnavailableError

    return ModelUnavailableError(
        f"{reference} is not on this machine.",
        hint=f"Fetch it with: costeer model pull {reference}",
    )
