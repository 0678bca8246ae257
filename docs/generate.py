"""Writes docs/cli.md from the commands' own --help, and docs/demo.svg from a real run.

python docs/generate.py            write docs/cli.md
python docs/generate.py --check    fail where docs/cli.md is out of date
python docs/generate.py --picture  run the demo and draw it
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
REFERENCE = HERE / "cli.md"
PICTURE = HERE / "demo.svg"
PLAIN = {"NO_COLOR": "1", "TERMINAL_WIDTH": "88", "COLUMNS": "88"}


def reference() -> str:
    """The whole reference, from the help of every command."""
    import typer  # noqa: PLC0415
    from typer.testing import CliRunner  # noqa: PLC0415

    from costeer_cli.cli.app import app  # noqa: PLC0415

    os.environ.update(PLAIN)
    runner = CliRunner(env=PLAIN)
    parts = ["# Command reference\n\nMade from `--help` by `docs/generate.py`; do not edit.\n"]
    for words in _commands(typer.main.get_command(app), ()):
        said = runner.invoke(app, [*words, "--help"], prog_name="costeer").stdout.strip()
        title = " ".join(("costeer", *words))
        parts.append(f"## {title}\n\n```text\n{said}\n```\n")
    return "\n".join(parts)


def _commands(command: object, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield words
    for name, inner in getattr(command, "commands", {}).items():
        yield from _commands(inner, (*words, name))


def picture() -> str:
    """The demo as a terminal shows it, as SVG."""
    from rich.console import Console  # noqa: PLC0415
    from rich.terminal_theme import MONOKAI  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    code = (
        "import sys; sys.stdout.isatty = lambda: True; sys.argv = ['costeer', 'demo'];"
        "from costeer_cli.cli.app import main; main()"
    )
    environ = {k: v for k, v in os.environ.items() if k != "NO_COLOR"} | {"COLUMNS": "96"}
    run = subprocess.run(
        [sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True
    )
    console = Console(width=96, record=True, force_terminal=True, file=io.StringIO())
    console.print(Text("$ costeer demo", style="bold"))
    console.print(Text.from_ansi(run.stdout))
    svg = console.export_svg(title="costeer", theme=MONOKAI)
    # Without this a viewer would fetch a font from somewhere.
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


def main() -> int:
    """Entry point."""
    if "--picture" in sys.argv:
        PICTURE.write_text(picture(), "utf-8")
        return 0
    wanted = reference()
    if "--check" not in sys.argv:
        REFERENCE.write_text(wanted, "utf-8")
    elif not REFERENCE.exists() or REFERENCE.read_text("utf-8") != wanted:
        print("docs/cli.md is out of date: run python docs/generate.py")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
