"""`costeer audit --exposure`: would the text give a fact away?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from costeer_cli.cli.common import note, print_json, print_rows
from costeer_cli.cli.opening import open_default, open_model
from costeer_cli.cli.progress import spinner
from costeer_cli.errors import UnknownNameError, UsageError
from costeer_cli.personal.library import Library
from costeer_cli.store.document import tidy

if TYPE_CHECKING:
    from costeer_cli.personal.profile import Profile
    from costeer_cli.privacy.audit.exposure import Exposure, Score
    from costeer_cli.store.database import Store
    from costeer_cli.store.drafts import DraftRecord

LEAST = 15
"""Decoys, where none are given."""


def exposed(fact: str, draft: str, given: Sequence[str], *, json: bool) -> None:
    """Rank the true value of a fact among decoys by how well the text of a draft fits each."""
    from costeer_cli.privacy.audit.decoys import decoys, kind_of  # noqa: PLC0415
    from costeer_cli.privacy.audit.exposure import exposure  # noqa: PLC0415

    fact = " ".join(tidy(fact).split())
    chosen = [tidy(value) for value in given if tidy(value).casefold() != fact.casefold()]
    others = list(dict.fromkeys(chosen)) or decoys(fact, LEAST)
    if not fact or not others:
        raise UsageError("--exposure needs a fact, and other values to compare it with.")
    with open_default() as store:
        record = store.drafts.get(tidy(draft))
        scores, tokens = _scores(store, record, fact, others)
    found = exposure(scores[0], scores[1:])
    if json:
        kind = "given" if given else kind_of(fact)
        plain = {"draft": record.id, "tokens": tokens, "decoys": kind} | found.as_dict()
        print_json({"exposure": plain})
        return
    print_rows(_rows(found))
    typer.echo(found.meaning)
    if fact.casefold() in record.prompt.casefold():
        note("The prompt says it too, so the cloud knew.")


def _scores(
    store: Store, record: DraftRecord, fact: str, others: Sequence[str]
) -> tuple[list[Score], int]:
    """The score of the text under the true context, then under each other; and its tokens."""
    from costeer_cli.personal.context import PrivateContext  # noqa: PLC0415
    from costeer_cli.privacy.audit.likelihood import Likelihood  # noqa: PLC0415
    from costeer_cli.privacy.outbound.door import INSTRUCTIONS, embedded_cloud  # noqa: PLC0415
    from costeer_cli.writing.desk import Desk  # noqa: PLC0415
    from costeer_cli.writing.inverse import assignment_of, mentions, swapped  # noqa: PLC0415

    assignment = assignment_of(record, _profile(store, record))
    choices = store.drafts.choices(record.id)
    if not choices:
        raise UsageError("That draft has no text.")
    model = open_model(record.local_model)
    context = Desk(store, model, embedded_cloud(model)).context(assignment)
    if list(context.sources) != record.settings.get("context_sources"):
        note("Your history or profile has changed since; what was read then may differ.")
    if not mentions(context, fact):
        raise UsageError(
            "The local model read nothing of that fact for this draft, so it tells nothing of it.",
            hint="Give it as it is written in your profile or texts, such as one name or number.",
        )
    public = PrivateContext().messages(INSTRUCTIONS, record.prompt)
    text = Likelihood(model, public, choices, assignment.policy)
    scores = []
    with spinner("Reading the text") as say:
        for number, value in enumerate((fact, *others), 1):
            say(f"Reading the text under context {number} of {len(others) + 1}")
            private = swapped(context, fact, value).messages(INSTRUCTIONS, record.prompt)
            scores.append(text.score(private))
    return scores, len(text)


def _profile(store: Store, record: DraftRecord) -> Profile | None:
    try:
        return Library(store).get(record.profile) if record.profile else None
    except UnknownNameError as error:
        raise UsageError(
            "The profile of that draft is gone.", hint="Name another draft."
        ) from error


def _rows(found: Exposure) -> list[list[str]]:
    of = f"of {found.contexts}"
    return [
        ["exposure", f"{found.bits:.1f} bits of at most {found.most:.1f}"],
        ["rank by steering", f"{found.rank_steered} {of}"],
        ["rank by the local model", f"{found.rank_local} {of}"],
        ["ahead of the best decoy", f"{found.margin:+.2f} nats"],
        ["true value, if all were as likely before", f"{found.posterior:.0%}"],
    ]
