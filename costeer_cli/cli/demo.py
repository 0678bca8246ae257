"""`costeer demo`: a guided first run in a store of its own."""

from __future__ import annotations

import shutil
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from costeer_cli.cli.common import note
from costeer_cli.cli.opening import open_model
from costeer_cli.cli.progress import spinner
from costeer_cli.errors import UsageError
from costeer_cli.personal.library import Library

if TYPE_CHECKING:
    from costeer_cli.personal.profile import Profile
    from costeer_cli.store.database import Store
    from costeer_cli.writing.desk import Desk, Writing
    from costeer_cli.writing.events import Chosen

PERSON = "dev-ramnarine"
_SHOWN = 10


def demo(
    profile: Annotated[str, typer.Option("--profile", "-p", help="A ready-made person.")] = PERSON,
    prompt: Annotated[str | None, typer.Option(help="Another prompt.")] = None,
    max_tokens: Annotated[int, typer.Option(help="Longest text.", min=1)] = 80,
    model: Annotated[str | None, typer.Option(help="The local model.")] = None,
) -> None:
    """See it work: one person, one prompt, with and without the personal context.

    It runs in a store of its own that is gone afterwards, without an account. The network is
    used once, to fetch the local model.
    """
    import tempfile

    from costeer_cli.privacy.outbound.door import embedded_cloud
    from costeer_cli.store.database import open_store
    from costeer_cli.writing.desk import Desk

    with (
        tempfile.TemporaryDirectory(prefix="costeer-demo.") as folder,
        open_store(Path(folder) / "demo.db") as store,
    ):
        person = Library(store).get(profile)
        asked = prompt or person.demo_prompt
        if not asked:
            raise UsageError(f"{profile} has no prompt to show.", hint="Give one with --prompt.")
        local = open_model(model)
        desk = Desk(store, local, embedded_cloud(local))
        _introduce(person, asked)
        _tour(desk, store, person, asked, max_tokens)


def _tour(desk: Desk, store: Store, person: Profile, asked: str, max_tokens: int) -> None:
    from costeer_cli.steering.policy import Policy
    from costeer_cli.writing.assignment import Assignment, Mode

    policy = Policy()
    _heading("1. The cloud alone", "a small stand-in in this process plays the cloud")
    plain = Assignment(asked, person, Policy(strength=0.0), Mode.PLAIN, max_tokens)
    with spinner("Writing"):
        _run(desk.begin(plain))
    typer.echo()
    _heading("2. The cloud, steered by the model on this machine", "its words are set off")
    with spinner("Reading about the person"):
        steered = desk.begin(Assignment(asked, person, policy, Mode.STEERED, max_tokens))
    chosen = _run(steered)
    _words(chosen)
    _what_was_sent(store, person, steered)
    typer.echo()
    note(
        "This was a demo with a 135M model on both sides. Make your own voice:\n"
        "  costeer profile create me --from dev-ramnarine   # then: costeer profile edit me\n"
        "  costeer history import ~/notes --yes\n"
        '  costeer write --profile me "Write a short note about this week."'
    )


def _run(writing: Writing) -> list[Chosen]:
    """Stream a text; return what was chosen."""
    from costeer_cli.render.terminal import Stream
    from costeer_cli.writing.events import Chosen

    stream, chosen = Stream(sys.stdout), []
    for event in writing:
        stream.show(event)
        if isinstance(event, Chosen):
            chosen.append(event)
    stream.close()
    return chosen


def _introduce(person: Profile, asked: str) -> None:
    _heading("The person", "a ready-made profile; all of it stays on this machine")
    for line in (person.title, *person.facts[:3]):
        _indented(f"- {line}")
    _indented(f"- and {max(len(person.facts) - 3, 0)} more facts, {len(person.texts)} texts")
    typer.echo()
    _heading("The prompt", "public: this is what the cloud is asked")
    _indented(asked)
    typer.echo()


def _words(chosen: list[Chosen]) -> None:
    from costeer_cli.render.text import harmless

    moved = [event for event in chosen if event.choice.source == "steered"]
    typer.echo()
    _heading(
        "3. The words your context chose", f"{len(moved)} of {len(chosen)}; the largest shifts"
    )
    moved.sort(key=lambda event: -(event.choice.delta or 0.0))
    for event in moved[:_SHOWN]:
        new, old = (
            harmless(token.decode("utf-8", "replace")).replace("\n", "\\n").strip() or "(space)"
            for token in (event.choice.text, event.drafted)
        )
        shift = event.choice.delta or 0.0
        _indented(f"{new:<16} where the cloud had {old or '(the end)':<16} delta {shift:+.1f}")


def _what_was_sent(store: Store, person: Profile, writing: Writing) -> None:
    import json

    from costeer_cli.privacy.overlap import overlap

    requests = store.wire.for_draft(writing.id)
    sent = "\n".join(request.body.decode() for request in requests)
    private = [*person.facts, *(text.text for text in person.texts)]
    found = overlap(sent, private, person.protected, writing.record.prompt)
    typer.echo()
    _heading("4. What was sent", f"{len(requests)} requests, {len(sent.encode()):,} bytes")
    _indented(json.dumps(json.loads(requests[-1].body), ensure_ascii=False))
    typer.echo()
    _heading("5. What was not sent", "checked against the wire log just now")
    _indented(f"- {writing.context.tokens} tokens of facts, voice and texts: read here only")
    _indented(f"- protected values in the requests: {found.values} of {len(person.protected)}")
    _indented(f"- longest run of words shared with the person's texts: {found.longest_run}")


def _heading(title: str, more: str) -> None:
    typer.echo(typer.style(title, bold=sys.stdout.isatty()) + f" ({more})")


def _indented(text: str) -> None:
    width = max(min(shutil.get_terminal_size().columns, 100), 40)
    typer.echo(textwrap.fill(text, width, initial_indent="  ", subsequent_indent="    "))
