"""Which texts of the history a command is about: options that mean the same everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from costeer_cli.errors import BadInputError
from costeer_cli.store.document import utc

if TYPE_CHECKING:
    from costeer_cli.store.scope import Selection

Sources = Annotated[
    list[str] | None,
    typer.Option(
        "--source",
        help="Only from this source, such as add, mbox or whatsapp (history list shows them); may "
        "be repeated.",
    ),
]
Labels = Annotated[
    list[str] | None,
    typer.Option("--tag", "-t", metavar="TEXT", help="Only with this label; may be repeated."),
]
Kinds = Annotated[
    list[str] | None,
    typer.Option("--kind", help="Only of this kind, such as email; may be repeated."),
]
After = Annotated[
    str, typer.Option(metavar="DATE", help="Only written on this day (2024-05-31) or later.")
]
Before = Annotated[str, typer.Option(metavar="DATE", help="Only written before this day.")]
Query = Annotated[str, typer.Option(metavar="TEXT", help="Only with every one of these words.")]
Bound = Annotated[
    str | None, typer.Option("--profile", "-p", help="Only what is bound to this profile.")
]


def selection(
    ids: Sequence[int] | None = None,
    sources: Sequence[str] | None = None,
    tags: Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
    after: str = "",
    before: str = "",
    query: str = "",
    profile: str | None = None,
) -> Selection:
    """What the options of a command mean.

    Raises:
        BadInputError: a date is none.
    """
    from costeer_cli.store.scope import Selection

    return Selection(
        ids=tuple(ids) if ids else None,
        sources=tuple(sources or ()),
        tags=tuple(tags or ()),
        kinds=tuple(kinds or ()),
        after=moment(after, "--after"),
        before=moment(before, "--before"),
        query=query,
        profile=profile,
    )


def moment(text: str, option: str) -> str:
    """A date as ISO 8601 in UTC; '' for none.

    Raises:
        BadInputError: it is no date.
    """
    found = utc(text)
    if found is None:
        raise BadInputError(f"{option} is not a date.", hint=f"Such as: {option} 2024-05-31")
    return found
