"""WhatsApp chats of both kinds of phone: own messages only."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import BadInputError
from costeer_cli.importers.chats.whatsapp import WhatsApp
from costeer_cli.importers.identity import Identity, UnknownPersonError
from costeer_cli.importers.lines import LONGEST
from costeer_cli.importers.protocol import Note
from costeer_cli.importers.source import Source
from costeer_cli.store.document import Document
from tests.importers.making import PROSE, laid, passed_over, read, taken, write, zipped
from tests.importers.shaking import survives

OTHER = "We were waiting for you all day at the harbour."
ANDROID = "24/12/2021, {} - {}\n"
IOS = "[24.12.21, {}:00] {}\r\n"


def chat(*messages: tuple[str, str], form: str = ANDROID) -> str:
    return "".join(form.format(time, said) for time, said in messages)


USUAL = chat(
    ("18:29", "Messages and calls are end-to-end encrypted. Tap to learn more."),
    ("18:30", "Mara: I am at the station"),
    ("18:31", "Mara: in the rain,\nwithout a hat."),
    ("18:32", f"Ole: {OTHER}"),
)


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        ("WhatsApp Chat with Ole.txt", ""),
        ("WhatsApp Chat with Ole (2).txt", ""),
        ("WhatsApp-Chat mit Ole.txt", ""),
        ("Chat de WhatsApp con Ole.txt", ""),
        ("Discussion WhatsApp avec Ole.txt", ""),
        ("Conversa do WhatsApp com Ole.txt", ""),
        ("WhatsApp-chat met Ole.txt", ""),
        ("Чат WhatsApp с Ole.txt", ""),
        ("WhatsApp_Chat_with_Ole.txt", ""),
        ("WhatsApp Chat - Ole.zip", "_chat.txt"),
        ("export.zip", "WhatsApp Chat with Ole.txt"),
        ("WhatsApp Chat - Ole/_chat.txt", ""),
    ],
)
def test_a_chat(tmp_path: Path, name: str, inside: str) -> None:
    path = tmp_path / name
    if inside:
        zipped(path, {inside: USUAL, "IMG-1.jpg": b"\xff\xd8"})
    else:
        write(path, USUAL)
    items = read(WhatsApp(), path, "mara")
    (document,) = taken(items)
    assert document == Document(
        text="I am at the station\nin the rain,\nwithout a hat.",
        source="whatsapp",
        native_id=document.native_id,
        title="Ole",
        kind="message",
        author="Mara",
        recipient="Ole",
        created_at="2021-12-24T18:30:00+00:00",
    )
    assert document.native_id.startswith("Ole/24-12-2021T18:30:00/")
    assert [reason for reason, _ in passed_over(items)] == ["others", "others"]


def test_an_iphones_chat(tmp_path: Path) -> None:
    text = "\ufeff" + chat(
        ("18:29", "Ole: \u200eMessages and calls are end-to-end encrypted."),
        ("18:30", "Mara: I am at the station"),
        ("18:31", "Mara: \u200eimage omitted"),
        ("18:31", "Mara: in the rain. \u200e<This message was edited>"),
        ("18:40", "Mara: This message was deleted."),
        form=IOS,
    )
    items = read(WhatsApp(), write(tmp_path / "_chat.txt", text), "Mara")
    (document,) = taken(items)
    assert document.text == "I am at the station\nin the rain."
    assert (document.title, document.recipient) == ("", "Ole")
    assert [reason for reason, _ in passed_over(items)] == ["others"] * 3


def test_who_i_am_must_be_known(tmp_path: Path) -> None:
    path = write(tmp_path / "_chat.txt", USUAL)
    with pytest.raises(UnknownPersonError, match="WhatsApp"):
        read(WhatsApp(), path)
    items = read(WhatsApp(), path, "Somebody Else")
    assert taken(items) == []
    assert len(passed_over(items)) == 4
    (note,) = [item for item in items if isinstance(item, Note)]
    assert note.said == "nobody in the chat is known to be you"


def test_a_stranger_of_my_name_is_not_me(tmp_path: Path) -> None:
    text = chat(("18:30", f"Mara: {PROSE}"), ("18:31", f"~\u202fMara: {OTHER}"))
    items = read(WhatsApp(), write(tmp_path / "_chat.txt", text), "Mara")
    assert [one.text for one in taken(items)] == [PROSE]
    alone = write(tmp_path / "b" / "_chat.txt", chat(("18:31", f"~\u202fMara: {PROSE}")))
    assert len(taken(read(WhatsApp(), alone, "Mara"))) == 1


def test_a_name_with_a_colon(tmp_path: Path) -> None:
    work = [(f"18:{minute}", f"Mara: Work: {OTHER}") for minute in range(30, 35)]
    path = write(tmp_path / "_chat.txt", chat(*work, ("19:00", f"Ole: {PROSE}")))
    assert taken(read(WhatsApp(), path, "Mara")) == []
    (document,) = taken(read(WhatsApp(), path, "Mara: Work"))
    assert document.text == "\n".join([OTHER] * 5)
    few = write(tmp_path / "b" / "_chat.txt", chat(work[0], ("19:00", f"Ole: {PROSE}")))
    (document,) = taken(read(WhatsApp(), few, "Mara: Work"))
    assert document.text == OTHER


def test_colons_in_a_message(tmp_path: Path) -> None:
    text = chat(
        ("18:30", f"Mara: Note: {PROSE}"), ("19:30", "Mara: At 18:30, that is: now or then")
    )
    items = read(WhatsApp(), write(tmp_path / "_chat.txt", text), "Mara")
    assert [one.text for one in taken(items)] == [
        f"Note: {PROSE}",
        "At 18:30, that is: now or then",
    ]


def test_what_is_of_no_use_is_counted(tmp_path: Path) -> None:
    text = "A line before all others\n" + chat(
        ("18:30", "Mara changed the subject to “Rain: a talk”"),
        ("18:31", "Mara: <Media omitted>"),
        ("18:41", "Mara: ok"),
        ("18:51", "Mara: "),
        ("19:01", f"Mara: > {OTHER}"),
        ("19:11", "Mara: " + "long " * 50_000),
    )
    items = read(WhatsApp(), write(tmp_path / "_chat.txt", text), "Mara")
    assert taken(items) == []
    assert passed_over(items) == [
        ("others", "_chat.txt line 1"),
        ("others", "_chat.txt line 2"),
        ("others", "_chat.txt line 3"),
        ("empty", "_chat.txt line 5"),
        ("others", "_chat.txt line 6"),
        ("large", "_chat.txt line 7"),
        ("short", "_chat.txt line 4"),
    ]


def test_a_line_of_endless_length(tmp_path: Path) -> None:
    path = tmp_path / "_chat.txt"
    with path.open("w") as file:
        file.write(chat(("18:30", f"Mara: {PROSE}"), ("18:31", "Mara: this")))
        file.write("x" * (LONGEST + 1) + "\n")
        file.write(chat(("18:50", f"Mara: {PROSE}")))
    items = read(WhatsApp(), path, "Mara")
    assert [one.text for one in taken(items)] == [PROSE, PROSE]
    assert [reason for reason, _ in passed_over(items)] == ["large"]


@pytest.mark.parametrize(
    ("dates", "created", "noted"),
    [
        (["03/02/21", "13/02/21"], "2021-02-03", False),
        (["03/02/21", "02/13/21"], "2021-03-02", False),
        (["03/02/21", "04/02/21"], "", True),
        (["03/03/21", "03/03/21"], "2021-03-03", False),
    ],
)
def test_day_and_month(tmp_path: Path, dates: list[str], created: str, noted: bool) -> None:
    text = "".join(f"{date}, 18:30 - Mara: {PROSE}\n" for date in dates)
    items = read(WhatsApp(), write(tmp_path / "_chat.txt", text), "Mara")
    assert taken(items)[0].created_at[:10] == created
    notes = [item.said for item in items if isinstance(item, Note)]
    assert notes == ["day and month cannot be told apart, dates left out"] * noted


def test_messages_without_a_sure_date_still_belong_together(tmp_path: Path) -> None:
    text = (
        "03/02/21, 18:30 - Mara: I am at the station\n"
        "03/02/21, 18:31 - Mara: in the rain.\n"
        f"04/02/21, 18:31 - Mara: {PROSE}\n"
    )
    items = read(WhatsApp(), write(tmp_path / "_chat.txt", text), "Mara")
    assert [one.text for one in taken(items)] == ["I am at the station\nin the rain.", PROSE]


def test_a_second_export_has_the_same_ids(tmp_path: Path) -> None:
    name = "WhatsApp Chat with Ole"
    lines = [f"0{month}/02/21, 18:30 - Mara: {PROSE} {month}\n" for month in (1, 2, 3)]
    first = taken(read(WhatsApp(), write(tmp_path / f"{name}.txt", "".join(lines[:2])), "Mara"))
    longer = "".join(lines) + f"13/02/21, 18:30 - Ole: {OTHER}\n"
    second = taken(read(WhatsApp(), write(tmp_path / f"{name} (1).txt", longer), "Mara"))
    assert [one.native_id for one in first] == [one.native_id for one in second][:2]
    assert len({one.native_id for one in second}) == 3


@pytest.mark.parametrize(
    ("name", "content", "sure"),
    [
        ("chat.txt", USUAL, True),
        ("chat.txt", f"Our chat\n{USUAL}", True),
        ("chat.md", USUAL, False),
        ("note.txt", PROSE, False),
        ("note.txt", f"24/12/2021, 18:30 - it rained: a lot\n{PROSE}\n{PROSE}", False),
        ("note.txt", f"{PROSE}\n{PROSE}\n{PROSE}\n{PROSE}\n{USUAL}", False),
        ("note.txt", "", False),
        ("_chat.txt", "", True),
        ("My thoughts on WhatsApp with friends.txt", PROSE, False),
        ("whatsapp.txt", PROSE, False),
    ],
)
def test_how_sure_it_is(tmp_path: Path, name: str, content: str, sure: bool) -> None:
    assert WhatsApp().sniff(Source(write(tmp_path / name, content))) is sure


def test_a_chat_in_an_unknown_form_is_refused_not_read_as_a_note(tmp_path: Path) -> None:
    path = write(tmp_path / "WhatsApp Chat with Ole.txt", f"Friday 18:30 - Mara: {PROSE}\n")
    with pytest.raises(BadInputError, match="unknown form") as caught:
        read(WhatsApp(), path, "Mara")
    assert PROSE not in str(caught.value)


def test_many_chats_are_read_one_by_one(tmp_path: Path) -> None:
    files = {f"WhatsApp Chat with {name}.txt": USUAL for name in ("Ole", "Ida")}
    assert not WhatsApp().sniff(Source(zipped(tmp_path / "a.zip", files)))
    source = Source(laid(tmp_path / "a", files))
    assert not WhatsApp().sniff(source)
    assert all(WhatsApp().sniff(source.only(entry)) for entry in source.entries)
    with pytest.raises(BadInputError):
        list(WhatsApp().read(source, Identity.of(["Mara"])))


def test_odd_bytes(tmp_path: Path) -> None:
    raw = USUAL.encode() + b"24/12/2021, 19:30 - Mara: Le caf\xe9 \x00\xe9tait ferm\xe9 ce matin.\n"
    items = read(WhatsApp(), write(tmp_path / "_chat.txt", raw), "Mara")
    assert taken(items)[1].text == "Le café était fermé ce matin."
    assert [item.said for item in items if isinstance(item, Note)] == [
        "not UTF-8, read as Windows-1252"
    ]


def test_a_long_chat_is_not_held_in_memory(tmp_path: Path) -> None:
    import tracemalloc  # noqa: PLC0415

    path, at = tmp_path / "_chat.txt", datetime(2020, 1, 1)
    with path.open("w") as file:
        for number in range(5_000):
            at += timedelta(minutes=9)
            file.write(f"[{at:%d.%m.%y, %H:%M:%S}] Mara: {PROSE} {number} {'so ' * 200}\n")
    source = Source(path)
    tracemalloc.start()
    count = sum(isinstance(one, Document) for one in WhatsApp().read(source, Identity.of(["Mara"])))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 5_000
    assert most < 500_000 < path.stat().st_size


PIECES = [
    "24/12/2021, 18:30 - ",
    "[12/24/21, 6:30:05\u202fPM] ",
    "Mara: ",
    "Ole: ",
    "\u200e",
    "<Media omitted>",
    PROSE,
    "\n",
    "\r\n",
    "99/99/99, 18:30 - ",
    "> ",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=9)), st.binary(max_size=9))
def test_anything_may_be_anything(pieces: list[str], tail: bytes) -> None:
    raw = "".join(pieces).encode("utf-8", "replace") + tail
    survives(WhatsApp(), lambda folder: write(folder / "_chat.txt", raw), "Mara")
    survives(WhatsApp(), lambda folder: zipped(folder / "a.zip", {"_chat.txt": raw}), "Mara")


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 500)), max_size=30))
def test_every_own_message_and_no_other(messages: list[tuple[bool, int]]) -> None:
    at = datetime(2021, 12, 24, 8)
    lines = []
    for number, (mine, pause) in enumerate(messages):
        at += timedelta(seconds=pause)
        name, text = ("Mara", PROSE) if mine else ("Ole", OTHER)
        lines.append(f"[{at:%d.%m.%y, %H:%M:%S}] {name}: {text} {number}\n")
    raw = "".join(lines)
    if not lines:
        return
    items = survives(WhatsApp(), lambda folder: write(folder / "_chat.txt", raw), "Mara")
    joined = "\n".join(one.text for one in taken(items))
    assert joined.count(PROSE) == sum(mine for mine, _ in messages)
    assert OTHER not in joined
    reasons = [reason for reason, _ in passed_over(items)]
    assert reasons == ["others"] * sum(not mine for mine, _ in messages)
