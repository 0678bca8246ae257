"""Shows on stderr that something long is going on; silent where stderr is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def spinner(text: str) -> Iterator[None]:
    """A spinner with a text, while the block runs."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console  # noqa: PLC0415

    with Console(stderr=True).status(text):
        yield


@contextmanager
def bar() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar: call what it gives with what is done, how far, and of how much."""
    if not sys.stderr.isatty():
        yield _announce()
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as progress:
        tasks: dict[str, int] = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=total)
            progress.update(tasks[what], completed=done, total=total)  # type: ignore[arg-type]

        yield show


def _announce() -> Callable[[str, int, int], None]:
    """One line for each new thing that is being done."""
    said: set[str] = set()

    def show(what: str, _done: int, _total: int) -> None:
        if what not in said:
            said.add(what)
            sys.stderr.write(f"{what} the local model ...\n")

    return show
