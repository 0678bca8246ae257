"""Shows on stderr that something long is going on; silent where stderr is no terminal.

rich would catch stdout as well and print it to stderr, where nobody looks for answers.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def spinner(text: str) -> Iterator[Callable[[str], None]]:
    """A spinner with a text, while the block runs; call what it gives with another text."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.live import Live
    from rich.spinner import Spinner
    from rich.text import Text

    turning, console = Spinner("dots", Text(text)), Console(stderr=True)
    with Live(
        turning, console=console, transient=True, redirect_stdout=False, refresh_per_second=12
    ):
        yield lambda words: turning.update(text=Text(words))


@contextmanager
def bar(of: str = "the local model") -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar: call what it gives with what is done to `of`, how far, and of how much."""
    if not sys.stderr.isatty():
        yield _announce(of)
        return
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, redirect_stdout=False) as progress:
        tasks: dict[str, int] = {}

        def show(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=total)
            progress.update(tasks[what], completed=done, total=total)  # type: ignore[arg-type]

        yield show


def _announce(of: str) -> Callable[[str, int, int], None]:
    """One line for each new thing that is being done."""
    said: set[str] = set()

    def show(what: str, _done: int, _total: int) -> None:
        if what not in said:
            said.add(what)
            sys.stderr.write(f"{what} {of} ...\n")

    return show
