"""`costeer audit --exposure`: would the text give a fact away?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from costeer_cli.cli.common import note, print_json, print_rows
from costeer_cli.cli.opening import open_default, open_model
from costeer_cli.cli.progress import spinner
from costeer_cli.errors import UnknownNameError, UsageError
from costeer_cli.personal.library import Library
from costeer_cli.store.document import tidy
from costeer_cli.writing.assignment import Mode

if TYPE_CHECKING:
    from costeer_cli.personal.profile import Profile
    from costeer_cli.privacy.audit.exposure import Exposure, Score
    from costeer_cli.store.database import Store
    from costeer_cli.store.drafts import DraftRecord

LEAST = 15
"""Decoys, where none are given."""


def exposed(fact: str, draft: str, given: Sequence[str], *, json: bool) -> None:
    """Rank the true value of a fact among decoys by how well the text of a draft fits each."""
    from costeer_cli.privacy.audit.decoys import decoys, kind_of
    from costeer_cli.privacy.audit.exposure import exposure

    fact = " ".join(tidy(fact).split())
    chosen = [tidy(value) for value in given if tidy(value).casefold() != fact.casefold()]
    others = list(dict.fromkeys(chosen)) or decoys(fact, LEAST)
    if not fact or not others:
        raise UsageError("--exposure needs a fact, and other values to compare it with.")
    with open_default() as store:
        record = store.drafts.get(tidy(draft))
        scores, tokens = _scores(store, record, fact, others)
    # A placeholder stood there for all of them: the text is as likely under each.
    found = exposure(scores[0], scores[1:]) if scores else None
    if json:
        plain = {"draft": record.id, "tokens": tokens, "masked": found is None}
        plain |= {"decoys": "given" if given else kind_of(fact)}
        print_json({"exposure": plain | (found.as_dict() if found else {"bits": 0.0})})
    elif found is None:
        print_rows([["exposure", "0.0 bits"]])
        typer.echo("The local model read a placeholder in its place, so the text cannot tell it.")
    else:
        print_rows(_rows(found))
        typer.echo(found.meaning)
    if fact.casefold() in record.prompt.casefold():
        note("The prompt says it too, so the cloud knew.")


def _scores(
    store: Store, record: DraftRecord, fact: str, others: Sequence[str]
) -> tuple[list[Score], int]:
    """The score of the text under the true context, then under each other, and its tokens; no
    scores where the vault kept the fact from the local model."""
    from costeer_cli.privacy.audit.likelihood import Likelihood
    from costeer_cli.privacy.outbound.door import INSTRUCTIONS
    from costeer_cli.privacy.vault.filling import open_vault
    from costeer_cli.writing.inverse import assignment_of, mentions, swapped
    from costeer_cli.writing.preparation import prepare

    asked = open_vault(store).restore(record.prompt)
    assignment = assignment_of(record, asked, _profile(store, record))
    choices = store.drafts.choices(record.id)
    if not choices:
        raise UsageError("That draft has no text.")
    model = open_model(record.local_model)
    prepared = prepare(store, model, assignment, record.prompt)
    context = prepared.context
    if list(context.sources) != record.settings.get("context_sources"):
        note("Your history or profile has changed since; what was read then may differ.")
    if not mentions(context, fact):
        unmasked = replace(assignment, mode=Mode.OFFLINE)
        if mentions(prepare(store, model, unmasked).context, fact):
            return [], len(choices)
        raise UsageError(
            "The local model read nothing of that fact for this draft, so it tells nothing of it.",
            hint="Give it as it is written in your profile or texts, such as one name or number.",
        )
    text = Likelihood(model, prepared.public, choices, assignment.policy)
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
