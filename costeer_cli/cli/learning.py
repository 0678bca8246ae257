"""`costeer profile learn`: what a person's history tells of them, for them to approve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from costeer_cli.cli.common import counted, is_interactive, note
from costeer_cli.cli.opening import open_default
from costeer_cli.errors import UsageError
from costeer_cli.personal.library import Library

if TYPE_CHECKING:
    from costeer_cli.personal.profile import Profile
    from costeer_cli.store.database import Store

Item = TypeVar("Item")

_HEADINGS = {
    "work": "Your work, as you told it",
    "home": "Where you live, as you told it",
    "people": "Your people, as you told it",
    "self": "Yourself, as you told it",
    "likings": "What you like and do, as you told it",
}


def learn(
    name: Annotated[str, typer.Argument(help="One of your own profiles.")],
    tag: Annotated[
        list[str] | None,
        typer.Option("--tag", "-t", metavar="TEXT", help="Only from texts with this label."),
    ] = None,
    source: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help="Only from this source, such as mbox; may be repeated."),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, max=20_000, help="From so many, the newest.")
    ] = 2000,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Keep everything; do not ask.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what the profile would become; store nothing.")
    ] = False,
) -> None:
    """Draft notes on how you write, and facts you told, from your history.

    On this machine only, without any model: notes are measured, facts are sentences of yours.
    You choose what the profile keeps. Doing it again adds only what is new.
    """
    from costeer_cli.personal.learning import learn as learned
    from costeer_cli.personal.retrieval import scope_of
    from costeer_cli.personal.taught import taught
    from costeer_cli.store.scope import Selection

    if not (yes or dry_run or is_interactive()):
        raise UsageError(
            "Learning asks what to keep, and there is no terminal to ask on.",
            hint="Say --yes to keep everything, or --dry-run to look first.",
        )
    asks = not (yes or dry_run)
    with open_default() as store:
        profile = _own(store, name)
        only = Selection(sources=tuple(source or ()), tags=tuple(tag or ()))
        scope = replace(scope_of(profile), only=only)
        lesson = learned(store.documents.newest(scope, limit), profile.facts)
        note(f"Read {counted(lesson.texts, 'text')} with {counted(lesson.words, 'word')}.")
        known = profile.learned
        notes = [(topic, said) for topic, said in lesson.notes.items() if known.get(topic) != said]
        lines = [f"{topic}: {said}" for topic, said in notes]
        kept = dict(_kept("How you write, as measured", notes, lines, asks))
        facts = []
        for about, heading in _HEADINGS.items():
            those = [fact for fact in lesson.facts if fact.about == about]
            lines = [f"{fact.text}\n     ({fact.origin})" for fact in those]
            facts += _kept(heading, those, lines, asks)
        made = taught(profile.toml, f"The profile {name}", kept, facts)
        if dry_run:
            typer.echo(made.rstrip("\n"))
        if not (notes or lesson.facts):
            note("There is nothing new in them.")
        if dry_run or not (kept or facts):
            note("Nothing was stored.")
            return
        store.profiles.put(name, made)
    note(
        f"Stored {counted(len(kept), 'note')} and {counted(len(facts), 'fact')}."
        f" Change them with: costeer profile edit {name}"
    )


def _own(store: Store, name: str) -> Profile:
    library = Library(store)
    profile = library.get(name)
    if library.origin(name) == "ready-made":
        raise UsageError(
            f"The profile {name} is ready-made, and somebody else's.",
            hint="Make your own first: costeer profile create NAME",
        )
    if profile.kind != "person":
        raise UsageError(
            f"The profile {name} says how any text should be, not how you write.",
            hint="Make one of a person: costeer profile create NAME",
        )
    return profile


def _kept(heading: str, items: Sequence[Item], lines: Sequence[str], asks: bool) -> list[Item]:
    """Those of a group that the person keeps; all of them where nobody is asked."""
    if not items:
        return []
    note(f"\n{heading}:")
    for number, line in enumerate(lines, 1):
        note(f"  {number}. {line}")
    while asks:
        said = typer.prompt("Keep all (y), none (n), or which, such as 1 3", default="y", err=True)
        answer = said.strip().lower()
        if answer in {"n", "no", "none"}:
            return []
        if answer in {"y", "yes", "all"}:
            break
        numbers = answer.replace(",", " ").split()
        if numbers and all(one.isdecimal() and 1 <= int(one) <= len(items) for one in numbers):
            return [items[number - 1] for number in sorted({int(one) for one in numbers})]
        note(f"Say y, n, or numbers from 1 to {len(items)}.")
    return list(items)
