"""JSONL in and out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import BadInputError
from costeer_cli.importers.jsonl import Jsonl, from_line, to_line
from costeer_cli.importers.protocol import Item, Note, Skipped
from costeer_cli.store.database import open_memory
from costeer_cli.store.document import Document, tidy, utc

PROSE = "The mare stood in the rain and did not mind it."


def write(path: Path, *lines: object) -> Path:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text(text + "\n", "utf-8")
    return path


def read(path: Path) -> list[Item]:
    return list(Jsonl().read(path))


def test_every_field(tmp_path: Path) -> None:
    file = write(
        tmp_path / "a.jsonl",
        {
            "id": 7,
            "text": PROSE,
            "title": "Rain",
            "created_at": "2024-05-01T10:00:00+02:00",
            "author": "Mara",
            "kind": "note",
            "prompt": "How is she?",
            "tags": ["a", "b"],
            "channel": "left alone",
        },
    )
    assert read(file) == [
        Document(
            text=PROSE,
            source="jsonl",
            native_id=f"{file}#7",
            title="Rain",
            created_at="2024-05-01T08:00:00+00:00",
            author="Mara",
            kind="note",
            prompt="How is she?",
            tags=("a", "b"),
        )
    ]


@pytest.mark.parametrize("name", ["text", "content", "body"])
def test_the_text_has_three_names(name: str) -> None:
    assert from_line(json.dumps({name: PROSE}), "w", "f").text == PROSE


def test_blank_lines_marks_and_line_separators(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    lines = ["", json.dumps({"text": PROSE + "\u2028more"}, ensure_ascii=False), "  ", ""]
    file.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
    (document,) = read(file)
    assert isinstance(document, Document)
    assert document.text == PROSE + "\u2028more"


def test_short_and_empty_lines_are_counted_by_line(tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", {"text": ""}, {"text": "short"}, {"text": PROSE})
    assert read(file)[:2] == [
        Skipped(f"{file} line 1", "empty"),
        Skipped(f"{file} line 2", "short"),
    ]


def test_short_texts_added_by_hand_come_back() -> None:
    line = to_line(Document(text="Hi!", source="add", native_id="x"))
    assert from_line(line, "w", "f").text == "Hi!"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "not JSON"),
        ("secret words", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("9" * 5000, "not JSON"),
        ("[1]", "not a JSON object"),
        ('"secret"', "not a JSON object"),
        ("{}", 'no "text"'),
        ('{"text": 5}', 'no "text"'),
        ('{"text": "secret", "title": 5}', '"title" is not a string'),
        ('{"text": "secret", "tags": "a"}', '"tags" is not a list'),
        ('{"text": "secret", "tags": [1]}', '"tags" is not a list'),
        ('{"text": "secret", "created_at": "soon"}', '"created_at" is not a date'),
        ('{"text": "secret", "id": 1.5}', '"id" is not a string'),
        ("\x00", "binary"),
    ],
)
def test_a_broken_line_is_named_and_not_quoted(tmp_path: Path, line: str, why: str) -> None:
    file = write(tmp_path / "a.jsonl", {"text": PROSE}, line)
    with pytest.raises(BadInputError) as caught:
        read(file)
    assert f"{file} line 2: " in str(caught.value)
    assert why in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "Nothing was imported" in (caught.value.hint or "")


def test_an_old_encoding_is_noted_once(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    line = json.dumps({"text": "Viele Grüße aus Köln am Rhein"}, ensure_ascii=False)
    file.write_bytes("\n".join([line, line]).encode("cp1252"))
    items = read(file)
    assert [type(item) for item in items] == [Note, Document, Document]
    assert isinstance(items[1], Document)
    assert "Grüße" in items[1].text


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInputError, match="Cannot read"):
        read(tmp_path / "missing.jsonl")


def test_escaped_oddities_are_tidied() -> None:
    line = '{"text": "half \\ud800 a pair, a \\u0000 NUL and a \\u001b[31m colour"}'
    assert from_line(line, "w", "f").text == "half ? a pair, a  NUL and a [31m colour"


def test_ids_of_two_files_do_not_meet(tmp_path: Path) -> None:
    one = write(tmp_path / "one.jsonl", {"id": "1", "text": PROSE + " one"})
    two = write(tmp_path / "two.jsonl", {"id": "1", "text": PROSE + " two"})
    with open_memory() as store:
        for file in (one, two):
            store.documents.add(item for item in read(file) if isinstance(item, Document))
        assert store.documents.count() == 2


ANY_TEXT = st.text(st.characters())
DOCUMENTS = st.builds(
    Document,
    text=ANY_TEXT.filter(lambda text: bool(tidy(text))),
    native_id=ANY_TEXT,
    title=ANY_TEXT,
    kind=ANY_TEXT,
    prompt=ANY_TEXT,
    author=ANY_TEXT,
    created_at=st.one_of(st.just(""), st.datetimes().map(lambda moment: utc(moment) or "")),
    tags=st.lists(ANY_TEXT, max_size=3).map(tuple),
    profile=st.sampled_from([None, "mara", "jon"]),
)


@given(st.lists(DOCUMENTS, max_size=6))
def test_what_is_exported_comes_back_and_again_is_a_no_op(batch: list[Document]) -> None:
    with open_memory() as store, open_memory() as other:
        store.documents.add(batch)
        lines = [to_line(document) for document in store.documents.export()]
        assert not any("\n" in line for line in lines)
        back = [from_line(line, "where", "file") for line in lines]
        count = store.documents.count()
        assert store.documents.add(back).duplicate == count
        assert other.documents.add(back).added == count
        assert list(other.documents.export()) == list(store.documents.export())


def test_sniff(tmp_path: Path) -> None:
    assert Jsonl().sniff(write(tmp_path / "a.JSONL"))
    assert Jsonl().sniff(write(tmp_path / "a.ndjson"))
    assert not Jsonl().sniff(write(tmp_path / "a.json"))
    assert not Jsonl().sniff(tmp_path)
