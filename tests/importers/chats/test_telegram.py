"""Telegram exports: one chat, or everything; own messages only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import BadInputError
from costeer_cli.importers.chats.telegram import Telegram
from costeer_cli.importers.identity import UnknownPersonError
from costeer_cli.importers.source import Source
from costeer_cli.store.document import Document
from tests.importers.making import PROSE, passed_over, read, taken, write, zipped
from tests.importers.shaking import shaken, survives

OTHER = "We were waiting for you all day at the harbour."
HTML = "<!DOCTYPE html>\n<html>\n <head>\n  <title>Exported Data</title>\n"


def message(number: int, text: Any = PROSE, seconds: int = 0, **more: object) -> dict[str, Any]:
    """A message of mine; `more` overrides its fields."""
    return {
        "id": number,
        "type": "message",
        "date": "2024-05-01T14:00:00",
        "date_unixtime": str(1714564800 + seconds),
        "from": "Mara",
        "from_id": "user11",
        "text": text,
        **more,
    }


def others(number: int, **more: object) -> dict[str, Any]:
    return message(number, OTHER, **{"from": "Ole", "from_id": "user22", **more})


def chat(*messages: object, **more: object) -> dict[str, Any]:
    return {"name": "Ole", "type": "personal_chat", "id": 99, "messages": list(messages), **more}


def everything(*chats: object, left: tuple[object, ...] = ()) -> dict[str, Any]:
    return {
        "about": "Here is the data you requested.",
        "personal_information": {"user_id": 11, "first_name": "Mara", "phone_number": "+1"},
        "contacts": {"about": "...", "list": [{"first_name": "Ole"}]},
        "chats": {"about": "...", "list": list(chats)},
        "left_chats": {"about": "...", "list": list(left)},
    }


def export(tmp_path: Path, value: object, name: str = "result.json") -> Path:
    return write(tmp_path / name, json.dumps(value, indent=1))


def test_a_single_chat(tmp_path: Path) -> None:
    path = export(tmp_path, chat(message(1, "I am at the station"), message(2, "in the rain.", 60)))
    assert taken(read(Telegram(), path, "Mara")) == [
        Document(
            text="I am at the station\nin the rain.",
            source="telegram",
            native_id="99/1",
            title="Ole",
            kind="message",
            recipient="Ole",
            created_at="2024-05-01T12:00:00+00:00",
        )
    ]


@pytest.mark.parametrize("me", ["Mara", "user11", "11", "@MARA"])
def test_who_i_am_in_a_single_chat(tmp_path: Path, me: str) -> None:
    items = read(Telegram(), export(tmp_path, chat(message(1), others(2))), me)
    assert [document.text for document in taken(items)] == [PROSE]
    assert passed_over(items) == [("others", "2")]


def test_a_single_chat_needs_to_know(tmp_path: Path) -> None:
    with pytest.raises(UnknownPersonError, match="Telegram"):
        read(Telegram(), export(tmp_path, chat(message(1))))


@pytest.mark.parametrize("kind", ["file", "folder", "zip"])
def test_everything_says_whose_it_is(tmp_path: Path, kind: str) -> None:
    # A namesake is no reason to take their words.
    value = everything(
        chat(message(1), others(2, **{"from": "Mara"})),
        chat(message(1), id=98, name="Stable", type="private_supergroup"),
        left=(chat(message(1), id=97, name=None, type="saved_messages"),),
    )
    if kind == "zip":
        path = zipped(tmp_path / "a.zip", {"DataExport/result.json": json.dumps(value)})
    else:
        path = export(tmp_path / "DataExport", value)
        write(tmp_path / "DataExport" / "chats" / "chat_1" / "photo.jpg")
        path = path if kind == "file" else path.parent
    items = read(Telegram(), path, "Mara")
    assert [(one.native_id, one.title) for one in taken(items)] == [
        ("99/1", "Ole"),
        ("98/1", "Stable"),
        ("97/1", "Saved Messages"),
    ]
    assert [reason for reason, _ in passed_over(items)] == ["others"]


def test_old_exports_have_numbers_for_ids(tmp_path: Path) -> None:
    value = everything(chat(message(1, from_id=11), others(2, from_id=22)))
    assert len(taken(read(Telegram(), export(tmp_path, value)))) == 1
    single = chat(message(1, from_id=4611686018427387904))
    assert len(taken(read(Telegram(), export(tmp_path, single), "4611686018427387904"))) == 1


@pytest.mark.parametrize(
    ("fields", "reasons"),
    [
        ({"forwarded_from": "Ole"}, ["others"]),
        ({"saved_from": "Ole"}, ["others"]),
        ({"via_bot": "@gif"}, ["others"]),
        ({"type": "service", "action": "phone_call", "text": ""}, ["others"]),
        ({"from": None, "from_id": None}, ["others"]),
        ({"from_id": "channel11"}, ["others"]),
        ({"text": "", "photo": "a.jpg"}, ["empty"]),
        ({"text": None}, ["empty"]),
        ({"text": [{"type": "blockquote", "text": OTHER}]}, ["others"]),
        ({"text": f"> {OTHER}"}, ["others"]),
    ],
)
def test_passed_over(tmp_path: Path, fields: dict[str, Any], reasons: list[str]) -> None:
    value = everything(chat({**message(1), **fields}))
    items = read(Telegram(), export(tmp_path, value))
    assert taken(items) == []
    assert [reason for reason, _ in passed_over(items)] == reasons


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        (PROSE, None),
        (["The mare ", {"type": "bold", "text": "stood"}, " in the rain and did not mind it."], []),
        ("", [{"type": "plain", "text": PROSE}, {"type": "pre", "text": "x = 1"}]),
        ("", [{"type": "plain", "text": PROSE}, {"type": "blockquote", "text": OTHER}]),
        ("", [None, {"type": "plain", "text": PROSE}, {"type": 3}, 7]),
    ],
)
def test_a_text_of_many_parts(tmp_path: Path, text: object, entities: object) -> None:
    value = everything(chat(message(1, text, text_entities=entities)))
    assert [one.text for one in taken(read(Telegram(), export(tmp_path, value)))] == [PROSE]


def test_an_answer_in_between_makes_two(tmp_path: Path) -> None:
    value = everything(chat(message(1), others(2), message(3, PROSE, 1), {"type": "service"}))
    assert len(taken(read(Telegram(), export(tmp_path, value)))) == 2


def test_a_date_without_seconds_since_1970(tmp_path: Path) -> None:
    one = message(1)
    del one["date_unixtime"]
    (document,) = taken(read(Telegram(), export(tmp_path, everything(chat(one)))))
    assert document.created_at == "2024-05-01T14:00:00+00:00"


@pytest.mark.parametrize("name", ["messages.html", "messages2.html", "export_results.html"])
def test_html_is_refused_with_advice(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, HTML)
    for path in (tmp_path, tmp_path / name, zipped(tmp_path / "a.zip", {name: HTML})):
        with pytest.raises(BadInputError, match="HTML") as caught:
            read(Telegram(), path, "Mara")
        assert caught.value.hint
        assert "JSON" in caught.value.hint


def test_json_beside_html_is_taken(tmp_path: Path) -> None:
    write(tmp_path / "messages.html", HTML)
    export(tmp_path, everything(chat(message(1))))
    assert len(taken(read(Telegram(), tmp_path))) == 1


@pytest.mark.parametrize(
    "content",
    ["[]", "{}", '{"type": "personal_chat"}', '{"messages": []}', '{"about": 1}', "", "<html>"],
)
def test_it_is_not_sure(tmp_path: Path, content: str) -> None:
    assert not Telegram().sniff(Source(write(tmp_path / "result.json", content)))
    assert not Telegram().sniff(Source(write(tmp_path / "messages.html", content)))


def test_a_result_among_notes_is_not_the_whole(tmp_path: Path) -> None:
    export(tmp_path, chat(message(1)))
    write(tmp_path / "note.md")
    assert not Telegram().sniff(Source(tmp_path))


def test_broken_parts_are_counted(tmp_path: Path) -> None:
    value = everything(None, [], chat(None, 3, message(1)), {"name": 4, "messages": {"a": 1}})
    whole = json.dumps(value)
    items = read(Telegram(), write(tmp_path / "a.json", whole[: whole.index('"left_chats"')]))
    assert len(taken(items)) == 1
    assert [reason for reason, _ in passed_over(items)] == ["broken"] * 6


@pytest.mark.parametrize("chats", [None, [], {"list": {}}, {"list": [{"messages": None}]}])
def test_unknown_shapes_are_counted(tmp_path: Path, chats: object) -> None:
    value = everything() | {"chats": chats, "left_chats": {"list": [chat(message(1))]}}
    items = read(Telegram(), export(tmp_path, value))
    assert len(taken(items)) == 1
    assert [reason for reason, _ in passed_over(items)] == ["broken"]


def test_one_message_is_in_memory_at_a_time(tmp_path: Path) -> None:
    import tracemalloc  # noqa: PLC0415

    path = tmp_path / "result.json"
    with path.open("w") as file:
        file.write(json.dumps(everything(chat(message(0)))).partition("]}]")[0])
        for number in range(5_000):
            file.write("," + json.dumps(message(number, f"{PROSE} {number}" * 9, number * 999)))
        file.write("]}]}}")
    source = Source(path)
    tracemalloc.start()
    count = sum(isinstance(item, Document) for item in Telegram().read(source, me=None))  # type: ignore[arg-type]
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 5_000
    assert most < 1_500_000 < path.stat().st_size


@given(st.data())
def test_anything_may_be_anything(data: st.DataObject) -> None:
    value = data.draw(
        st.sampled_from(
            [
                chat(message(1), others(2), message(3, [PROSE, {"type": "bold", "text": "a"}])),
                everything(chat(message(1), others(2)), left=(chat(message(3), id=98),)),
            ]
        )
    )
    raw = data.draw(shaken(value))
    survives(Telegram(), lambda folder: write(folder / "result.json", raw), "Mara")
