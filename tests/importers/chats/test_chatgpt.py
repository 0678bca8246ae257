"""ChatGPT exports, old and sharded: prompts, and nobody's answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import BadInputError
from costeer_cli.importers.chats.chatgpt import ChatGPT
from costeer_cli.importers.chats.claude import Claude
from costeer_cli.importers.identity import Identity
from costeer_cli.importers.protocol import Note
from costeer_cli.importers.source import Source
from costeer_cli.store.document import Document
from tests.importers.making import PROSE, laid, passed_over, read, taken, write, zipped
from tests.importers.shaking import shaken, survives

SECOND = "And what did the sailors do on the third day?"
ANSWER = "As a language model I have never met a sailor."


def message(text: object, role: str = "user", **more: object) -> dict[str, Any]:
    """A message; `more` overrides its fields."""
    content = {"content_type": "text", "parts": [text]}
    return {
        "id": f"m-{text}",
        "author": {"role": role, "name": None, "metadata": {}},
        "create_time": 1714564800.25,
        "content": content,
        "recipient": "all",
        "metadata": {},
        **more,
    }


def conversation(*messages: dict[str, Any] | None, **more: object) -> dict[str, Any]:
    """A conversation in which each message follows the one before."""
    mapping = {
        f"n{number}": {
            "id": f"n{number}",
            "message": one,
            "parent": f"n{number - 1}" if number else None,
            "children": [f"n{number + 1}"] if number + 1 < len(messages) else [],
        }
        for number, one in enumerate(messages)
    }
    return {
        "title": "Sailors",
        "create_time": 1714560000.0,
        "update_time": 1714570000.0,
        "mapping": mapping,
        "current_node": f"n{len(messages) - 1}",
        "conversation_id": "c1",
        **more,
    }


USUAL = conversation(None, message("", "system"), message(PROSE), message(ANSWER, "assistant"))


def export(tmp_path: Path, *conversations: object) -> Path:
    return write(tmp_path / "conversations.json", json.dumps(conversations))


def test_a_prompt(tmp_path: Path) -> None:
    items = read(ChatGPT(), export(tmp_path, USUAL))
    assert taken(items) == [
        Document(
            text=PROSE,
            source="chatgpt",
            native_id=f"c1/m-{PROSE}",
            title="Sailors",
            kind="prompt",
            recipient="ChatGPT",
            created_at="2024-05-01T12:00:00.250000+00:00",
        )
    ]
    assert passed_over(items) == [("others", "conversations.json conversation 1")]


SHARDS: Mapping[str, str | bytes] = {
    "conversations-001.json": json.dumps([conversation(message(SECOND), conversation_id="c2")]),
    "conversations-000.json": json.dumps([USUAL]),
    "export_manifest.json": "{}",
    "user.json": '{"email": "mara@example.org"}',
    "chat.html": "<html>",
    "shared_conversations.json": "[]",
    "file-abc.txt": PROSE,
}


@pytest.mark.parametrize("below", ["", "export/"])
@pytest.mark.parametrize("kind", ["zip", "folder"])
def test_shards_in_their_order(tmp_path: Path, kind: str, below: str) -> None:
    files = {below + name: content for name, content in SHARDS.items()}
    path = zipped(tmp_path / "a.zip", files) if kind == "zip" else laid(tmp_path / "a", files)
    assert [document.text for document in taken(read(ChatGPT(), path))] == [PROSE, SECOND]


def test_an_export_below_other_things_is_not_the_whole(tmp_path: Path) -> None:
    export(tmp_path / "old", USUAL)
    write(tmp_path / "note.md")
    source = Source(tmp_path)
    assert not ChatGPT().sniff(source)
    assert [ChatGPT().sniff(source.only(one)) for one in source.entries] == [False, True]
    write(tmp_path / "old" / "mine.md")
    assert not ChatGPT().sniff(Source(tmp_path / "old"))


def test_it_is_not_claudes(tmp_path: Path) -> None:
    path = export(tmp_path, USUAL)
    assert not Claude().sniff(Source(path))
    assert not ChatGPT().sniff(Source(write(tmp_path / "b.json", '[{"mapped": 1}]')))
    assert not ChatGPT().sniff(Source(write(tmp_path / "c.json", '{"mapping": 1}')))
    assert not ChatGPT().sniff(Source(write(tmp_path / "c.txt", json.dumps([USUAL]))))


@pytest.mark.parametrize(
    "one",
    [
        message(ANSWER, "assistant"),
        message(ANSWER, "tool"),
        message(ANSWER, "system"),
        message(ANSWER, recipient="browser"),
        message(ANSWER, metadata={"is_visually_hidden_from_conversation": True}),
        message(ANSWER, metadata={"is_user_system_message": True}),
        message(ANSWER, content={"content_type": "code", "text": ANSWER}),
        message(ANSWER, content={"content_type": "user_editable_context", "parts": [ANSWER]}),
        message(ANSWER, author=None),
        message(f"> {ANSWER}"),
        message("x" * 5000),
    ],
)
def test_others(tmp_path: Path, one: dict[str, Any]) -> None:
    items = read(ChatGPT(), export(tmp_path, conversation(message(PROSE), one)))
    assert [document.text for document in taken(items)] == [PROSE]
    assert [reason for reason, _ in passed_over(items)] == ["others"]


def test_text_beside_pictures_is_taken(tmp_path: Path) -> None:
    parts = [{"content_type": "image_asset_pointer"}, PROSE, {"text": ANSWER}, None]
    one = message(PROSE, content={"content_type": "multimodal_text", "parts": parts})
    only_a_picture = message("", content={"content_type": "multimodal_text", "parts": parts[:1]})
    items = read(ChatGPT(), export(tmp_path, conversation(one, only_a_picture, message("hm"))))
    assert [document.text for document in taken(items)] == [PROSE]
    assert [reason for reason, _ in passed_over(items)] == ["empty", "short"]


def test_missing_keys(tmp_path: Path) -> None:
    one = message(PROSE)
    for key in ("id", "create_time", "recipient", "metadata"):
        del one[key]
    bare = conversation(one, title=None)
    del bare["current_node"]
    (document,) = taken(read(ChatGPT(), export(tmp_path, bare)))
    assert (document.native_id, document.title) == ("c1/n0", "")
    assert document.created_at == "2024-05-01T10:40:00+00:00"


def test_conversations_without_ids_are_not_one(tmp_path: Path) -> None:
    bare = conversation(message(PROSE, id=None), conversation_id=None)
    found = taken(read(ChatGPT(), export(tmp_path, bare, bare)))
    assert len({document.native_id for document in found}) == 2


def test_an_edited_prompt_counts_once(tmp_path: Path) -> None:
    one = conversation(message("x", "system"), message("What did sailors do on that day?"))
    one["mapping"]["n2"] = {"id": "n2", "message": message(SECOND), "parent": "n0", "children": []}
    one["current_node"] = "n2"
    items = read(ChatGPT(), export(tmp_path, one))
    assert [document.text for document in taken(items)] == [SECOND]
    assert [item.said for item in items if isinstance(item, Note)] == [
        "an earlier wording of an edited prompt, left out"
    ]


def test_a_ring_of_messages(tmp_path: Path) -> None:
    one = conversation(message(PROSE), message(SECOND))
    one["mapping"]["n0"]["parent"] = "n1"
    texts = [document.text for document in taken(read(ChatGPT(), export(tmp_path, one)))]
    assert sorted(texts) == sorted([PROSE, SECOND])


def test_what_is_broken_is_counted_and_the_rest_imported(tmp_path: Path) -> None:
    broken = conversation(message(SECOND), mapping=[])
    items = read(ChatGPT(), export(tmp_path, USUAL, None, broken, conversation(mapping={}), USUAL))
    assert [reason for reason, _ in passed_over(items)] == [
        "others",
        "broken",
        "broken",
        "empty",
        "others",
    ]
    assert len(taken(items)) == 2


def test_a_file_that_breaks_off(tmp_path: Path) -> None:
    whole = json.dumps([USUAL, USUAL])
    items = read(ChatGPT(), write(tmp_path / "conversations.json", whole[: len(whole) - 40]))
    assert len(taken(items)) == 1
    assert passed_over(items)[-1] == ("broken", "conversations.json")


def test_old_bytes_are_said(tmp_path: Path) -> None:
    raw = json.dumps([conversation(message("Le café était fermé ce matin."))], ensure_ascii=False)
    items = read(ChatGPT(), write(tmp_path / "conversations.json", raw.encode("cp1252")))
    assert taken(items)[0].text == "Le café était fermé ce matin."
    assert [item.said for item in items if isinstance(item, Note)] == [
        "not UTF-8, read as Windows-1252"
    ]


def test_what_is_no_array_is_refused(tmp_path: Path) -> None:
    source = Source(write(tmp_path / "conversations.json", json.dumps(USUAL)))
    with pytest.raises(BadInputError, match="not an export") as caught:
        list(ChatGPT().read(source, Identity()))
    assert PROSE not in str(caught.value)


def test_a_second_export_has_the_same_ids(tmp_path: Path) -> None:
    longer = conversation(*[node["message"] for node in USUAL["mapping"].values()], message(SECOND))
    first = taken(read(ChatGPT(), export(tmp_path / "1", USUAL)))
    second = taken(read(ChatGPT(), export(tmp_path / "2", longer)))
    assert second[:1] == first
    assert len({document.native_id for document in second}) == 2


@given(st.data())
def test_anything_may_be_anything(data: st.DataObject) -> None:
    raw = data.draw(shaken([USUAL, conversation(message(SECOND), conversation_id="c2")]))
    survives(ChatGPT(), lambda folder: write(folder / "conversations.json", raw))
