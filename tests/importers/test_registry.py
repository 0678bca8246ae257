"""Which importer reads a path."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from costeer_cli.errors import BadInputError
from costeer_cli.importers import registry
from costeer_cli.importers.protocol import Item
from costeer_cli.store.document import Document


class Diary:
    """A third party's importer."""

    name = "diary"

    def sniff(self, path: Path) -> bool:
        return path.name == "diary.txt"

    def read(self, path: Path) -> Iterator[Item]:
        yield Document(text="from the diary importer", source=self.name)


def install(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    point = EntryPoint(name="diary", value=value, group=registry.GROUP)
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [point])


@pytest.mark.parametrize(
    ("name", "importer"),
    [("a.md", "markdown"), ("a.txt", "text"), ("a.jsonl", "jsonl"), ("", "markdown")],
)
def test_each_path_finds_its_importer(tmp_path: Path, name: str, importer: str) -> None:
    path = tmp_path / name
    if name:
        path.write_text("x")
    assert registry.sniff(path).name == importer


@pytest.mark.parametrize("name", ["chat.json", "picture.png", "noending", "mail.mbox"])
def test_when_unsure_it_refuses_and_says_what_it_knows(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("some text that could be anything")
    with pytest.raises(BadInputError) as caught:
        registry.sniff(tmp_path / name)
    assert name in str(caught.value)
    assert "jsonl, markdown, text" in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("path", ["missing.md", "x" * 5000, "nul\x00byte.md"])
def test_nothing_there(tmp_path: Path, path: str) -> None:
    with pytest.raises(BadInputError, match="no file or folder"):
        registry.sniff(tmp_path / path)


def test_third_parties_come_before_plain_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, f"{__name__}:Diary")
    (tmp_path / "diary.txt").write_text("x")
    (tmp_path / "other.txt").write_text("x")
    assert registry.sniff(tmp_path / "diary.txt").name == "diary"
    assert registry.sniff(tmp_path / "other.txt").name == "text"
    assert [importer.name for importer in registry.importers()] == [
        "jsonl",
        "diary",
        "markdown",
        "text",
    ]


def test_a_third_party_that_does_not_load_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, "no_such_module:Thing")
    with pytest.raises(BadInputError, match="'diary' cannot be loaded"):
        registry.importers()
