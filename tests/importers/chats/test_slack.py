"""Slack exports: own messages, found by mail address or by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.importers.chats.slack import Slack
from costeer_cli.importers.identity import UnknownPersonError
from costeer_cli.importers.source import Source
from costeer_cli.store.document import Document
from tests.importers.making import PROSE, laid, passed_over, read, taken, write, zipped
from tests.importers.shaking import shaken, survives

OTHER = "Could you look after the horses this week?"
MAIL = "mara@example.org"


def user(key: str, name: str, mail: str = "", **more: object) -> dict[str, Any]:
    profile = {"email": mail, "real_name": f"{name} Real", "display_name": name}
    return {"id": key, "name": name.lower(), "profile": profile, "is_bot": False, **more}


USERS = [user("U1", "Mara", MAIL), user("U2", "Ole", "ole@example.org"), user("U3", "Ida")]


def message(
    text: str = PROSE, seconds: float = 0, sender: str = "U1", **more: object
) -> dict[str, Any]:
    return {
        "type": "message",
        "user": sender,
        "text": text,
        "ts": f"{1714564800 + seconds:.6f}",
        "client_msg_id": "1",
        **more,
    }


def export(days: dict[str, object], users: object = USERS) -> dict[str, str | bytes]:
    files = {
        "users.json": users,
        "channels.json": [{"id": "C1", "name": "general"}],
        "groups.json": [],
        "mpims.json": [{"id": "G1", "name": "mpdm-mara--ole--ida-1"}],
        "dms.json": [{"id": "D1", "members": ["U1", "U2"]}, {"id": "D2", "members": ["U1"]}],
        **days,
    }
    return {name: json.dumps(value) for name, value in files.items()}


DAY = "general/2024-05-01.json"


@pytest.mark.parametrize("kind", ["zip", "folder"])
@pytest.mark.parametrize("below", ["", "My Workspace export/"])
def test_an_export(tmp_path: Path, kind: str, below: str) -> None:
    days = {
        DAY: [message("I am at the station"), message("in the rain.", 60), message(OTHER, 61, "U2")]
    }
    files = {below + name: content for name, content in export(days).items()}
    path = zipped(tmp_path / "a.zip", files) if kind == "zip" else laid(tmp_path / "a", files)
    items = read(Slack(), path, MAIL)
    assert taken(items) == [
        Document(
            text="I am at the station\nin the rain.",
            source="slack",
            native_id="C1/1714564800.000000",
            title="general",
            kind="message",
            author="Mara",
            recipient="general",
            created_at="2024-05-01T12:00:00+00:00",
        )
    ]
    assert passed_over(items) == [("others", "2024-05-01.json message 3")]


def test_direct_messages_are_named_after_the_other(tmp_path: Path) -> None:
    days: dict[str, object] = {
        f"{folder}/2024-05-01.json": [message()] for folder in ("D1", "D2", "mpdm-mara--ole--ida-1")
    }
    found = taken(read(Slack(), zipped(tmp_path / "a.zip", export(days)), MAIL))
    assert [(one.native_id.split("/")[0], one.recipient) for one in found] == [
        ("D1", "Ole"),
        ("D2", "Mara"),
        ("G1", "mpdm-mara--ole--ida-1"),
    ]


def test_a_burst_over_midnight_and_days_in_any_order(tmp_path: Path) -> None:
    days: dict[str, object] = {
        "general/2024-05-02.json": [message("in the rain.", 60)],
        DAY: [message("I am at the station")],
    }
    (document,) = taken(read(Slack(), zipped(tmp_path / "a.zip", export(days)), MAIL))
    assert document.text == "I am at the station\nin the rain."


@pytest.mark.parametrize("me", [MAIL, "Mara", "mara real", "U1", "@mara", "mara+slack@example.org"])
def test_who_i_am(tmp_path: Path, me: str) -> None:
    days: dict[str, object] = {DAY: [message(), message(OTHER, 1, "U2")]}
    items = read(Slack(), zipped(tmp_path / "a.zip", export(days)), me)
    assert [one.text for one in taken(items)] == [PROSE]


@pytest.mark.parametrize(("me", "says"), [("Nobody", "Nobody"), ("Ole", "Several")])
def test_who_i_am_is_not_guessed(tmp_path: Path, me: str, says: str) -> None:
    users = [*USERS, user("U4", "Ole", "other@example.org")]
    path = zipped(tmp_path / "a.zip", export({DAY: [message()]}, users))
    with pytest.raises(UnknownPersonError, match=says):
        read(Slack(), path, me)
    with pytest.raises(UnknownPersonError, match="who you are"):
        read(Slack(), path)
    assert read(Slack(), path, me, MAIL)  # a mail address settles it


def test_a_bot_of_my_name_is_not_me(tmp_path: Path) -> None:
    users = [*USERS, user("B1", "Mara", is_bot=True)]
    days: dict[str, object] = {DAY: [message(sender="B1"), message(PROSE, 1)]}
    items = read(Slack(), zipped(tmp_path / "a.zip", export(days, users)), "Mara")
    assert len(taken(items)) == 1


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"subtype": "channel_join"}, "others"),
        ({"subtype": "bot_message"}, "others"),
        ({"bot_id": "B1"}, "others"),
        ({"type": "reaction"}, "others"),
        ({"user": None}, "others"),
        ({"text": ""}, "empty"),
        ({"text": f"&gt; {OTHER}"}, "others"),
        ({"text": f"&gt;&gt;&gt; {OTHER}\n{OTHER}"}, "others"),
        ({"text": "<https://example.org/a/long/way|https://example.org/a/long/way>"}, "empty"),
    ],
)
def test_passed_over(tmp_path: Path, fields: dict[str, object], reason: str) -> None:
    days: dict[str, object] = {DAY: [{**message(), **fields}]}
    items = read(Slack(), zipped(tmp_path / "a.zip", export(days)), MAIL)
    assert taken(items) == []
    assert [reason for reason, _ in passed_over(items)] == [reason]


@pytest.mark.parametrize("subtype", [None, "thread_broadcast", "me_message", "file_share"])
def test_taken(tmp_path: Path, subtype: str | None) -> None:
    days: dict[str, object] = {DAY: [message(f"<@U2> *{PROSE}*", subtype=subtype)]}
    items = read(Slack(), zipped(tmp_path / "a.zip", export(days)), MAIL)
    assert [one.text for one in taken(items)] == [f"@Ole {PROSE}"]


def test_threads_stay_apart(tmp_path: Path) -> None:
    thread = "1714564800.000000"
    messages = [
        message(thread_ts=thread),  # the one that the thread hangs on
        message(PROSE, 1),
        message(PROSE, 2, thread_ts=thread),
        message(PROSE, 3, thread_ts=thread),
    ]
    items = read(Slack(), zipped(tmp_path / "a.zip", export({DAY: messages})), MAIL)
    assert [one.text.count(PROSE) for one in taken(items)] == [2, 2]


def test_one_day_alone_names_people_in_its_messages(tmp_path: Path) -> None:
    mine = message(user_profile={"real_name": "Mara", "name": "m"})
    theirs = message(OTHER, 1, "U2", user_profile={"real_name": "Ole"})
    write(tmp_path / "note.md")
    write(tmp_path / "slack" / DAY, json.dumps([mine, theirs]))
    source = Source(tmp_path)
    assert not Slack().sniff(source)
    (day,) = [source.only(entry) for entry in source.entries if entry.suffix == ".json"]
    assert Slack().sniff(day)
    items = read(Slack(), tmp_path / "slack" / DAY, "Mara")
    assert [one.text for one in taken(items)] == [PROSE]


@pytest.mark.parametrize(
    "files",
    [
        {"users.json": "[]"},
        {DAY: "[]"},
        {"users.json": "no", DAY: "[]"},
        {"a/users.json": "[]", "b/2024-05-01.json": "[]"},
        {"users.json": "[]", "general/today.json": "[]"},
    ],
)
def test_it_is_not_sure(tmp_path: Path, files: dict[str, str | bytes]) -> None:
    assert not Slack().sniff(Source(zipped(tmp_path / "a.zip", files)))


def test_it_is_not_sure_of_a_file(tmp_path: Path) -> None:
    assert not Slack().sniff(Source(write(tmp_path / "2024-05-01.json", '[{"ts": 1}]')))
    assert not Slack().sniff(Source(write(tmp_path / "a.json", json.dumps([message()]))))


def test_broken_files_are_counted_and_the_rest_imported(tmp_path: Path) -> None:
    files = export({DAY: [message(), None, 3], "general/2024-05-02.json": []})
    files["general/2024-05-02.json"] = "[{"
    files["general/2024-05-03.json"] = json.dumps([message(PROSE, 999)])
    files["general/2024-05-04.json"] = '{"messages": []}'
    files["dms.json"] = "no"
    files["groups.json"] = '[{"id": 3}, null]'
    items = read(Slack(), zipped(tmp_path / "a.zip", files), MAIL)
    assert len(taken(items)) == 2
    assert [reason for reason, _ in passed_over(items)] == ["broken"] * 5


@given(st.data())
def test_anything_may_be_anything(data: st.DataObject) -> None:
    thread = message(OTHER, 1, thread_ts="1714564800.000000", user_profile={"name": "Mara"})
    files = export({DAY: [message(), thread, message(OTHER, 2, "U2")], "D1/2024-05-01.json": []})
    name = data.draw(st.sampled_from(sorted(files)))
    files[name] = data.draw(shaken(json.loads(files[name]) or [message()]))
    survives(Slack(), lambda folder: laid(folder / "a", files), MAIL)
