"""Claude exports: prompts, without answers and without files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.importers.chats.chatgpt import ChatGPT
from costeer_cli.importers.chats.claude import Claude
from costeer_cli.importers.source import Source
from costeer_cli.store.document import Document
from tests.importers.making import PROSE, laid, passed_over, read, taken, write, zipped
from tests.importers.shaking import shaken, survives

SECOND = "And what did the sailors do on the third day?"
ANSWER = "I have never met a sailor, I must admit."


def message(text: str, sender: str = "human", **more: object) -> dict[str, Any]:
    return {
        "uuid": f"m-{text}",
        "text": text,
        "content": [{"type": "text", "text": text, "citations": []}],
        "sender": sender,
        "created_at": "2024-05-01T12:00:00.250000Z",
        "attachments": [{"file_name": "a.txt", "file_size": 9, "extracted_content": ANSWER}],
        "files": [{"file_name": "b.png"}],
        **more,
    }


def conversation(*messages: object, **more: object) -> dict[str, Any]:
    return {
        "uuid": "c1",
        "name": "Sailors",
        "created_at": "2024-05-01T10:00:00Z",
        "updated_at": "2024-05-01T13:00:00Z",
        "account": {"uuid": "a1"},
        "chat_messages": list(messages),
        **more,
    }


USUAL = conversation(message(PROSE), message(ANSWER, "assistant"), message(SECOND))


def export(tmp_path: Path, *conversations: object) -> Path:
    return write(tmp_path / "conversations.json", json.dumps(conversations))


def test_prompts(tmp_path: Path) -> None:
    items = read(Claude(), export(tmp_path, USUAL))
    assert taken(items)[0] == Document(
        text=PROSE,
        source="claude",
        native_id=f"c1/m-{PROSE}",
        title="Sailors",
        kind="prompt",
        recipient="Claude",
        created_at="2024-05-01T12:00:00.250000+00:00",
    )
    assert [document.text for document in taken(items)] == [PROSE, SECOND]
    assert passed_over(items) == [("others", "conversations.json conversation 1")]


@pytest.mark.parametrize("below", ["", "data-2026-01-01-batch-0000/"])
def test_a_batch(tmp_path: Path, below: str) -> None:
    files = {
        f"{below}users.json": '[{"uuid": "a1"}]',
        f"{below}conversations.json": json.dumps([USUAL]),
        f"{below}projects.json": json.dumps([{"docs": [{"content": ANSWER}]}]),
        f"{below}memories.json": json.dumps([{"conversations_memory": ANSWER}]),
    }
    assert len(taken(read(Claude(), zipped(tmp_path / "a.zip", files)))) == 2
    assert len(taken(read(Claude(), laid(tmp_path / "a", files)))) == 2


def test_several_batches_are_read_one_by_one(tmp_path: Path) -> None:
    for number in range(2):
        export(tmp_path / f"batch-{number}", USUAL)
    source = Source(tmp_path)
    assert not Claude().sniff(source)
    assert all(Claude().sniff(source.only(entry)) for entry in source.entries)


def test_it_is_not_chatgpts(tmp_path: Path) -> None:
    assert not ChatGPT().sniff(Source(export(tmp_path, USUAL)))
    assert not Claude().sniff(Source(write(tmp_path / "a.json", '[{"uuid": "a"}]')))
    assert not Claude().sniff(Source(write(tmp_path / "b.json", "[]")))


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (message(PROSE, content=[]), PROSE),
        (message(PROSE, content=None), PROSE),
        ({**message(PROSE), "text": ""}, PROSE),
        (message(PROSE, content=[{"type": "text", "text": " "}, None, 3]), PROSE),
        (
            message(
                PROSE, content=[{"type": "text", "text": PROSE}, {"type": "text", "text": SECOND}]
            ),
            f"{PROSE}\n{SECOND}",
        ),
        (
            message(
                PROSE,
                content=[{"type": "tool_result", "text": ANSWER}, {"type": "text", "text": PROSE}],
            ),
            PROSE,
        ),
    ],
)
def test_where_the_text_is(tmp_path: Path, one: dict[str, Any], text: str) -> None:
    (document,) = taken(read(Claude(), export(tmp_path, conversation(one))))
    assert document.text == text


def test_what_was_pasted_is_left_out_and_counted(tmp_path: Path) -> None:
    pasted = f"Please make this text a little shorter:\n\n{ANSWER * 20}"
    items = read(Claude(), export(tmp_path, conversation(message(pasted), message("x" * 9999))))
    assert [document.text for document in taken(items)] == [
        "Please make this text a little shorter:"
    ]
    assert [reason for reason, _ in passed_over(items)] == ["others", "others"]


def test_missing_and_wrong(tmp_path: Path) -> None:
    bare: dict[str, Any] = {"sender": "human", "text": PROSE}
    odd = conversation(bare, None, {"sender": "human"}, {"sender": 3, "text": PROSE}, name=None)
    items = read(Claude(), export(tmp_path, odd, conversation(chat_messages=None), 7))
    (document,) = taken(items)
    assert (document.native_id, document.title) == ("c1/0", "")
    assert document.created_at == "2024-05-01T10:00:00+00:00"
    assert [reason for reason, _ in passed_over(items)] == [
        "broken",
        "empty",
        "others",
        "broken",
        "broken",
    ]


@given(st.data())
def test_anything_may_be_anything(data: st.DataObject) -> None:
    raw = data.draw(shaken([USUAL, conversation(message(SECOND), uuid="c2")]))
    survives(Claude(), lambda folder: write(folder / "conversations.json", raw))
