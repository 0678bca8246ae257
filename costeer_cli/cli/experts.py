"""`costeer model` for experts: showing, exporting, importing and deleting them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from costeer_cli.cli.common import confirm, note
from costeer_cli.cli.opening import model_name, open_default, open_model
from costeer_cli.cli.progress import spinner
from costeer_cli.errors import BadInputError, UnknownNameError
from costeer_cli.files import write_private
from costeer_cli.settings import places

if TYPE_CHECKING:
    from costeer_cli.store.database import Store
    from costeer_cli.store.experts import ExpertRecord

_PRIVATE = (
    "An expert is private data: whoever has it can find out some of what you wrote, and writes "
    "as you do. Give it to nobody you would not give the texts to."
)

Profile = Annotated[
    str | None,
    typer.Argument(help="Whose expert; left out, that of the history without a profile."),
]
Model = Annotated[str | None, typer.Option(help="The local model it was trained on.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def export(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    profile: Profile = None,
    model: Model = None,
    yes: Yes = False,
) -> None:
    """Write the expert of a profile to a file, for another machine of yours."""
    with open_default() as store:
        record = _expert(store, profile, model)
        content = store.experts.read(record)
    note(_PRIVATE)
    if not confirm(f"Write it to {file}?", yes):
        note("Nothing was written.")
        raise typer.Exit(1)
    write_private(file, content)
    note(f"Wrote {len(content) / 1e6:.0f} MB to {file}, for you alone to read.")


def import_(
    file: Annotated[Path, typer.Argument(help="A file that `costeer model export` wrote.")],
    profile: Profile = None,
    model: Model = None,
    yes: Yes = False,
) -> None:
    """Take an expert from a file, for a profile.

    Which texts it learned from is not known here, so forgetting one does not reach it.
    """
    from costeer_cli.experts.expert import adopted
    from costeer_cli.personal.library import Library

    try:
        content = file.read_bytes()
    except OSError as error:
        raise BadInputError(f"Cannot read {file}: {error.strerror}.") from error
    with open_default() as store:
        if profile is not None:
            Library(store).get(profile)
        local = open_model(model)
        note("Forgetting a text does not reach an expert that was imported.")
        if store.experts.find(profile or "", local.name) is not None and not confirm(
            "It takes the place of the expert that is there. Go on?", yes
        ):
            note("Nothing was changed.")
            raise typer.Exit(1)
        adopted(content, profile or "", local, store)
    note(f"{_whose(profile or '')} is steered with it from now on.")


def merge(
    others: Annotated[
        list[str], typer.Argument(metavar="OTHER...", help="Profiles whose experts come in.")
    ],
    profile: Annotated[str, typer.Option("--profile", "-p", help="Whose expert becomes it.")],
    model: Model = None,
    yes: Yes = False,
) -> None:
    """Merge experts of other profiles into that of one, by as much as suits its own texts.

    Only what was learned is shared, no text. Forgetting a text of any of them reaches it.
    """
    from costeer_cli.cli.training import course_of
    from costeer_cli.experts import merging
    from costeer_cli.personal.library import Library

    with open_default() as store:
        library = Library(store)
        person, rest = library.get(profile), [library.get(name) for name in others]
        local = open_model(model)
        note(f"What {', '.join(others)} wrote may then show in texts of {profile}.")
        if not confirm(f"Merge them into the expert of {profile}?", yes):
            note("Nothing was merged.")
            raise typer.Exit(1)
        held = course_of(store, person, local, seed=0).held
        with spinner("Trying weights") as tell:
            record = merging.merge(
                store, person, rest, local, held, lambda tried: tell(f"Trying weights, {tried}")
            )
    shares = ", ".join(f"{name} {w:.2f}" for name, w in record.settings["merged"].items())
    scores = record.scores["held"]
    note(
        f"Merged: {shares}. Texts held out: {scores['before']:.3f} to {scores['after']:.3f} nats "
        "per token."
    )


def delete(profile: Profile = None, model: Model = None, yes: Yes = False) -> None:
    """Delete the expert of a profile for good."""
    with open_default() as store:
        record = _expert(store, profile, model)
        if not confirm("Delete that expert for good?", yes):
            note("Nothing was deleted.")
            raise typer.Exit(1)
        store.experts.delete(record.id)
    note("Deleted it.")


def kept() -> list[ExpertRecord]:
    """Every expert, without opening a store where there was never one."""
    if not (places().store.parent / "experts").is_dir():
        return []
    with open_default() as store:
        return store.experts.list()


def entry(record: ExpertRecord) -> dict[str, Any]:
    """An expert as JSON has it."""
    return {
        "id": record.id,
        "profile": record.profile or None,
        "model": record.model,
        "state": record.state,
        "created_at": record.created_at,
        "documents": record.texts,
        "settings": record.settings,
        "scores": record.scores,
    }


def row(record: ExpertRecord) -> list[str]:
    """An expert in a table."""
    held = record.scores.get("held")
    gain = f"{held['before']:.2f} to {held['after']:.2f} nats" if held else ""
    state = {
        "fresh": gain,
        "stale": "a text was forgotten; costeer train",
        "training": "unfinished; costeer train",
    }[record.state]
    return ["", f"expert: {_whose(record.profile)}", record.model, state]


def _whose(profile: str) -> str:
    return profile or "no profile"


def _expert(store: Store, profile: str | None, model: str | None) -> ExpertRecord:
    record = store.experts.find(profile or "", model_name(model))
    if record is None:
        raise UnknownNameError(
            f"There is no expert of {_whose(profile or '')} on {model_name(model)}.",
            hint="See what there is with: costeer model list",
        )
    return record
