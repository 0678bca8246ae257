"""The `costeer` command: mounts the nouns, and turns every error into two lines and a code."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from costeer_cli import __version__
from costeer_cli.cli import (
    audit,
    context,
    demo,
    doctor,
    draft,
    evaluate,
    history,
    model,
    path,
    profile,
    provider,
    streams,
    train,
    tune,
    vault,
    write,
)
from costeer_cli.errors import CosteerError

app = typer.Typer(
    name="costeer",
    help="Write with a large cloud model in your own voice. Your profile, mail and notes are read "
    "by a small model on this machine only; the cloud sees the prompt and the text, nothing else.",
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
)
app.command()(write.write)
app.command()(demo.demo)
app.add_typer(profile.app, name="profile")
app.add_typer(history.app, name="history")
app.add_typer(vault.app, name="vault")
app.add_typer(draft.app, name="draft")
app.add_typer(model.app, name="model")
app.add_typer(provider.app, name="provider")
app.command()(context.context)
app.command()(evaluate.evaluate)
app.command()(train.train)
app.command()(tune.tune)
app.command()(audit.audit)
app.command()(doctor.doctor)
app.command()(path.path)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"costeer {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option("--version", "-V", help="Print it.", callback=_version, is_eager=True),
    ] = False,
) -> None:
    """Nothing of its own to do."""


def main() -> None:
    """Entry point. An error is what happened and what to do next, on stderr; COSTEER_DEBUG=1
    shows where it came from."""
    streams.prepare()
    try:
        app(prog_name="costeer")
    except (CosteerError, OSError) as error:
        if os.environ.get("COSTEER_DEBUG") == "1":
            raise
        streams.give_up_on_stdout()
        told = error if isinstance(error, CosteerError) else _refused(error)
        typer.echo(f"Error: {told}", err=True)
        if told.hint:
            typer.echo(told.hint, err=True)
        raise SystemExit(told.exit_code) from None


def _refused(error: OSError) -> CosteerError:
    """What the system refused where nothing closer to it knew better, such as a full disk."""
    where = f" ({error.filename})" if error.filename else ""
    return CosteerError(
        f"The system refused: {error.strerror or type(error).__name__}{where}.",
        hint="Free some space or mend the permissions, then try again.",
    )


if __name__ == "__main__":
    main()
