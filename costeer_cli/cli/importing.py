"""`costeer history import`: what was written elsewhere, looked at before it is stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from costeer_cli.cli.common import confirm, counted, is_interactive, note, one_line, one_title
from costeer_cli.cli.opening import open_default
from costeer_cli.errors import BadInputError, UsageError
from costeer_cli.personal.library import Library

if TYPE_CHECKING:
    from costeer_cli.importers.gather import Found, Tally
    from costeer_cli.importers.identity import Identity
    from costeer_cli.importers.protocol import Item
    from costeer_cli.store.database import Store
    from costeer_cli.store.documents import AddResult

Bound = Annotated[
    str | None, typer.Option("--profile", "-p", help="Only this profile may read it.")
]
Tags = Annotated[
    list[str] | None, typer.Option("--tag", "-t", metavar="TEXT", help="A label; may be repeated.")
]


def import_(
    paths: Annotated[
        list[Path], typer.Argument(help="Files, folders and zips: notes, mail, chats, exports.")
    ],
    profile: Bound = None,
    tag: Tags = None,
    me: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help="A name or address of yours there; may be repeated."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be stored.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Add many texts, yours only; doing it again adds only what is new."""
    from costeer_cli.importers.gather import Tally, gather, look

    if not (dry_run or yes or is_interactive()):
        raise UsageError(
            "Importing asks before it stores anything, and there is no terminal to ask on.",
            hint="Say --yes to store without being asked, or --dry-run to look first.",
        )
    with open_default() as store:
        found = look(paths)
        known = _identity(store, profile, me or [])

        def items() -> Iterator[Item]:
            return gather(found, known, tags=tag or (), profile=profile)

        if not yes or dry_run:
            tally = Tally()
            planned = store.documents.rehearse(tally.documents(items()))
            _report(found, tally, planned)
            if dry_run or not planned.added + planned.updated:
                note("Nothing was stored.")
                return
            if not confirm("Store them?", yes=False):
                note("Nothing was stored.")
                raise typer.Exit(1)
        tally = Tally()
        result = store.documents.add(tally.documents(items()))
    if yes:
        _report(found, tally, result)
    if result.added + result.updated:
        note(f"Stored {result.added} new and {result.updated} changed texts.")
        note("Look for names and numbers in them, to protect: costeer vault scan")
    else:
        note("Nothing was stored.")


def _identity(store: Store, profile: str | None, more: list[str]) -> Identity:
    """What the person goes by: in general, in this profile, and for this once."""
    from costeer_cli.importers.identity import Identity

    values = [*store.identity.list(), *more]
    if profile is not None:
        read = Library(store).get(profile)
        values += [*read.identity_names, *read.identity_emails]
    return Identity.of(values)


def _report(found: list[Found], tally: Tally, result: AddResult) -> None:
    from costeer_cli.importers.gather import reasons

    formats = ", ".join(dict.fromkeys(one.format for one in found))
    passed = tally.skipped + Counter(similar=result.similar)
    if not tally.taken:
        raise BadInputError(
            f"There is nothing to import ({formats}){reasons(tally.skipped)}.",
            hint="Others' words are never taken; say who you are with: costeer history me add",
        )
    note(
        f"Found {counted(tally.taken, 'text')} ({formats}): {result.added} new,"
        f" {result.updated} changed, {result.duplicate} already there;"
        f" passed over {passed.total()}{reasons(passed)}."
    )
    for said, times in tally.notes.items():
        note(f"  {counted(times, 'file')}: {said}")
    for item in tally.troubles:
        note(f"  {item.reason}: {one_line(item.where)}")
    for document in tally.samples:
        note(f"  “{one_title(document)[:60]}”")
