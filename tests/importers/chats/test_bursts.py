"""Messages become texts: who speaks on is one text, who is answered begins another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.importers.chats.bursts import Message, Said, Turn, bursts
from costeer_cli.importers.protocol import Item, Note, Skipped
from costeer_cli.store.document import Document
from tests.importers.making import PROSE, taken

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)
ABOUT = Document(text="", source="chat", title="Rain", kind="message", recipient="Ole")


def message(
    seconds: float | None,
    text: str = PROSE,
    number: int = 0,
    *,
    dated: bool = True,
    thread: str = "",
) -> Message:
    at = None if seconds is None else NOON + timedelta(seconds=seconds)
    return Message(f"file {number}", f"c/{number}", text, at, dated, thread)


def of(*said: Said) -> list[Item]:
    return list(bursts(said, ABOUT))


def texts(*said: Said) -> list[str]:
    return [document.text for document in taken(of(*said))]


def test_a_document() -> None:
    assert of(message(0, "The mare stood"), message(90, "in the rain.", 1)) == [
        Document(
            text="The mare stood\nin the rain.",
            source="chat",
            native_id="c/0",
            title="Rain",
            kind="message",
            recipient="Ole",
            created_at="2024-05-01T12:00:00+00:00",
        )
    ]


@pytest.mark.parametrize(
    ("pause", "documents"), [(0, 1), (120, 1), (-120, 1), (121, 2), (-121, 2), (86_400, 2)]
)
def test_two_minutes(pause: float, documents: int) -> None:
    assert len(texts(message(0), message(pause))) == documents


def test_the_pause_counts_from_the_last_message() -> None:
    assert len(texts(*(message(100 * number) for number in range(5)))) == 1


def test_somebody_else_ends_it_and_a_system_line_does_not() -> None:
    assert len(texts(message(0), Turn("file 1"), message(1))) == 2
    assert len(texts(message(0), Skipped("file 1", "others"), message(1))) == 1


def test_everything_passed_over_is_counted() -> None:
    note = Note("file", "odd")
    items = of(Turn("file 1"), message(0, ""), note, message(1, "ok", 3), message(999, "> a\nb"))
    assert items == [
        Skipped("file 1", "others"),
        Skipped("file 0", "empty"),
        note,
        Skipped("file 0", "others"),
        Skipped("file 3", "short"),
        Skipped("file 0", "short"),
    ]


def test_threads_and_messages_without_a_time_stay_apart() -> None:
    assert len(texts(message(0), message(1, thread="t"), message(2, thread="t"))) == 2
    assert len(texts(message(None), message(None), message(0))) == 3


def test_an_unsure_day_is_left_out_and_still_holds_together() -> None:
    (document,) = taken(of(message(0, dated=False), message(1, dated=False)))
    assert document.created_at == ""


def test_a_message_nobody_typed() -> None:
    assert of(message(0, "x" * 300_000)) == [Skipped("file 0", "large")]


def test_somebody_who_never_stops() -> None:
    found = texts(*(message(number, PROSE * 20) for number in range(200)))
    assert max(map(len, found)) < 25_000
    assert sum(text.count(PROSE) for text in found) == 4000


@given(
    st.lists(st.tuples(st.none() | st.floats(0, 2000), st.sampled_from(["", PROSE, "ok", None])))
)
def test_no_message_is_lost_or_doubled(rows: list[tuple[float | None, str | None]]) -> None:
    said = [
        Turn(str(number)) if text is None else message(at, text, number)
        for number, (at, text) in enumerate(rows)
    ]
    items = of(*said)
    joined = "\n".join(document.text for document in taken(items))
    reasons = [item.reason for item in items if isinstance(item, Skipped)]
    assert joined.count(PROSE) == sum(text == PROSE for _, text in rows)
    assert reasons.count("others") == sum(text is None for _, text in rows)
    assert reasons.count("empty") == sum(text == "" for _, text in rows)
    ids = [document.native_id for document in taken(items)]
    assert len(set(ids)) == len(ids)
