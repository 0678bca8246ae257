"""What is forgotten is nowhere: not in the index, not in a draft, not in any byte of the folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import StoreError
from costeer_cli.settings import Places
from costeer_cli.steering.choice import Choice
from costeer_cli.store.backup import back_up
from costeer_cli.store.database import Store, open_memory, open_store
from costeer_cli.store.document import Document
from costeer_cli.store.drafts import DraftRecord
from costeer_cli.store.forgetting import Traces

SECRET = "the zyxwvutsrq of qqqzzzqqq kept a jjjvvvjjj in the old weir house"
WORDS = [b"zyxwvutsrq", b"zyxwvut", b"qqqzzzqqq", b"jjjvvvjjj", b"wwwkkkwww", b"hhhxxxhhh"]
RUN = "qqqzzzqqq kept a jjjvvvjjj in the"


def raw_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def chosen(*texts: str) -> list[Choice]:
    return [Choice(text.encode(), 1, "cloud", None, None, None, None, True) for text in texts]


def draft(
    store: Store, name: str, prompt: str = "", text: str = "", used: tuple[int, ...] = ()
) -> None:
    store.drafts.start(DraftRecord(id=name, prompt=prompt))
    store.drafts.use(name, used)
    half = len(text) // 2  # a choice ends anywhere, inside a word too
    store.drafts.append(name, 0, chosen(text[:half], text[half:]))


def sent(store: Store, name: str, *messages: str) -> None:
    body = {"messages": [{"role": "user", "content": message} for message in messages]}
    store.wire.record(name, "cloud", "https://x", {}, json.dumps(body).encode())


def left(store: Store) -> list[str]:
    return sorted(record.id for record in store.drafts.list(99))


def test_no_byte_is_left_in_any_file_of_the_folder(home: Places, store: Store) -> None:
    store.documents.add(
        [Document(text=f"an ordinary text {n} about rain " * 30) for n in range(80)]
    )
    store.documents.add(
        [
            Document(
                text=SECRET,
                title="wwwkkkwww",
                recipient="hhhxxxhhh@example.org",
                tags=("hhhxxxhhh",),
            )
        ]
    )
    number = store.documents.find(Document(text=SECRET))
    assert number is not None
    store.documents.add([Document(text=f"another ordinary text {n} " * 30) for n in range(80)])
    draft(store, "quoting", text=f"As I said, {RUN} rain.")
    draft(store, "using", prompt="zyxwvutsrq", used=(number,))
    draft(store, "asking", prompt=RUN.upper())
    draft(store, "ordinary", prompt="Write about rain.", text="It rains.")
    for name in ("quoting", "using", "asking", "ordinary"):
        sent(store, name, "Write.", f"{RUN} é" if name == "quoting" else name)
    sent(store, "probe-1", f"again:\n{RUN}")
    sent(store, "probe-2", "hello")
    back_up(home.store, 1)
    before = raw_bytes(home.data)
    assert all(word in before for word in WORDS)
    assert (home.data / "costeer.db-wal").stat().st_size

    with closing(open_store(home.store)):  # another program has it open, and is idle
        traces = store.forgetting.traces([number])
        assert raw_bytes(home.data) == before
        assert store.forgetting.forget([number]) == traces
        after = raw_bytes(home.data)
    assert traces == Traces(("asking", "probe-1", "quoting", "using"), 4)
    for word in WORDS:
        assert word not in after
    assert left(store) == ["ordinary"]
    assert [store.wire.count(name) for name in ("ordinary", "probe-2", "probe-1")] == [1, 1, 0]
    assert store.documents.count() == 160
    connection = store.documents._connection
    connection.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, documents_fts, row)")
    words = set(connection.column("SELECT term FROM temp.words"))
    assert "ordinary" in words
    assert not words & {word.decode() for word in WORDS}
    connection.execute("INSERT INTO documents_fts (documents_fts) VALUES ('integrity-check')")
    for table in ("choices", "used", "tagged", "addressed"):
        assert (table == "choices") == bool(connection.scalar(f"SELECT count(*) FROM {table}"))


@pytest.mark.parametrize(
    ("text", "goes"),
    [
        (RUN, True),
        ("Qqqzzzqqq, kept -- a JJJVVVJJJ!\nIn THE!", True),
        ("qqqzzzqqq kept a jjjvvvjjj in", False),  # five words
        ("qqqzzzqqq kept one jjjvvvjjj in the old weir", False),
        ("house weir old the in jjjvvvjjj a kept", False),
        ("", False),
    ],
)
def test_six_words_in_a_row_are_a_quotation(store: Store, text: str, goes: bool) -> None:
    store.documents.add([Document(text=SECRET)])
    draft(store, "draft", text=text)
    assert store.forgetting.traces([1]).drafts == (("draft",) if goes else ())


@pytest.mark.parametrize("field", ["title", "prompt", "signature"])
def test_not_only_the_text_can_be_quoted(store: Store, field: str) -> None:
    store.documents.add([Document(text="a text of its own", **{field: RUN})])  # type: ignore[arg-type]
    draft(store, "draft", text=RUN)
    assert store.forgetting.traces([1]).drafts == ("draft",)


@pytest.mark.parametrize("body", [b"\xff" + RUN.encode(), b"[" * 5000 + RUN.encode(), b'{"a":'])
def test_a_request_that_is_not_json_is_read_as_it_stands(store: Store, body: bytes) -> None:
    store.documents.add([Document(text=SECRET)])
    store.wire.record("d", "cloud", "https://x", {}, body)
    assert store.forgetting.traces([1]).drafts == (("d",) if RUN.encode() in body else ())


def test_a_draft_begun_before_a_document_was_changed_is_still_known(store: Store) -> None:
    old = Document(text="first wording", source="s", native_id="1")
    store.documents.add([old])
    draft(store, "draft", used=(1,))
    store.documents.add([Document(text="second wording", source="s", native_id="1")])
    assert store.forgetting.traces([1]).drafts == ("draft",)


def test_a_number_that_is_used_again_has_no_drafts(store: Store) -> None:
    store.documents.add([Document(text="one")])
    draft(store, "draft", used=(1, 99))
    store.documents.delete([1])
    store.documents.add([Document(text="two")])
    assert store.forgetting.traces([1]).drafts == ()
    assert left(store) == ["draft"]


def test_more_than_is_held_in_memory_at_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("costeer_cli.store.forgetting._AT_ONCE", 2)
    store.documents.add([Document(text=f"{SECRET} number n{n}") for n in range(5)])
    for n in range(7):
        draft(store, f"d{n}", text=f"the old weir house number n{n}")
    assert store.forgetting.traces([1, 3, 5]).drafts == ("d0", "d2", "d4")
    assert store.forgetting.forget([1, 2, 3, 4, 5]).drafts == tuple(f"d{n}" for n in range(5))


def test_all_or_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.documents.add([Document(text=SECRET)])
    draft(store, "draft", used=(1,))

    def fail(_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("costeer_cli.store.forgetting.forget_words", fail)
    with pytest.raises(ZeroDivisionError):
        store.forgetting.forget([1])
    assert (store.documents.count(), left(store)) == (1, ["draft"])


def test_a_reader_that_keeps_its_view_is_told_of(home: Places, store: Store) -> None:
    store.documents.add([Document(text=SECRET)])
    store.documents._connection.execute("PRAGMA busy_timeout = 10")
    with open_store(home.store) as other:
        other.documents._connection.execute("BEGIN")
        assert other.documents.count() == 1
        with pytest.raises(StoreError, match="traces of it may remain"):
            store.forgetting.forget([1])
        assert store.documents.count() == 0
        other.documents._connection.execute("ROLLBACK")
    store.documents.add([Document(text="short-lived")])
    store.documents.delete([1])
    assert not any(word in raw_bytes(home.data) for word in WORDS)


def test_nothing_to_forget(store: Store) -> None:
    store.documents.add([Document(text=SECRET)])
    assert store.forgetting.forget([]) == Traces((), 0)
    assert store.documents.count() == 1


@pytest.fixture(scope="module")
def memory() -> Iterator[Store]:
    with open_memory() as store:
        yield store


TEXT = st.lists(st.sampled_from(["ab", "cd", "ef"]), max_size=16).map(" ".join)


@given(TEXT, TEXT)
def test_it_is_a_quotation_where_one_line_holds_the_other(
    memory: Store, one: str, other: str
) -> None:
    words, said = one.split(), f" {other} "
    quoted = any(f" {' '.join(words[i : i + 6])} " in said for i in range(len(words) - 5))
    (number,) = [
        memory.documents.add([Document(text=f"x {one} x")])
        and memory.documents.find(Document(text=f"x {one} x"))
    ]
    assert number is not None
    draft(memory, "draft", text=other)
    assert bool(memory.forgetting.traces([number]).drafts) == quoted
    memory.drafts.delete("draft")
    memory.documents.delete([number])
