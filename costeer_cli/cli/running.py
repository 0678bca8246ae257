"""Runs a writing to its end: shows it, says what happens on the way, and what is kept."""

from __future__ import annotations

import sys
from collections.abc import Callable

from costeer_cli.cli.common import counted, note
from costeer_cli.cli.progress import spinner
from costeer_cli.errors import InterruptedDraftError, ProviderError
from costeer_cli.render.terminal import Stream, progress_line, short_id
from costeer_cli.writing.desk import Writing
from costeer_cli.writing.events import Event, Requested, TakenOver, Waiting
from costeer_cli.writing.receipt import Receipt

_TOLD = 1.0  # seconds; a shorter wait is not worth a line


def run_streamed(writing: Writing) -> Receipt:
    """Run it and stream its text to stdout, with what was there before in front.

    Raises:
        InterruptedDraftError: Ctrl-C; what was written is kept.
        ProviderError: the cloud stays away; what was written is kept.
    """
    stream = Stream(sys.stdout, writing.restorer())
    for choice in writing.choices:
        stream.add(choice)
    try:
        return _run(writing, stream.show)
    finally:
        stream.close()


def run_silently(writing: Writing, title: str = "Writing") -> Receipt:
    """Run it behind a spinner that says how far it is; raises as `run_streamed`."""
    with spinner(title) as say:

        def show(event: Event) -> None:
            if isinstance(event, Requested):
                say(f"{title}: {progress_line(event)}")

        return _run(writing, show)


def _run(writing: Writing, show: Callable[[Event], None]) -> Receipt:
    try:
        for event in writing:
            show(event)
            if isinstance(event, Waiting) and event.seconds >= _TOLD:
                note(f"{event.reason} Trying again in {event.seconds:.0f} s.")
            if isinstance(event, TakenOver):
                note(f"{event.reason} The local model finishes the text alone.")
    except KeyboardInterrupt:
        raise InterruptedDraftError(
            f"Stopped after {counted(len(writing.choices), 'token')}; they are kept.",
            hint=_resume(writing),
        ) from None
    except ProviderError as error:
        kept = f" {counted(len(writing.choices), 'token')} are kept." if writing.choices else ""
        raise type(error)(
            f"{error}{kept}", hint=_resume(writing) if kept else error.hint
        ) from error
    assert writing.receipt is not None
    if writing.receipt.finish_reason == "budget":
        note(f"The budget is spent. {_resume(writing)}")
    return writing.receipt


def _resume(writing: Writing) -> str:
    return f"Go on with: costeer draft resume {short_id(writing.id)}"
