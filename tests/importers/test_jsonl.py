"""JSONL in and out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.importers import lines
from costeer_cli.importers.identity import UnknownPersonError
from costeer_cli.importers.jsonl import Jsonl, to_line
from costeer_cli.importers.protocol import Item, Note, Skipped
from costeer_cli.importers.source import Source
from costeer_cli.store.database import open_memory
from costeer_cli.store.document import Document, tidy
from tests.documents import any_documents, words
from tests.importers import making
from tests.importers.making import PROSE, passed_over, taken, zipped


def write(path: Path, *lines: object, encoding: str = "utf-8") -> Path:
    text = "\n".join(
        line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines
    )
    return making.write(path, (text + "\n").encode(encoding))


def read(path: Path, *me: str) -> list[Item]:
    return making.read(Jsonl(), path, *me)


def reasons(items: list[Item]) -> list[str]:
    return [reason for reason, _ in passed_over(items)]


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
            "channel": "#horses",
            "signature": "M.",
            "tags": ["a", "b"],
            "else": {"left": "alone"},
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
            recipient="#horses",
            signature="M.",
            tags=("a", "b"),
        )
    ]


@pytest.mark.parametrize("name", ["text", "content", "body"])
def test_the_text_has_three_names(tmp_path: Path, name: str) -> None:
    (document,) = taken(read(write(tmp_path / "a.ndjson", {name: PROSE, "to": "Jo"})))
    assert (document.text, document.recipient, document.native_id) == (PROSE, "Jo", "")


def test_blank_lines_marks_and_line_separators(tmp_path: Path) -> None:
    odd = ["", json.dumps({"text": PROSE + "\u2028more"}, ensure_ascii=False), "  ", ""]
    file = making.write(tmp_path / "a.jsonl", b"\xef\xbb\xbf" + "\r\n".join(odd).encode())
    (document,) = taken(read(file))
    assert document.text == PROSE + "\u2028more"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
def test_what_windows_redirected_to_a_file(tmp_path: Path, encoding: str) -> None:
    file = write(tmp_path / "a.jsonl", {"text": f"{PROSE} Ċ 🐴"}, {"no": 1}, encoding=encoding)
    document, skipped = read(file)
    assert isinstance(document, Document)
    assert document.text == f"{PROSE} Ċ 🐴"
    assert skipped == Skipped(f"{file} line 2", "broken")


def test_short_and_empty_lines_are_counted_by_line(tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", {"text": ""}, {"text": "short"}, {"text": PROSE})
    assert read(file)[:2] == [
        Skipped(f"{file} line 1", "empty"),
        Skipped(f"{file} line 2", "short"),
    ]


@pytest.mark.parametrize("source", ["add", "telegram"])
def test_short_texts_of_an_export_come_back(tmp_path: Path, source: str) -> None:
    kept = Document(text="Hi!", source=source, native_id="x", author="Jon", recipient="Jo")
    assert read(write(tmp_path / "a.jsonl", to_line(kept)), "Mara") == [kept]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "broken"),
        ("secret words", "broken"),
        ("[" * 100_000, "broken"),
        ("9" * 5000, "broken"),
        ("[1]", "broken"),
        ('"secret"', "broken"),
        ("null", "broken"),
        ("{}", "broken"),
        ('{"text": 5}', "broken"),
        ('{"text": null, "messages": {}}', "broken"),
        ('{"messages": ["secret"]}', "broken"),
        ('{"messages": [{"role": "user", "content": 5}]}', "broken"),
        ('{"messages": [{"role": "user"}]}', "broken"),
        ("\x00", "binary"),
        ("\x01" * 40, "binary"),
    ],
)
def test_a_broken_line_is_counted_and_the_rest_taken(
    tmp_path: Path, line: str, reason: str
) -> None:
    file = write(tmp_path / "a.jsonl", {"text": PROSE}, line, {"text": f"{PROSE} again"})
    items = read(file)
    assert [type(item) for item in items] == [Document, Skipped, Document]
    assert items[1] == Skipped(f"{file} line 2", reason)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "field",
    [{"title": [1]}, {"tags": {"a": 1}}, {"tags": [1]}, {"created_at": "soon"}, {"id": {}}],
)
def test_a_field_of_another_type_is_left_out_and_said(
    tmp_path: Path, field: dict[str, object]
) -> None:
    note, document = read(write(tmp_path / "a.jsonl", {"text": PROSE} | field))
    assert isinstance(note, Note)
    assert next(iter(field)) in note.said
    assert "left out" in note.said
    assert document == Document(text=PROSE, source="jsonl")


def test_numbers_that_stand_for_words(tmp_path: Path) -> None:
    line = {"text": PROSE, "title": 1984, "created_at": "1714557600", "tags": "a, b,, c"}
    (document,) = taken(read(write(tmp_path / "a.jsonl", line)))
    assert (document.title, document.tags) == ("1984", ("a", "b", "c"))
    assert document.created_at == "2024-05-01T10:00:00+00:00"


def test_of_a_conversation_only_what_the_user_said(tmp_path: Path) -> None:
    parts = [{"type": "image_url"}, {"type": "text", "text": "Part one,"}, {"text": "part two."}]
    line = {
        "id": "c1",
        "created_at": 1714557600,
        "messages": [
            {"role": "system", "content": f"{PROSE} (system)"},
            {"role": "user", "content": f"{PROSE} (user)"},
            {"role": "assistant", "content": f"{PROSE} (assistant)"},
            {"role": "user", "content": parts},
            {"role": "user", "content": "Go on"},
            {"role": "user", "content": []},
            {"role": ["user"], "content": PROSE},
        ],
    }
    file = write(tmp_path / "a.jsonl", line)
    items = read(file)
    assert [document.text for document in taken(items)] == [
        f"{PROSE} (user)",
        "Part one,\n\npart two.",
    ]
    assert [document.native_id for document in taken(items)] == [f"{file}#c1.1", f"{file}#c1.3"]
    assert {document.kind for document in taken(items)} == {"prompt"}
    assert {document.created_at[:10] for document in taken(items)} == {"2024-05-01"}
    assert reasons(items) == ["others", "others", "short", "empty", "others"]


def test_other_authors_are_passed_over(tmp_path: Path) -> None:
    named = [{"text": f"{PROSE} {name}", "author": name} for name in ("Mara", "Jon", "")]
    file = write(tmp_path / "a.jsonl", *named, {"text": f"{PROSE} unnamed"})
    items = read(file, "mara")
    assert [document.text[len(PROSE) :] for document in taken(items)] == [" Mara", "", " unnamed"]
    assert reasons(items) == ["others"]


def test_of_several_authors_one_must_be_known(tmp_path: Path) -> None:
    both = [{"text": f"{PROSE} {n}", "author": name} for n, name in enumerate(["Mara", "Jon"])]
    with pytest.raises(UnknownPersonError, match="own words"):
        read(write(tmp_path / "a.jsonl", *both))
    assert len(taken(read(write(tmp_path / "b.jsonl", both[0], both[0], {"text": PROSE})))) == 3


def test_an_old_encoding_is_noted_once(tmp_path: Path) -> None:
    line = {"text": "Viele Grüße aus Köln am Rhein"}
    items = read(write(tmp_path / "a.jsonl", line, line, encoding="cp1252"))
    assert [type(item) for item in items] == [Note, Document, Document]
    assert isinstance(items[1], Document)
    assert "Grüße" in items[1].text


def test_a_line_without_end_is_never_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines, "LONGEST", 100)
    file = write(tmp_path / "a.jsonl", {"text": PROSE}, {"text": "x" * 950}, {"text": PROSE + "!"})
    items = read(file)
    assert [type(item) for item in items] == [Document, Skipped, Document]
    assert items[1] == Skipped(f"{file} line 2", "large")
    endless = making.write(tmp_path / "b.jsonl", b"x" * 950)
    assert read(endless) == [Skipped(f"{endless} line 1", "large")]


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", {"text": PROSE})
    source = Source(file)
    _ = source.entries
    file.unlink()
    assert list(Jsonl().read(source, making.NOBODY)) == [Skipped(str(file), "unreadable")]


def test_a_damaged_zip_gives_what_comes_before_the_damage(tmp_path: Path) -> None:
    content = "".join(json.dumps({"text": f"{PROSE} {n}"}) + "\n" for n in range(50_000))
    file = zipped(tmp_path / "a.zip", {"a.jsonl": content})
    source = Source(file)
    alone = source.only(source.entries[0])
    raw = bytearray(file.read_bytes())
    raw[-5000:-4000] = bytes(1000)
    file.write_bytes(raw)
    *documents, last = Jsonl().read(alone, making.NOBODY)
    assert len(documents) > 10_000
    assert isinstance(last, Skipped)
    assert last.reason == "unreadable"


def test_escaped_oddities_are_tidied(tmp_path: Path) -> None:
    line = '{"text": "half \\ud800 a pair, a \\u0000 NUL and a \\u001b[31m colour"}'
    (document,) = taken(read(write(tmp_path / "a.jsonl", line)))
    assert document.text == "half ? a pair, a  NUL and a [31m colour"


def test_ids_of_two_files_do_not_meet(tmp_path: Path) -> None:
    one = write(tmp_path / "one.jsonl", {"id": "1", "text": PROSE + " one"})
    two = write(tmp_path / "two.jsonl", {"id": "1", "text": PROSE + " two"})
    with open_memory() as store:
        for file in (one, two):
            store.documents.add(taken(read(file)))
        assert store.documents.count() == 2


DOCUMENTS = any_documents(
    words(),
    text=words().filter(lambda text: bool(tidy(text))),
    profile=st.sampled_from([None, "mara", "jon"]),
)


@given(st.lists(DOCUMENTS, max_size=6))
def test_what_is_exported_comes_back_and_again_is_a_no_op(
    tmp_path_factory: pytest.TempPathFactory, batch: list[Document]
) -> None:
    with open_memory() as store, open_memory() as other:
        store.documents.add(batch)
        exported = [to_line(document) for document in store.documents.export()]
        assert not any("\n" in line for line in exported)
        back = read(write(tmp_path_factory.getbasetemp() / "all.jsonl", *exported), "somebody")
        assert [replace(d, id=None) for d in store.documents.export()] == back
        count = store.documents.count()
        assert store.documents.add(taken(back)).duplicate == count
        assert other.documents.add(taken(back)).added == count
        assert list(other.documents.export()) == list(store.documents.export())


def test_sniff(tmp_path: Path) -> None:
    assert Jsonl().sniff(Source(write(tmp_path / "a.JSONL")))
    assert Jsonl().sniff(Source(write(tmp_path / "a.ndjson")))
    assert not Jsonl().sniff(Source(write(tmp_path / "a.json")))
    assert not Jsonl().sniff(Source(tmp_path))
