"""What looks at nothing heavy imports nothing heavy: help and lists answer at once."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys

import pytest

HEAVY = {"torch", "transformers", "openai", "numpy", "safetensors", "gguf", "huggingface_hub"}
STORE = {"sqlite_utils", "costeer_cli.store.database"}
JOBS = {
    f"costeer_cli.{name}"
    for name in (
        *("cloud", "importers", "local", "privacy", "render", "writing"),
        *("personal.context", "personal.learning", "personal.retrieval"),
        *("models.language_model", "models.tokenizer"),
    )
}
RUN = """
import json, sys
from costeer_cli.cli.app import main
sys.argv[0] = "costeer"
try:
    main()
except SystemExit as end:
    code = end.code or 0
else:
    code = 0
sys.stdout.flush()
print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""


def imported(*args: str) -> set[str]:
    """Every module and package that `costeer ARGS` has imported when it ends."""
    ran = subprocess.run(
        [sys.executable, "-c", RUN, *args],
        env=os.environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        timeout=60,
    )
    code, modules = json.loads(ran.stderr.splitlines()[-1])
    assert code == 0
    assert ran.stdout
    return set(modules)


@pytest.mark.parametrize(
    "args",
    [
        ["--help"],
        ["--version"],
        *([noun, "--help"] for noun in ("write", "demo", "doctor", "path")),
        *([noun, "--help"] for noun in ("profile", "history", "draft", "provider", "model")),
        *(["history", verb, "--help"] for verb in ("import", "export", "forget", "search")),
        ["profile", "learn", "--help"],
        ["context", "--help"],
        ["path"],
        ["path", "--json"],
        ["model", "list"],
    ],
    ids=" ".join,
)
def test_help_and_places_import_neither_models_nor_the_store(args: list[str]) -> None:
    assert imported(*args) & (HEAVY | STORE | JOBS) == set()


@pytest.mark.parametrize(
    "args",
    [
        ["profile", "list"],
        ["profile", "list", "--json"],
        ["profile", "show", "concise"],
        ["history", "list", "--json"],
        ["draft", "list", "--json"],
    ],
    ids=" ".join,
)
def test_lists_import_the_store_and_no_models(args: list[str]) -> None:
    modules = imported(*args)
    assert modules & (HEAVY | JOBS) == set()
    assert modules >= STORE


def test_the_budget_is_measured() -> None:
    assert imported("path") >= {"typer", "costeer_cli.cli.importing"}
    assert imported("history", "search", "--json", "word") >= {"costeer_cli.personal.retrieval"}


@pytest.mark.parametrize("name", sorted(STORE | JOBS))
def test_what_is_named_is_there_to_be_imported(name: str) -> None:
    assert importlib.util.find_spec(name) is not None
