"""`costeer write`: the main job."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from costeer_cli.cli.common import note
from costeer_cli.cli.opening import (
    chosen_account,
    open_cloud,
    open_default,
    open_expert,
    open_guard,
    open_model,
)
from costeer_cli.cli.prompt import read_prompt
from costeer_cli.cli.voices import chosen_profile
from costeer_cli.errors import UsageError

if TYPE_CHECKING:
    from costeer_cli.personal.profile import Profile

Fallback = Literal["local"]


def write(
    prompt: Annotated[
        list[str] | None,
        typer.Argument(help="What to write; - stands for stdin. It is public: the cloud sees it."),
    ] = None,
    profile: Annotated[str | None, typer.Option("--profile", "-p", help="Whose voice.")] = None,
    strength: Annotated[
        str | None,
        typer.Option(help="Weight of the personal context: a number, or default, light, paper."),
    ] = None,
    ftrl: Annotated[
        str | None,
        typer.Option(
            help="The paper's T,alpha,beta,lambda,eta instead of a strength, such as 20,2,1,2,10."
        ),
    ] = None,
    max_tokens: Annotated[int, typer.Option(help="Longest text.", min=1)] = 300,
    temperature: Annotated[
        float | None,
        typer.Option(help="0 takes the likeliest token each time."),
    ] = None,
    top_k: Annotated[int, typer.Option(help="Keep the cloud's K likeliest.")] = 0,
    top_p: Annotated[float, typer.Option(help="Keep this mass of the cloud's.")] = 1.0,
    clip: Annotated[
        float | None,
        typer.Option(help="Most nats a probability may move: 4, or 1 with --proposals."),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Same seed, same text.")] = None,
    gate: Annotated[
        float | None,
        typer.Option(help="Leave the cloud alone where it is as sure as this, such as 0.9."),
    ] = None,
    epsilon: Annotated[
        float | None,
        typer.Option(help="Most nats the whole text may tell of your context."),
    ] = None,
    delta: Annotated[
        float, typer.Option(help="The chance with which it may tell more than --epsilon.")
    ] = 0.0,
    context_tokens: Annotated[
        int,
        typer.Option(help="Most the local model reads about you."),
    ] = 1000,
    provider: Annotated[str | None, typer.Option(help="The cloud, or embedded.")] = None,
    model: Annotated[str | None, typer.Option(help="The local model.")] = None,
    max_requests: Annotated[int | None, typer.Option(help="Most requests to the cloud.")] = None,
    max_cost: Annotated[float | None, typer.Option(help="Most US dollars.")] = None,
    proposals: Annotated[
        bool,
        typer.Option("--proposals", help="Steer by trial a cloud that lists no candidates."),
    ] = False,
    fallback: Annotated[
        Fallback | None,
        typer.Option(help="Who finishes where the cloud stays away: local, or nobody."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write the text here."),
    ] = None,
    stream: Annotated[
        bool,
        typer.Option("--stream/--no-stream", help="Show words as they come."),
    ] = True,
    compare: Annotated[
        bool,
        typer.Option("--compare", help="The cloud alone beside it."),
    ] = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="The local model alone; nothing is sent.")
    ] = False,
    expert: Annotated[
        bool,
        typer.Option("--expert/--no-expert", help="Steer with what costeer train made."),
    ] = True,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Show the first request and what stays here; send nothing."),
    ] = False,
) -> None:
    """Write a text in your voice.

    The cloud sees the prompt and the text so far. Your profile and history are read by the model
    on this machine only. Without a provider a small stand-in in this process plays the cloud.
    """
    from costeer_cli.cli.delivery import Delivery
    from costeer_cli.cli.wanted import Wanted
    from costeer_cli.writing.assignment import Assignment, Mode
    from costeer_cli.writing.budget import Budget
    from costeer_cli.writing.desk import Desk

    _refuse_contradictions(offline, compare, proposals, temperature)
    text = read_prompt(prompt or [])
    delivery = Delivery(json=json, output=output, stream=stream and not compare)
    with open_default() as store:
        person = chosen_profile(store, profile)
        wanted = Wanted(strength, ftrl, temperature, top_k, top_p, clip, seed, gate, epsilon, delta)
        policy, allowance = wanted.settle(person.defaults if person else {}, proposals=proposals)
        mode = Mode.OFFLINE if offline else Mode.PROPOSALS if proposals else Mode.STEERED
        account = None if offline else chosen_account(provider or _default(person, "provider"))
        budget = Budget(max_requests, max_cost, account.prices if account else None)
        assignment = Assignment(
            text,
            person,
            policy,
            mode,
            max_tokens,
            context_tokens,
            budget,
            fallback is not None,
            allowance,
        )
        if person is None and not store.documents.count():
            note("Nothing personal yet, so nothing steers. See: costeer profile list")
        local = open_model(model or _default(person, "model"))
        cloud = open_cloud(
            store, account, local, silent=offline, proposals=proposals, ask=not dry_run
        )
        open_guard(store)
        trained = open_expert(store, person, local) if expert else None
        desk = Desk(store, local, cloud, expert=trained)
        if dry_run:
            delivery.preview(desk, assignment)
            return
        plain = delivery.unsteered(desk, assignment) if compare else None
        delivery.write(desk, assignment, beside=plain)


def _refuse_contradictions(
    offline: bool, compare: bool, proposals: bool, temperature: float | None
) -> None:
    if offline and compare:
        raise UsageError("--offline has no cloud to --compare with; use one of them.")
    if proposals and (offline or compare):
        raise UsageError("--proposals needs a cloud, and has nothing to --compare with.")
    if proposals and temperature not in {None, 1.0}:
        raise UsageError("--proposals samples at temperature 1.", hint="Leave --temperature out.")


def _default(person: Profile | None, key: str) -> Any:
    return person.defaults.get(key) if person else None
