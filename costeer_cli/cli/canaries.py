"""`costeer audit --canary`: proof that what is planted in a context stays there."""

from __future__ import annotations

from itertools import cycle, islice

import typer

from costeer_cli.cli.common import counted, note, print_json, print_rows
from costeer_cli.cli.opening import chosen_account, open_cloud, open_model
from costeer_cli.cli.progress import spinner

TOKENS = 60
"""Longest of the texts."""


def canaries(texts: int, *, json: bool) -> None:
    """Write for a made-up person in a store of its own, and look for all of theirs in the log.

    Raises:
        Exit: with code 3 where something left.
    """
    from costeer_cli.privacy.audit.planted import escapes
    from costeer_cli.steering.policy import Policy
    from costeer_cli.writing.assignment import Assignment, Mode
    from costeer_cli.writing.canaries import PROMPTS, aviary, hatch, release

    birds = hatch()
    prompts = list(islice(cycle(PROMPTS), texts))
    account = chosen_account(None)
    if account is not None:
        note(f"{account.name} is asked for {counted(texts, 'text')} by a made-up person.")
    usual = Assignment(PROMPTS[0], birds.profile, Policy(), Mode.STEERED, TOKENS)
    with aviary(birds) as store:
        model = open_model(None)
        cloud = open_cloud(store, account, model)
        with spinner("Writing") as say:
            drafts = release(store, model, cloud, usual, say, prompts)
        requests = [request for draft in drafts for request in store.wire.for_draft(draft)]
        found = list(escapes(birds.canaries, requests))
        moved = sum(
            choice.source == "steered" for draft in drafts for choice in store.drafts.choices(draft)
        )
    if json:
        plain = {
            "ok": not found,
            "canaries": len(birds.canaries),
            "texts": len(drafts),
            "requests": len(requests),
            "steered_tokens": moved,
            "bytes": sum(len(request.body) for request in requests),
            "escaped": sorted({escape.label for escape in found}),
        }
        print_json({"canaries": plain})
    else:
        print_rows(
            [
                ["canaries", str(len(birds.canaries))],
                ["texts", str(len(drafts))],
                ["tokens chosen by the context", str(moved)],
                ["requests", str(len(requests))],
                ["escaped", str(len({escape.label for escape in found}))],
            ]
        )
        for label in sorted({escape.label for escape in found}):
            first = next(escape for escape in found if escape.label == label)
            typer.echo(f"!! {label}, first in request {first.request} of {first.draft[:14]}")
    if not found:
        note(f"None of {counted(len(birds.canaries), 'canary').replace('ys', 'ies')} left.")
    raise typer.Exit(3 if found else 0)
