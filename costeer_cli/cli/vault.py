"""`costeer vault`: values that leave this machine only as placeholders."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Annotated

import typer

from costeer_cli.cli.common import counted, is_interactive, note, print_json, print_rows
from costeer_cli.cli.opening import open_default
from costeer_cli.cli.progress import spinner
from costeer_cli.errors import BadInputError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from costeer_cli.personal.profile import Profile
    from costeer_cli.privacy.vault.kinds import Kind
    from costeer_cli.store.database import Store
    from costeer_cli.store.vault import Kept

app = typer.Typer(
    help="What must not leave this machine as it is: names, addresses, numbers. The cloud sees a "
    "placeholder such as [NAME_1] instead; the value comes back in your text, here.",
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_show_locals=False,
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def add(
    values: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="VALUE",
            help="What to protect. - or nothing reads one a line from standard input, which keeps "
            "them out of your shell's history.",
        ),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            help="What they are: name, email, phone, address, iban, card, id, url, date, secret, "
            "private; guessed where you do not say."
        ),
    ] = None,
) -> None:
    """Protect values."""
    from costeer_cli.privacy.vault import filling

    said = _kind(kind)
    wanted = _given(values)
    with open_default() as store, store.atomic():
        new = sum(filling.add(store, value, said) for value in wanted)
    note(f"Added {counted(new, 'value')}.")


@app.command("list")
def list_(
    json: Json = False,
    masked: Annotated[
        bool, typer.Option("--masked", help="Show the first letter of each word only.")
    ] = False,
    kind: Annotated[str | None, typer.Option(help="Only these: name, email, ...")] = None,
) -> None:
    """Print what is protected, and the placeholder it leaves as."""
    only = _kind(kind)
    with open_default() as store:
        kept = [one for one in store.vault.list() if only in (None, one.kind)]
    shown = [(one, _masked(one.text) if masked else one.text) for one in kept]
    if json:
        print_json({"values": [_as_json(one, text) for one, text in shown]})
        return
    print_rows([[_name(one), one.origin, text] for one, text in shown])
    if not kept:
        note('Nothing yet. Say: costeer vault add "SOME NAME", or look: costeer vault scan')


@app.command()
def remove(
    values: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="VALUE",
            help="Values, or their placeholders: NAME_3. - or nothing reads one a line from "
            "standard input.",
        ),
    ] = None,
) -> None:
    """Let values leave as they are again; what was found is not found again."""
    from costeer_cli.privacy.vault import filling

    wanted = _given(values)
    with open_default() as store:
        kept = store.vault.list()
        chosen = {one.id: one for value in wanted for one in _meant(value, kept)}
        filling.remove(store, chosen.values())
    note(f"Removed {counted(len(chosen), 'value')}.")
    note("A draft that has one of their placeholders keeps it.")


@app.command()
def scan(json: Json = False) -> None:
    """Look for private values in your profiles and your history; what was looked through before
    is passed over."""
    from costeer_cli.personal.library import Library
    from costeer_cli.privacy.vault import filling

    with open_default() as store:
        before = {one.id for one in store.vault.list()}
        library = Library(store)
        own = [library.get(name) for name in sorted(library.own())]
        filling.fill(
            store,
            people=[*store.identity.list(), *(one for profile in own for one in _people(profile))],
            protected=[one for profile in own for one in profile.protected],
            texts=[text for profile in own for text in _texts(profile)],
        )
        _scan_history(store)
        new = [one for one in store.vault.list() if one.id not in before]
    found = Counter(one.kind for one in new)
    if json:
        print_json({"found": dict(sorted(found.items()))})
        return
    print_rows([[kind, str(count)] for kind, count in sorted(found.items())])
    note(f"Found {counted(len(new), 'new value')}." + (" See: costeer vault list" if new else ""))


def _scan_history(store: Store) -> None:
    from costeer_cli.privacy.vault import filling

    with spinner("Looking through the history") as say:
        filling.scan(
            store, lambda done, total: say(f"Looking through the history: {done} of {total} texts")
        )


def _people(profile: Profile) -> Sequence[str]:
    return [*profile.identity_names, *profile.identity_emails]


def _texts(profile: Profile) -> Sequence[str]:
    own = (part for text in profile.texts for part in (text.title, text.text))
    return [*profile.facts, profile.voice, *own]


def _kind(name: str | None) -> Kind | None:
    from costeer_cli.privacy.vault.kinds import Kind

    try:
        return Kind(name.lower()) if name else None
    except ValueError:
        raise BadInputError(
            "There is no such kind of value.", hint=f"There are: {', '.join(Kind)}."
        ) from None


def _given(values: Sequence[str] | None) -> list[str]:
    """The values that were given, or one a line from standard input."""
    if values and list(values) != ["-"]:
        return list(values)
    if is_interactive():
        note("Reading values, one a line, from the terminal; end with Ctrl-D.")
    try:
        lines = sys.stdin.buffer.read().decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise BadInputError("Standard input is not text in UTF-8.") from None
    found = [line.strip() for line in lines if line.strip()]
    if not found:
        raise BadInputError("There is no value.", hint='Say: costeer vault add "SOME NAME"')
    return found


def _meant(value: str, kept: Sequence[Kept]) -> list[Kept]:
    """What is called so: by its placeholder, as it is written, or else as it sounds.

    Raises:
        UnknownNameError: nothing is.
    """
    from costeer_cli.privacy.folding import folded

    plain = value.strip("[] ").upper()
    for found in (
        [one for one in kept if _name(one) == plain],
        [one for one in kept if one.text == value],
        [one for one in kept if folded(one.text) == folded(value)],
    ):
        if found:
            return found
    raise UnknownNameError("One of these is not in the vault.", hint="See it: costeer vault list")


def _name(one: Kept) -> str:
    return f"{one.kind.upper()}_{one.number}"


def _masked(text: str) -> str:
    return " ".join(word[:1] + "·" * (len(word) - 1) for word in text.split())


def _as_json(one: Kept, text: str) -> dict[str, object]:
    return {"placeholder": _name(one), "kind": one.kind, "origin": one.origin, "value": text}
