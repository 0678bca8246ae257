"""`costeer history me`: what the person goes by, so that importers take their own words only."""

from __future__ import annotations

from typing import Annotated

import typer

from costeer_cli.cli.common import counted, note, print_json
from costeer_cli.cli.opening import open_default
from costeer_cli.errors import BadInputError

app = typer.Typer(
    help="Who you are in what you import: names, mail addresses, handles. Stays on this machine.",
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_show_locals=False,
)

Values = Annotated[
    list[str], typer.Argument(metavar="TEXT...", help="A name, a mail address, a handle, an id.")
]


@app.command()
def add(values: Values) -> None:
    """Say what you go by."""
    from costeer_cli.importers.identity import comparable

    if not all(comparable(value) for value in values):
        raise BadInputError("An empty name is nobody's.")
    with open_default() as store:
        added = store.identity.add(values)
    note(f"Added {counted(added, 'name')}.")


@app.command("list")
def list_(json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Print what you go by."""
    with open_default() as store:
        values = store.identity.list()
    if json:
        print_json({"me": values})
        return
    for value in values:
        typer.echo(value)
    if not values:
        note('Nothing yet. Say: costeer history me add "YOUR NAME" you@example.org')


@app.command()
def remove(values: Values) -> None:
    """Forget what you no longer go by."""
    with open_default() as store:
        store.identity.remove(values)
    note(f"Removed {counted(len(set(values)), 'name')}.")
