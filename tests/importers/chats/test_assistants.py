"""What ChatGPT's and Claude's exports share."""

from __future__ import annotations

from pathlib import Path

import pytest

from costeer_cli.errors import BadInputError
from costeer_cli.importers.chats.assistants import conversations, prompt
from costeer_cli.importers.protocol import Note, Skipped
from costeer_cli.store.document import Document
from tests.importers.making import PROSE, entry

ABOUT = Document(text="", source="them", native_id="1", recipient="Them")


def test_a_prompt_becomes_a_document() -> None:
    (document,) = prompt(PROSE, "here", ABOUT)
    assert document == Document(
        text=PROSE, source="them", native_id="1", recipient="Them", kind="prompt"
    )


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("", ["empty"]),
        ("hm", ["short"]),
        ("> quoted", ["others"]),
        ("> a\nhm", ["others", "short"]),
    ],
)
def test_what_is_left_of_nothing(text: str, reasons: list[str]) -> None:
    assert list(prompt(text, "here", ABOUT)) == [Skipped("here", reason) for reason in reasons]  # type: ignore[arg-type]


def test_objects_one_by_one(tmp_path: Path) -> None:
    file = entry(tmp_path / "a.json", b'[{"a": "\xe9"}, 3, {"b": 2}, {"c"')
    assert list(conversations(file)) == [
        (f"{file.where} conversation 1", {"a": "é"}),
        Skipped(f"{file.where} conversation 2", "broken"),
        (f"{file.where} conversation 3", {"b": 2}),
        Skipped(file.where, "broken"),
    ]


def test_old_bytes_are_noted_at_the_end(tmp_path: Path) -> None:
    assert isinstance(list(conversations(entry(tmp_path / "a.json", b'[{"a": "\xe9"}]')))[-1], Note)


def test_no_array(tmp_path: Path) -> None:
    with pytest.raises(BadInputError):
        list(conversations(entry(tmp_path / "a.json", "{}")))
    assert list(conversations(entry(tmp_path / "b.json", ""))) == [
        Skipped(str(tmp_path / "b.json"), "broken")
    ]
