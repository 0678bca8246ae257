"""`costeer profile`: who writes, and how."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from costeer_cli.cli import exporting, learning
from costeer_cli.cli.common import confirm, counted, note, print_json, print_rows
from costeer_cli.cli.opening import open_default
from costeer_cli.errors import BadInputError, UsageError
from costeer_cli.personal.compose import compose
from costeer_cli.personal.editing import edit_text
from costeer_cli.personal.library import Library
from costeer_cli.personal.profile import Profile, parse_profile
from costeer_cli.settings import Config, places

app = typer.Typer(
    help="Who writes, and how. A profile is read by the model on this machine only.",
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_show_locals=False,
)

app.command("export")(exporting.profiles)

app.command()(learning.learn)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Name = Annotated[str, typer.Argument(help="The profile's name.")]


@app.command("list")
def list_(json: Json = False) -> None:
    """List your profiles and the ready-made ones; * marks the one used by default."""
    default = _config().get("profile")
    with open_default() as store:
        library = Library(store)
        entries = [_entry(library, name, default) for name in library.names()]
    if json:
        print_json({"profiles": entries})
        return
    print_rows(
        [
            ["*" if entry["default"] else " "]
            + [str(entry[key]) for key in ("name", "origin", "kind", "title")]
            for entry in entries
        ]
    )


@app.command()
def show(name: Name, json: Json = False) -> None:
    """Print a profile, as it was written."""
    with open_default() as store:
        library = Library(store)
        if not json:
            typer.echo(library.toml(name).rstrip("\n"))
            return
        shown = _as_json(library.get(name))
        shown |= {"origin": library.origin(name), "documents": store.documents.count(name)}
    print_json({"profile": shown | {"default": name == _config().get("profile")}})


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Its name: a-z, 0-9 and hyphens.")],
    base: Annotated[
        str | None, typer.Option("--from", help="A profile or a .toml file to begin with.")
    ] = None,
    title: Annotated[str, typer.Option(help="One line on who writes.")] = "",
    voice: Annotated[str, typer.Option(help="How they write, in plain words.")] = "",
    fact: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help="A true sentence about them; may be repeated."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace one of that name.")] = False,
) -> None:
    """Make a profile of your own."""
    with open_default() as store:
        library = Library(store)
        if name in library.names() and not force:
            raise UsageError(
                f"There is a profile {name} already ({library.origin(name)}).",
                hint=f"Change it with: costeer profile edit {name}; or replace it with --force.",
            )
        toml, origin = _base(library, base)
        made = compose(name, base=toml, origin=origin, title=title, voice=voice, facts=fact or ())
        store.profiles.put(name, made)
    note(f"Made the profile {name}. Go on with: costeer profile edit {name}")


@app.command()
def edit(name: Name) -> None:
    """Change a profile in your editor ($VISUAL or $EDITOR); of a ready-made one, your own copy."""
    with open_default() as store:
        library = Library(store)
        before, origin = library.toml(name), library.origin(name)
        file = _editing(name)
        if file.exists():
            note("Going on with the text of last time, which was not saved.")
        after = edit_text(before, file)
        if after == before:
            file.unlink()
            note("Nothing was changed.")
            return
        try:
            _check(after, name)
        except BadInputError as error:
            raise BadInputError(
                f"{error} Nothing was saved; your text is kept in {file}",
                hint=f"{error.hint or ''} Mend it with: costeer profile edit {name}".strip(),
            ) from None
        store.profiles.put(name, after)
        file.unlink()
    note(f"Saved {name}." if origin == "yours" else f"Saved {name} as your own copy.")


@app.command()
def use(
    name: Annotated[str | None, typer.Argument(help="The profile's name.")] = None,
    none: Annotated[bool, typer.Option("--none", help="Use no profile by default.")] = False,
) -> None:
    """Set the profile that is used when none is named."""
    if (name is None) is not none:
        raise UsageError("Name a profile, or say --none.", hint="costeer profile use NAME")
    if name is not None:
        with open_default() as store:
            Library(store).get(name)
    _config().set("profile", name)
    note(f"The profile {name} is used by default." if name else "No profile is used by default.")


@app.command()
def delete(name: Name, yes: Yes = False) -> None:
    """Forget one of your profiles and the texts that are bound to it."""
    with open_default() as store:
        library = Library(store)
        if library.origin(name) == "ready-made":
            raise UsageError(f"The profile {name} is ready-made; only your own can be deleted.")
        bound = counted(store.documents.count(name), "text")
        if not confirm(f"Delete the profile {name} and {bound} bound to it for good?", yes):
            note("Nothing was deleted.")
            raise typer.Exit(1)
        _editing(name).unlink(missing_ok=True)
        store.profiles.delete(name)
        if _config().get("profile") == name and name not in library.names():
            _config().set("profile", None)
    note(f"Deleted the profile {name} and {bound}.")


def _config() -> Config:
    return Config(places().config)


def _editing(name: str) -> Path:
    return places().data / "editing" / f"{name}.toml"


def _check(toml: str, name: str) -> None:
    if parse_profile(toml, f"The profile {name}").name != name:
        raise BadInputError(
            f"The profile {name}: its name cannot be changed here.",
            hint=f"Make another with: costeer profile create OTHER --from {name}.",
        )


def _base(library: Library, base: str | None) -> tuple[str | None, str]:
    """The TOML to begin with, and where it is from."""
    if base is None:
        return None, "The new profile"
    if not base.endswith(".toml") and os.sep not in base:
        return library.toml(base), f"The profile {base}"
    try:
        return Path(base).read_text("utf-8-sig"), base
    except OSError as error:
        raise BadInputError(f"Cannot read {base}: {error.strerror}.") from error
    except UnicodeDecodeError:
        raise BadInputError(f"{base} is not UTF-8.", hint="Save it as UTF-8.") from None


def _entry(library: Library, name: str, default: str | None) -> dict[str, Any]:
    try:
        profile = library.get(name)
        title, kind = profile.title, profile.kind
    except BadInputError as error:
        note(f"{error} Mend it with: costeer profile edit {name}")
        title = kind = ""
    return {
        "name": name,
        "title": title,
        "kind": kind,
        "origin": library.origin(name),
        "default": name == default,
    }


def _as_json(profile: Profile) -> dict[str, Any]:
    return {
        "name": profile.name,
        "title": profile.title,
        "kind": profile.kind,
        "facts": list(profile.facts),
        "voice": profile.voice,
        "learned": profile.learned,
        "identity": {
            "names": list(profile.identity_names),
            "emails": list(profile.identity_emails),
        },
        "protected": list(profile.protected),
        "demo": {"prompt": profile.demo_prompt},
        "defaults": profile.defaults,
        "history": {
            "tags": list(profile.history_tags),
            "sources": list(profile.history_sources),
            "kinds": list(profile.history_kinds),
            "after": profile.history_after,
            "before": profile.history_before,
        },
        "texts": [
            {
                "title": text.title,
                "kind": text.kind,
                "prompt": text.prompt,
                "created_at": text.created_at,
                "text": text.text,
            }
            for text in profile.texts
        ],
    }
