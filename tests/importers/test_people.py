"""What the sets have in common."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from costeer_cli.errors import BadInputError
from costeer_cli.importers.people import Person, string, tag, texts, whole
from costeer_cli.importers.protocol import Skipped
from costeer_cli.importers.source import Source
from costeer_cli.store.document import Document
from tests.importers.making import PROSE, write

LONG, SHORT = Document(text=PROSE, native_id="1"), Document(text="short", native_id="2")
MARA = Person("3", "Write a letter.", "Dear Jo", (LONG, SHORT))
BROKEN = Skipped("set row 2", "broken")


def found(*items: Person | Skipped) -> Iterator[Person | Skipped]:
    yield from items


def test_what_everybody_wrote_before() -> None:
    assert list(texts(found(MARA, BROKEN))) == [LONG, Skipped("2", "short"), BROKEN]


def test_where_nothing_may_be_missing(tmp_path: Path) -> None:
    source = Source(write(tmp_path / "set.json"))
    assert list(whole(found(MARA, MARA), source)) == [MARA, MARA]
    with pytest.raises(BadInputError, match="set row 2 is broken"):
        list(whole(found(MARA, BROKEN), source))
    with pytest.raises(BadInputError, match="nobody in"):
        list(whole(found(), source))


def test_words() -> None:
    assert [string(value) for value in (" a ", 3, True, None, [], 1.5)] == [
        "a",
        "3",
        "",
        "",
        "",
        "",
    ]
    assert tag("3_7") == "person:3_7"
