"""`costeer path`: every place costeer keeps something."""

from __future__ import annotations

from typing import Annotated

import typer

from costeer_cli.cli.common import print_json, print_rows
from costeer_cli.settings import places


def path(json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Print every place costeer keeps something in."""
    here = places()
    found = {
        "store": here.store,
        "config": here.config,
        "data": here.data,
        "cache": here.cache,
        "models": here.models,
    }
    if json:
        print_json({"paths": {name: str(place) for name, place in found.items()}})
        return
    print_rows([[name, str(place)] for name, place in found.items()])
