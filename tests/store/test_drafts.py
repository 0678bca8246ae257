"""Drafts with every choice."""

from __future__ import annotations

import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import StoreError, UnknownNameError
from costeer_cli.settings import Places
from costeer_cli.steering.choice import Choice
from costeer_cli.store.database import Store, open_memory
from costeer_cli.store.drafts import DraftRecord, new_draft_id


def choice(text: bytes = b"word", **fields: object) -> Choice:
    usual = {
        "id": 7,
        "source": "cloud",
        "cloud_logprob": -0.5,
        "delta": 0.25,
        "steered_logprob": -0.4,
        "rank": 0,
        "certified": True,
    }
    return Choice(text=text, **(usual | fields))  # type: ignore[arg-type]


def begin(store: Store, **fields: object) -> str:
    record = DraftRecord(**fields)  # type: ignore[arg-type]
    store.drafts.start(record)
    return record.id


def test_every_field_comes_back(store: Store) -> None:
    record = DraftRecord(
        profile="mara",
        prompt="Write to Jo 🐴",
        provider="embedded",
        cloud_model="big",
        local_model="small",
        settings={"strength": 0.5, "seed": 3, "stop": ["\n"]},
    )
    store.drafts.start(record)
    assert store.drafts.get(record.id) == record
    receipt = {"requests": 3, "note": "naïve"}
    store.drafts.finish(record.id, "done", "stop", receipt)
    done = store.drafts.get(record.id)
    assert (done.state, done.finish_reason, done.receipt) == ("done", "stop", receipt)


def test_choices_come_back_and_make_the_text(store: Store) -> None:
    draft = begin(store)
    kept = [
        choice("na\u00efve".encode()[:3]),  # ends inside a character
        choice("na\u00efve".encode()[3:], id=None, delta=None, source="steered", rank=4),
        choice(b"\x00\xff", cloud_logprob=-math.inf, certified=False, source="guard"),
    ]
    store.drafts.append(draft, 0, kept[:2])
    store.drafts.append(draft, 2, kept[2:])
    assert store.drafts.choices(draft) == kept
    assert store.drafts.get(draft).text == "na\u00efve".encode() + b"\x00\xff"


def test_text_given_at_the_start_stays_in_front(store: Store) -> None:
    draft = begin(store, text=b"Dear ")
    store.drafts.append(draft, 0, [choice(b"Jo")])
    assert store.drafts.get(draft).text == b"Dear Jo"


def test_going_back_replaces_the_tail(store: Store) -> None:
    draft = begin(store)
    store.drafts.append(draft, 0, [choice(b"a"), choice(b"b"), choice(b"c")])
    store.drafts.append(draft, 1, [choice(b"B")])
    assert store.drafts.get(draft).text == b"aB"


def test_a_gap_is_refused_and_nothing_changes(store: Store) -> None:
    draft = begin(store)
    store.drafts.append(draft, 0, [choice(b"a")])
    with pytest.raises(ValueError, match="gap"):
        store.drafts.append(draft, 2, [choice(b"c")])
    assert store.drafts.get(draft).text == b"a"


def test_a_batch_is_all_or_none(store: Store) -> None:
    draft = begin(store)
    with pytest.raises(StoreError):
        store.drafts.append(draft, 0, [choice(b"a"), choice(b"b", source=None)])
    assert store.drafts.choices(draft) == []


def test_choices_need_a_draft(store: Store) -> None:
    with pytest.raises(StoreError):
        store.drafts.append("nosuchdraft", 0, [choice()])
    with pytest.raises(UnknownNameError, match="no draft 'nosuchdraft'"):
        store.drafts.finish("nosuchdraft", "done", "stop")
    assert store.drafts.choices("nosuchdraft") == []


def test_names(store: Store) -> None:
    with pytest.raises(UnknownNameError, match="no draft yet"):
        store.drafts.get("last")
    first = begin(store, id="01abcd" + "0" * 20)
    second = begin(store, id="01abce" + "0" * 20)
    assert store.drafts.get("last").id == second
    assert store.drafts.get("01ABCD").id == first
    assert store.drafts.get(" 01abce ").id == second
    with pytest.raises(UnknownNameError, match="More than one"):
        store.drafts.get("01abc")
    for name in ("", "  ", "zz", "%", "01abcd" + "0" * 21):
        with pytest.raises(UnknownNameError):
            store.drafts.get(name)


def test_list_is_newest_first_even_within_a_millisecond(store: Store) -> None:
    begun = [begin(store) for _ in range(8)]
    assert [record.id for record in store.drafts.list()] == begun[::-1]
    assert [record.id for record in store.drafts.list(2)] == begun[:-3:-1]


def test_deleting_takes_choices_and_wire_along(home: Places, store: Store) -> None:
    draft, other = begin(store, prompt="about zyxwvutsrq"), begin(store)
    store.drafts.append(draft, 0, [choice(b"qqqzzzqqq")])
    store.drafts.append(other, 0, [choice(b"stays")])
    store.wire.record(draft, "p", "e", {}, b"jjjvvvjjj")
    store.wire.record(other, "p", "e", {}, b"stays too")
    store.drafts.delete(draft)
    with pytest.raises(UnknownNameError):
        store.drafts.get(draft)
    with pytest.raises(UnknownNameError):
        store.drafts.delete(draft)
    assert store.drafts.choices(draft) == []
    assert store.wire.count(draft) == 0
    assert store.drafts.get(other).text == b"stays"
    assert store.wire.count(other) == 1
    left = b"".join(path.read_bytes() for path in home.data.iterdir())
    for word in (b"zyxwvutsrq", b"qqqzzzqqq", b"jjjvvvjjj"):
        assert word not in left


def test_ids_sort_by_time_and_are_base_32() -> None:
    first = new_draft_id()
    time.sleep(0.002)
    second = new_draft_id()
    assert first < second
    assert len(first) == len(second) == 26
    assert set(first + second) <= set("0123456789abcdefghjkmnpqrstvwxyz")
    assert len({new_draft_id() for _ in range(1000)}) == 1000


@given(st.lists(st.binary(max_size=5), max_size=30), st.integers(1, 7))
def test_text_is_the_choices_in_order_however_they_were_batched(
    pieces: list[bytes], size: int
) -> None:
    with open_memory() as store:
        draft = begin(store)
        for start in range(0, len(pieces), size):
            batch = [choice(piece) for piece in pieces[start : start + size]]
            store.drafts.append(draft, start, batch)
        assert store.drafts.get(draft).text == b"".join(pieces)
        assert [c.text for c in store.drafts.choices(draft)] == pieces
