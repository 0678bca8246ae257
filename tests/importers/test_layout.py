"""Where an export begins, and whether it is all there is."""

from __future__ import annotations

import io
import re
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.importers.layout import alone, folder, inside, is_hidden, named, start
from costeer_cli.importers.source import Entry, Source
from tests.importers.making import entry, write, zipped


def names(path: Path) -> list[str]:
    return [name for name, _ in inside(Source(path))]


@pytest.mark.parametrize(
    ("files", "found"),
    [
        (["a.json", "b/c.json"], ["a.json", "b/c.json"]),
        (["x/a.json", "x/b/c.json"], ["a.json", "b/c.json"]),
        (["x/a.json", "__MACOSX/x/._a.json", ".DS_Store"], ["a.json"]),
        (["x/y/a.json"], ["a.json"]),
        (["xa/a.json", "xb/a.json"], ["xa/a.json", "xb/a.json"]),
    ],
)
def test_names_below_what_holds_them_all(
    tmp_path: Path, files: list[str], found: list[str]
) -> None:
    assert names(zipped(tmp_path / "a.zip", dict.fromkeys(files, "{}"))) == found
    for file in files:
        write(tmp_path / "folder" / file, "{}")
    assert sorted(names(tmp_path / "folder")) == found


def test_nothing_in_it(tmp_path: Path) -> None:
    assert names(zipped(tmp_path / "a.zip", {})) == []


@given(st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=3), min_size=1, max_size=5))
def test_the_same_is_taken_from_every_name(parts: list[list[str]]) -> None:
    entries = [Entry("/".join(path), "", "", 0, "", io.BytesIO) for path in parts]
    found = inside(cast(Source, SimpleNamespace(entries=entries)))
    taken = {entry.name.removesuffix(name) for name, entry in found}
    assert len(taken) == 1
    folders = {name.split("/")[0] if "/" in name else "" for name, _ in found}
    assert len(folders) > 1 or folders == {""}


def test_alone(tmp_path: Path) -> None:
    source = inside(Source(zipped(tmp_path / "a.zip", {"a.json": "", "b/c.md": ""})))
    assert alone(source)
    beside = inside(Source(zipped(tmp_path / "b.zip", {"a.json": "", "C.TXT": ""})))
    assert not alone(beside)
    assert alone(beside, "c.txt")


def test_how_a_file_starts(tmp_path: Path) -> None:
    assert start(entry(tmp_path / "a", "\ufeff \r\n[é".encode()[:-1])) == "[\ufffd"


@pytest.mark.parametrize(("name", "found"), [("a/b/c", "b"), ("b/c", "b"), ("c", "")])
def test_a_files_folder(name: str, found: str) -> None:
    assert folder(name) == found


@pytest.mark.parametrize(
    ("name", "hidden"),
    [
        ("a/b.md", False),
        (".a/b.md", True),
        ("a/.b.md", True),
        ("a.b/c", False),
        ("__MACOSX/a", True),
        ("a/__MACOSX/b", False),
    ],
)
def test_hidden_or_not(name: str, hidden: bool) -> None:
    assert is_hidden(name) is hidden


def test_files_by_name(tmp_path: Path) -> None:
    pattern = re.compile(r"a\d?\.js")
    files = dict.fromkeys(["x/a.js", "x/a1.js", "x/y/a.js"], "")
    source = Source(zipped(tmp_path / "a.zip", files))
    assert [entry.name for entry in named(source, pattern)] == ["x/a.js", "x/a1.js"]
    deep = source.only(source.entries[2])
    assert named(deep, pattern) == source.entries[2:]
    assert named(deep, re.compile("y/a.js")) == []
