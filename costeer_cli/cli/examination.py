"""`costeer provider test`: what can be steered, and how that was found out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from costeer_cli.cli.common import counted, note, print_json, print_rows
from costeer_cli.cli.opening import chosen_account, examine, open_default, tokens_of
from costeer_cli.errors import NotSteerableError, UsageError

if TYPE_CHECKING:
    from costeer_cli.privacy.outbound.probing import Finding


def examination(
    name: Annotated[
        str | None, typer.Argument(help="The provider's name; the one in use without it.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Find out whether and how a provider can be steered, with a few requests of fixed words.

    The requests are in the wire log. The verdict is kept for a week; this looks again.
    """
    account = chosen_account(name)
    if account is None:
        raise UsageError(
            "The stand-in in this process needs no test.",
            hint="Name a provider, or set one up: costeer provider add",
        )
    with open_default() as store:
        found = examine(store, account, tokens_of(account, None))
    if json:
        print_json({"provider": account.name, "verdict": _verdict(found), "trials": _trials(found)})
    else:
        print_rows(
            [
                ["ok" if trial["works"] else "no", trial["kind"], trial["wire"], trial["found"]]
                for trial in _trials(found)
            ]
            + [["=>", found.capability.kind, found.capability.wire or "-", found.capability.reason]]
        )
        note(f"{counted(found.requests, 'request')} of fixed words sent to {account.address}.")
    if not found.capability.steerable:
        raise NotSteerableError(
            f"{account.name} cannot be steered: {found.capability.reason}.",
            hint="See what can be: costeer provider list --presets",
        )


def _verdict(found: Finding) -> dict[str, Any]:
    return found.capability.as_dict() | {
        "steerable": found.capability.steerable,
        "requests": found.requests,
    }


def _trials(found: Finding) -> list[dict[str, Any]]:
    return [
        {
            "kind": str(trial.capability.kind),
            "wire": trial.capability.wire,
            "works": trial.works,
            "found": trial.found,
        }
        for trial in found.trials
    ]
