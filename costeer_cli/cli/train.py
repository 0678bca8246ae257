"""`costeer train`: an expert in one's own voice, made on this machine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from costeer_cli.cli.common import confirm, counted, note, print_json
from costeer_cli.cli.experts import entry
from costeer_cli.cli.opening import open_default, open_model
from costeer_cli.cli.training import course_of
from costeer_cli.cli.voices import chosen_profile
from costeer_cli.errors import InterruptedDraftError

if TYPE_CHECKING:
    from costeer_cli.experts.course import Course
    from costeer_cli.experts.material import Material
    from costeer_cli.experts.training import Look
    from costeer_cli.store.experts import ExpertRecord

_LEARNED_BY_HEART = 0.5  # of the bits there are, from which on it is said


def train(
    profile: Annotated[str | None, typer.Option("--profile", "-p", help="Whose voice.")] = None,
    model: Annotated[str | None, typer.Option(help="The local model.")] = None,
    seed: Annotated[int, typer.Option(help="Same seed, same expert.", min=0)] = 0,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be learned from, and how long.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Train an expert on what you wrote; your texts are steered with it from then on.

    On this machine only, with placeholders for the values that the vault protects. It is small,
    stands beside the local model, and is private like the texts it was made of: forget one of
    them, and the expert goes too. Ctrl-C keeps what was done; the same command goes on from there.
    """
    with open_default() as store:
        person = chosen_profile(store, profile)
        named = model or (person.defaults.get("model") if person else None)
        local = open_model(str(named) if named else None)
        course = course_of(store, person, local, seed)
        _describe(course.material, local.name)
        if dry_run:
            seconds = course.training.seconds()
            note(f"It takes {_minutes(seconds)} at most, {course.training.steps} steps.")
            if json:
                print_json({"training": _plan(course, seconds)})
            return
        if course.unfinished is not None:
            note("Going on where the last training broke off.")
        elif not confirm(f"Train {local.name} on them, on this machine?", yes or json):
            note("Nothing was trained.")
            raise typer.Exit(1)
        try:
            with _progress() as tell:
                record = course.run(tell)
        except KeyboardInterrupt:
            raise InterruptedDraftError(
                "Interrupted; what was learned so far is kept.", hint="Go on with: costeer train"
            ) from None
    _report(record)
    if json:
        print_json({"expert": entry(record)})


def _describe(material: Material, model: str) -> None:
    from costeer_cli.personal.languages import NAMES

    note(
        f"Learning from {counted(material.texts, 'text')} with {counted(material.words, 'word')}; "
        f"{'the newest' if material.by_date else 'some'} are held out to see when to stop."
    )
    if material.cut:
        note(f"{counted(material.cut, 'long text')} cut into passages.")
    if material.unasked:
        note(f"Of {counted(material.unasked, 'text')} it is not known what was asked.")
    if material.left_out:
        note(f"{counted(material.left_out, 'older text')} left out, for want of time.")
    if material.language not in ("", "en"):
        note(
            f"Most of it is {NAMES[material.language]}. {model} may know little of that language; "
            "see below what it gains, or use another model: costeer model use NAME"
        )


def _report(record: ExpertRecord) -> None:
    scores = record.scores
    held, trained = scores["held"], scores["trained"]
    note(
        f"Texts it has not seen: {held['before']:.3f} to {held['after']:.3f} nats per token; "
        f"texts it has: {trained['before']:.3f} to {trained['after']:.3f}."
    )
    if scores["canaries"]:
        before, after, most = (
            sum(canary[key] for canary in scores["canaries"]) / len(scores["canaries"])
            for key in ("before", "after", "most")
        )
        note(
            f"A made-up number among the texts stands out by {after:.1f} bits of {most:.0f} "
            f"({before:.1f} without the expert; 1.4 is chance)."
        )
        if after > _LEARNED_BY_HEART * most:
            note("It knows some of it by heart: keep it as private as the texts themselves.")
    note(f"The expert is kept after step {scores['step']} ({_minutes(scores['seconds'])}).")


def _plan(course: Course, seconds: float) -> dict[str, Any]:
    material = course.material
    return {
        "texts": material.texts,
        "words": material.words,
        "passages": len(material.train),
        "held_out": len(material.held),
        "left_out": material.left_out,
        "cut": material.cut,
        "without_prompt": material.unasked,
        "language": material.language or None,
        "steps": course.training.steps,
        "seconds": round(seconds),
    }


@contextmanager
def _progress() -> Iterator[Callable[[Look], None]]:
    """Shows step, losses and the time left on stderr."""
    if not sys.stderr.isatty():
        yield _lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, redirect_stdout=False) as progress:
        task = progress.add_task("Training")

        def show(look: Look) -> None:
            text = f"Training, loss {look.loss:.3f}, held out {look.held:.3f}"
            progress.update(task, completed=look.step, total=look.steps, description=text)

        yield show


def _lines() -> Callable[[Look], None]:
    """A line for each time the texts held out were looked at."""
    last = [float("nan")]

    def show(look: Look) -> None:
        if look.held != last[0]:
            last[0] = look.held
            left = look.seconds / look.step * (look.steps - look.step)
            note(
                f"Step {look.step} of {look.steps}: loss {look.loss:.3f}, held out "
                f"{look.held:.3f}, {_minutes(left)} left at most"
            )

    return show


def _minutes(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min"
