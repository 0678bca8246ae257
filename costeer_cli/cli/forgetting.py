"""`costeer history forget`: texts go for good, and all that was written with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from costeer_cli.cli import filters
from costeer_cli.cli.common import confirm, counted, note, one_title
from costeer_cli.cli.opening import open_default
from costeer_cli.errors import UsageError

if TYPE_CHECKING:
    from costeer_cli.store.database import Store
    from costeer_cli.store.scope import Selection

_SHOWN = 3

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


def forget(
    ids: Annotated[
        list[int] | None, typer.Argument(metavar="[ID]...", help="The texts' numbers.")
    ] = None,
    source: filters.Sources = None,
    tag: filters.Labels = None,
    kind: filters.Kinds = None,
    after: filters.After = "",
    before: filters.Before = "",
    query: filters.Query = "",
    profile: filters.Bound = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go.")] = False,
    yes: Yes = False,
) -> None:
    """Forget texts for good, with every draft that was written with them or quotes them.

    What is given is combined: --source mbox --before 2020-01-01 are the old mails. Nothing of
    them is left in the store, its index, its log of requests or an older copy of it.
    """
    chosen = filters.selection(ids, source, tag, kind, after, before, query, profile)
    if chosen.everything:
        raise UsageError(
            "Say which texts to forget.",
            hint="By number, --source, --tag, --kind, --after, --before, --query or --profile.",
        )
    with open_default() as store:
        _forget(store, chosen, dry_run=dry_run, yes=yes)


def delete(
    ids: Annotated[list[int], typer.Argument(metavar="ID...", help="The texts' numbers.")],
    yes: Yes = False,
) -> None:
    """The same as forget, by number."""
    from costeer_cli.store.scope import Selection

    with open_default() as store:
        _forget(store, Selection(ids=tuple(ids)), dry_run=False, yes=yes)


def _forget(store: Store, chosen: Selection, *, dry_run: bool, yes: bool) -> None:
    from costeer_cli.privacy.runs import HistoryRuns
    from costeer_cli.store.backup import backups

    numbers = store.documents.select(chosen)
    if not numbers:
        note("No text is meant by that. Nothing was deleted.")
        return
    for number in numbers[:_SHOWN]:
        note(f"  {one_title(store.documents.get(number))[:60]}")
    if len(numbers) > _SHOWN:
        note(f"  and {len(numbers) - _SHOWN} more")
    traces = store.forgetting.traces(numbers)
    also = f" and {counted(len(traces.drafts), 'draft')} made with them" if traces.drafts else ""
    what = f"{counted(len(numbers), 'text')}{also}"
    if copies := backups(store.path):
        note(f"An older copy of the store goes too: {copies[-1]}")
    if dry_run:
        note(f"That would delete {what}. Nothing was deleted.")
        return
    if not confirm(f"Delete {what} for good?", yes):
        note("Nothing was deleted.")
        raise typer.Exit(1)
    store.forgetting.forget(numbers)
    HistoryRuns(store.blocks, store.path).sweep()
    note(f"Deleted {what}.")
