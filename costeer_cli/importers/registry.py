"""Which importer reads a path: a sure one, or none."""

from __future__ import annotations

from pathlib import Path

from costeer_cli.errors import BadInputError
from costeer_cli.importers.jsonl import Jsonl
from costeer_cli.importers.markdown import Markdown
from costeer_cli.importers.protocol import Importer
from costeer_cli.importers.text import Text

GROUP = "costeer.importers"


def importers() -> list[Importer]:
    """Every importer, the particular before the general; third parties' before plain files.

    Raises:
        BadInputError: an installed third-party importer cannot be loaded.
    """
    return [Jsonl(), *_third_party(), Markdown(), Text()]


def sniff(path: Path) -> Importer:
    """The importer for `path`.

    Raises:
        BadInputError: there is nothing there, or no importer is sure of it.
    """
    try:
        there = path.exists()
    except (OSError, ValueError):
        there = False
    if not there:
        raise BadInputError(f"There is no file or folder {path}.", hint="Check the path.")
    known = importers()
    for importer in known:
        if importer.sniff(path):
            return importer
    names = ", ".join(importer.name for importer in known)
    raise BadInputError(
        f"{path} is in no format that can be imported ({names}).",
        hint="Give a folder of notes, or a .md, .txt or .jsonl file.",
    )


def _third_party() -> list[Importer]:
    from importlib.metadata import entry_points  # noqa: PLC0415  (16 ms that --help spares)

    found: list[Importer] = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            found.append(point.load()())
        except Exception as error:
            raise BadInputError(
                f"The importer {point.name!r} cannot be loaded ({type(error).__name__}).",
                hint="Update or uninstall the package that brings it.",
            ) from error
    return found
