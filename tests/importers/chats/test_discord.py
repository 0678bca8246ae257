"""Discord packages in both layouts."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.importers.chats.discord import Discord, plain
from costeer_cli.importers.protocol import Note
from costeer_cli.importers.source import Source
from costeer_cli.store.document import Document
from tests.importers.making import PROSE, laid, passed_over, read, taken, write, zipped
from tests.importers.shaking import shaken, survives

CHANNEL = "1100000000000000001"


def message(number: int, text: str = PROSE, time: str = "12:00:00") -> dict[str, Any]:
    return {
        "ID": 1200000000000000000 + number,
        "Timestamp": f"2024-05-01 {time}",
        "Contents": text,
        "Attachments": "",
    }


def table(*messages: dict[str, Any]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, ["ID", "Timestamp", "Contents", "Attachments"])
    writer.writeheader()
    writer.writerows(messages)
    return text.getvalue()


TWO = [message(2, "in the rain.", "12:01:00"), message(1, "I am at the station")]  # newest first
PACKAGE: dict[str, str | bytes] = {
    "README.txt": "Hello",
    "Account/user.json": '{"id": "1"}',
    "Messages/index.json": json.dumps({CHANNEL: "general in Stable", "2": None}),
    f"Messages/c{CHANNEL}/channel.json": json.dumps({"id": CHANNEL, "type": 0, "name": "general"}),
    f"Messages/c{CHANNEL}/messages.json": json.dumps(TWO),
    "Servers/index.json": "{}",
}
OLDER: dict[str, str | bytes] = {
    "messages/index.json": json.dumps({CHANNEL: "general in Stable"}),
    f"messages/{CHANNEL}/channel.json": json.dumps({"id": CHANNEL}),
    f"messages/{CHANNEL}/messages.csv": table(*TWO),
}
LOCALISED = {name.replace("Messages", "Nachrichten"): text for name, text in PACKAGE.items()}


@pytest.mark.parametrize("kind", ["zip", "folder"])
@pytest.mark.parametrize("files", [PACKAGE, OLDER, LOCALISED], ids=["new", "old", "localised"])
def test_a_package(tmp_path: Path, files: dict[str, str | bytes], kind: str) -> None:
    path = zipped(tmp_path / "a.zip", files) if kind == "zip" else laid(tmp_path / "a", files)
    assert read(Discord(), path) == [
        Document(
            text="I am at the station\nin the rain.",
            source="discord",
            native_id="1200000000000000001",
            title="general in Stable",
            kind="message",
            recipient="general in Stable",
            created_at="2024-05-01T12:00:00+00:00",
        )
    ]


@pytest.mark.parametrize(
    ("index", "channel", "title", "recipient"),
    [
        ("Direct Message with ole#0", None, "Direct Message with ole#0", "ole"),
        ("Direct Message with ole#1234", None, "Direct Message with ole#1234", "ole"),
        (None, {"name": "stable"}, "stable", "stable"),
        (None, {"name": None}, "", ""),
        (3, [], "3", "3"),
    ],
)
def test_where_it_was_written(
    tmp_path: Path, index: object, channel: object, title: str, recipient: str
) -> None:
    files = PACKAGE | {
        "Messages/index.json": json.dumps({CHANNEL: index}),
        f"Messages/c{CHANNEL}/channel.json": json.dumps(channel),
    }
    (document,) = taken(read(Discord(), zipped(tmp_path / "a.zip", files)))
    assert (document.title, document.recipient) == (title, recipient)


def test_only_the_messages_folder(tmp_path: Path) -> None:
    laid(tmp_path, PACKAGE)
    (document,) = taken(read(Discord(), tmp_path / "Messages"))
    assert document.title == "general in Stable"


def test_a_package_with_nothing_but_one_channel(tmp_path: Path) -> None:
    files = {name: text for name, text in PACKAGE.items() if f"c{CHANNEL}/" in name}
    (document,) = taken(read(Discord(), zipped(tmp_path / "a.zip", files)))
    assert document.title == "general"


@pytest.mark.parametrize(("name", "content"), [("json", json.dumps(TWO)), ("csv", table(*TWO))])
def test_one_file_alone(tmp_path: Path, name: str, content: str) -> None:
    (document,) = taken(read(Discord(), write(tmp_path / f"messages.{name}", content)))
    assert document.native_id == "1200000000000000001"


def test_below_other_things_it_is_read_file_by_file(tmp_path: Path) -> None:
    laid(tmp_path / "old" / "package", PACKAGE)
    write(tmp_path / "note.md")
    source = Source(tmp_path)
    assert not Discord().sniff(source)
    assert [entry.base for entry in source.entries if Discord().sniff(source.only(entry))] == [
        "messages.json"
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("messages.json", '{"messages": []}'),
        ("messages.json", "[]"),
        ("messages.json", '[{"creator": 1}]'),
        ("messages.csv", "id,date,body\n"),
        ("others.json", json.dumps(TWO)),
    ],
)
def test_it_is_not_sure(tmp_path: Path, name: str, content: str) -> None:
    assert not Discord().sniff(Source(write(tmp_path / name, content)))


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("thanks <@123> and <@!456>!", "thanks and !"),
        ("for <@&9> in <#5> at <t:1714564800:R> try </play:7> x", "for in at try x"),
        ("so <:mare:1> and <a:rain:2>", "so :mare: and :rain:"),
        ("a ||secret\none|| here", "a secret\none here"),
        ("1 < 2 and a|b", "1 < 2 and a|b"),
    ],
)
def test_as_it_was_seen(text: str, seen: str) -> None:
    assert plain(text) == seen


def test_passed_over(tmp_path: Path) -> None:
    messages = [
        message(1, ""),
        message(2, "> They wrote this\nNot true", "13:00:00"),
        message(3, ">>> They wrote this\nand this", "14:00:00"),
        message(4, f"```x = 1```\n{PROSE}", "15:00:00"),
        {"ID": None, "Contents": PROSE},
    ]
    items = read(Discord(), write(tmp_path / "messages.json", json.dumps(messages)))
    assert [one.text for one in taken(items)] == [PROSE]
    assert [reason for reason, _ in passed_over(items)] == [
        "broken",
        "empty",
        "others",
        "others",
        "short",
    ]


@pytest.mark.parametrize("time", ["12:00:00", "12:00:00.441000+00:00"])
def test_both_kinds_of_dates(tmp_path: Path, time: str) -> None:
    path = write(tmp_path / "messages.json", json.dumps([message(1, time=time)]))
    assert taken(read(Discord(), path))[0].created_at.startswith("2024-05-01T12:00:00")


def test_a_broken_channel_is_counted_and_the_rest_imported(tmp_path: Path) -> None:
    files = PACKAGE | {
        "Messages/index.json": "no",
        "Messages/c1100000000000000002/messages.json": "[{",
        "Messages/c1100000000000000003/messages.json": json.dumps([7, message(1), message(2)])[:-9],
        "Messages/c1100000000000000005/messages.json": "{}",
        "Messages/c1100000000000000004/messages.csv": "ID,Timestamp,Contents\n1",
    }
    items = read(Discord(), zipped(tmp_path / "a.zip", files))
    assert len(taken(items)) == 2
    assert [reason for reason, _ in passed_over(items)] == ["broken"] * 4 + ["empty"]


def test_old_bytes_in_a_table(tmp_path: Path) -> None:
    text = table(message(1, "Le café était fermé ce matin."))
    items = read(Discord(), write(tmp_path / "messages.csv", text.encode("cp1252")))
    assert taken(items)[0].text == "Le café était fermé ce matin."
    assert len([item for item in items if isinstance(item, Note)]) == 1


@given(st.data())
def test_anything_may_be_anything(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([name for name in PACKAGE if name.startswith("Messages")]))
    files = PACKAGE | {name: data.draw(shaken(json.loads(PACKAGE[name])))}
    survives(Discord(), lambda folder: laid(folder / "a", files))


@given(st.binary(max_size=80))
def test_any_table(raw: bytes) -> None:
    content = b"ID,Timestamp,Contents\r\n" + raw
    survives(Discord(), lambda folder: write(folder / "messages.csv", content))
