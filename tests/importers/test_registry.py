"""Which importer reads a path."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from costeer_cli.errors import BadInputError
from costeer_cli.importers import registry
from costeer_cli.importers.identity import Identity
from costeer_cli.importers.protocol import Item
from costeer_cli.importers.source import Source
from costeer_cli.store.document import Document
from tests.importers.making import write


class Diary:
    """A third party's importer."""

    name = "diary"

    def sniff(self, source: Source) -> bool:
        return source.single is not None and source.single.base == "diary.txt"

    def read(self, source: Source, me: Identity) -> Iterator[Item]:
        yield Document(text="from the diary importer", source=self.name)


@pytest.fixture(autouse=True)
def _asked_anew() -> Iterator[None]:
    registry.importers.cache_clear()
    yield
    registry.importers.cache_clear()


def install(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    point = EntryPoint(name="diary", value=value, group=registry.GROUP)
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [point])


def name_of(path: Path) -> str | None:
    found = registry.sniff(Source(path))
    return found.name if found else None


@pytest.mark.parametrize(
    ("name", "importer"), [("a.md", "markdown"), ("a.txt", "text"), ("a.jsonl", "jsonl")]
)
def test_each_path_finds_its_importer(tmp_path: Path, name: str, importer: str) -> None:
    assert name_of(write(tmp_path / name)) == importer


@pytest.mark.parametrize("name", ["chat.json", "picture.png", "noending", "data.bin"])
def test_when_unsure_it_says_so(tmp_path: Path, name: str) -> None:
    assert name_of(write(tmp_path / name, "some text that could be anything")) is None
    assert name_of(tmp_path) is None


def test_names_are_words_and_no_two_are_the_same() -> None:
    names = [importer.name for importer in registry.importers()]
    assert len(set(names)) == len(names)
    assert all(name.replace("-", "").isalnum() and name.islower() for name in names)


def test_third_parties_come_before_plain_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, f"{__name__}:Diary")
    assert name_of(write(tmp_path / "diary.txt")) == "diary"
    assert name_of(write(tmp_path / "other.txt")) == "text"
    names = [importer.name for importer in registry.importers()]
    assert names[-4:] == ["diary", "html", "markdown", "text"]


def test_a_third_party_that_does_not_load_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, "no_such_module:Thing")
    with pytest.raises(BadInputError, match="'diary' cannot be loaded"):
        registry.importers()
