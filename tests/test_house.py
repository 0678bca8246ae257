"""The house itself: docs that are true, files that stay small, nothing that does not belong."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from statistics import median

import pytest

import costeer_cli

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "costeer_cli").rglob("*.py"))


def test_files_stay_small() -> None:
    lengths = {path: len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert max(lengths.values()) <= 400, max(lengths, key=lambda path: lengths[path])
    assert median(lengths.values()) <= 250


def test_tests_are_at_least_as_much_as_the_source() -> None:
    def lines(folder: str) -> int:
        return sum(len(p.read_text("utf-8").splitlines()) for p in (ROOT / folder).rglob("*.py"))

    assert lines("tests") >= lines("costeer_cli")


def test_version_and_changelog_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == costeer_cli.__version__
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.findall(r"^## (\S+)", changes, re.MULTILINE)[0] == costeer_cli.__version__


def test_the_command_reference_is_up_to_date() -> None:
    check = [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"]
    run = subprocess.run(check, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_links_of_the_readme_lead_somewhere() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (ROOT / target).exists(), target


def test_ci_runs_the_readmes_own_commands() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    for marker in ("demo", "test"):
        block = text.split(f"<!-- {marker} -->\n```sh\n", 1)[1].split("\n```", 1)[0]
        assert block.startswith("python3 -m venv ")
        assert f"readme {marker}" in (ROOT / ".ci" / "run").read_text("utf-8")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_and_public_definition_is_explained(path: Path) -> None:
    import ast  # noqa: PLC0415

    tree = ast.parse(path.read_text("utf-8"))
    if not tree.body:
        return
    assert ast.get_docstring(tree), path
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            inside = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n is not node]
            if not any(node in ast.walk(outer) for outer in inside):
                assert ast.get_docstring(node), f"{path.name}: {node.name}"
