"""Markdown notes and folders, with the traps that lie in them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.importers.markdown import Markdown, front_matter, own_prose, without_code
from costeer_cli.importers.protocol import Note, Skipped
from costeer_cli.importers.source import Source
from costeer_cli.store.document import Document
from tests.importers.making import NOBODY, PROSE, passed_over, read, taken, write, zipped


def only(path: Path, *me: str) -> Document:
    (document,) = taken(read(Markdown(), path, *me))
    return document


def test_front_matter_becomes_fields(tmp_path: Path) -> None:
    block = "title: Rain\ndate: 2024-05-01\ntags: [work, '#horses', work]\nauthor: Mara\n"
    document = only(write(tmp_path / "a.md", f"---\n{block}---\n{PROSE}\n"))
    assert document == Document(
        text=PROSE,
        source="markdown",
        native_id=str(tmp_path / "a.md"),
        title="Rain",
        author="Mara",
        created_at="2024-05-01T00:00:00+00:00",
        tags=("work", "horses"),
    )


@pytest.mark.parametrize("start", ["\ufeff", "", "\r\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_front_matter_after_a_byte_order_mark_or_with_crlf(
    tmp_path: Path, start: str, end: str
) -> None:
    lines = ["---", "title: Rain", "tags: one, two", "---", PROSE]
    document = only(write(tmp_path / "a.md", start + end.join(lines)))
    assert (document.title, document.tags, document.text) == ("Rain", ("one", "two"), PROSE)


def test_prose_between_two_rules_is_kept(tmp_path: Path) -> None:
    note = f"---\n{PROSE}\n---\nAnd then it was over.\n"
    assert only(write(tmp_path / "a.md", note)).text == note.strip()


@pytest.mark.parametrize(
    "block",
    ["title: a: b", "created: {{date}}", "date: 2024-99-99", "x: !!python/object:os.system {}"],
)
def test_invalid_yaml_is_left_out_and_said(tmp_path: Path, block: str) -> None:
    note, document = read(Markdown(), write(tmp_path / "walk.md", f"---\n{block}\n---\n{PROSE}"))
    assert isinstance(note, Note)
    assert "YAML" in note.said
    assert isinstance(document, Document)
    assert (document.text, document.title) == (PROSE, "walk")


def test_a_nest_of_brackets_does_not_bring_it_down() -> None:
    assert front_matter("---\nx: " + "[" * 20_000 + "\n---\nbody") == ({}, "body", True)


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("---\n---\nbody", "body"),
        ("---\nonly one rule", "---\nonly one rule"),
        ("--- not a rule\nx: 1\n---\nbody", "--- not a rule\nx: 1\n---\nbody"),
        ("intro\n---\nx: 1\n---\nbody", "intro\n---\nx: 1\n---\nbody"),
        ("---\n- a\n- list\n---\nbody", "---\n- a\n- list\n---\nbody"),
        ("---\n" + "x: 1\n" * 20_000 + "---\nbody", "---\n" + "x: 1\n" * 20_000 + "---\nbody"),
    ],
)
def test_what_is_no_front_matter(text: str, body: str) -> None:
    assert front_matter(text) == ({}, body, False)


@given(st.text(alphabet="-\n:[]{}a1 '\"#>`~"))
def test_no_text_is_an_error(text: str) -> None:
    fields, body, _ = front_matter(text)
    heading, prose = own_prose(body)
    assert isinstance(fields, dict)
    assert len(heading) + len(prose) <= len(body)


def test_quotations_and_code_are_not_ones_own() -> None:
    body = (
        "Mine.\n> theirs\n>also theirs\n\n```python\ncode()\n> in code\n```\nMine too.\n"
        "~~~~\n```\nstill code\n~~~~\n   > quoted\nEnd."
    )
    assert own_prose(body) == ("", "Mine.\n\nMine too.\nEnd.")


def test_a_fence_that_never_closes_swallows_nothing() -> None:
    assert own_prose("Mine.\n```\nall of this\nis kept") == ("", "Mine.\n```\nall of this\nis kept")


@pytest.mark.parametrize(
    ("body", "heading", "text"),
    [
        ("# Rain\n\nIt rained.", "Rain", "It rained."),
        ("# Rain #\nIt rained.", "Rain", "It rained."),
        ("#hashtag first", "", "#hashtag first"),
        ("## Second level\nText", "", "## Second level\nText"),
        ("Text\n# Later", "", "Text\n# Later"),
        ("# Only a title", "Only a title", ""),
    ],
)
def test_heading(body: str, heading: str, text: str) -> None:
    assert own_prose(body) == (heading, text)


def test_title_comes_from_front_matter_then_heading_then_name(tmp_path: Path) -> None:
    write(tmp_path / "my-walk.md", PROSE)
    assert only(tmp_path / "my-walk.md").title == "my walk"
    write(tmp_path / "my-walk.md", f"# Heading\n{PROSE}")
    assert only(tmp_path / "my-walk.md").title == "Heading"
    write(tmp_path / "my-walk.md", f"---\ntitle: 1984\n---\n# Heading\n{PROSE}")
    assert only(tmp_path / "my-walk.md").title == "1984"


def test_date_comes_from_front_matter_then_name_then_file(tmp_path: Path) -> None:
    file = write(tmp_path / "2023-01-02-walk.md", f"---\ndate: 2024-05-01T10:00:00Z\n---\n{PROSE}")
    assert only(file).created_at == "2024-05-01T10:00:00+00:00"
    write(file, f"---\ndate: some day\n---\n{PROSE}")
    assert only(file).created_at == "2023-01-02T00:00:00+00:00"
    other = write(tmp_path / "walk.md")
    os.utime(other, (0, 0))
    assert only(other).created_at == "1970-01-01T00:00:00+00:00"


def test_the_author_of_the_front_matter_is_asked_after(tmp_path: Path) -> None:
    file = write(tmp_path / "a.md", f"---\nauthor: Mara\n---\n{PROSE}")
    assert only(file).author == "Mara"
    assert only(file, "mara").author == "Mara"
    assert passed_over(read(Markdown(), file, "Jon")) == [("others", "a.md")]
    nameless = write(tmp_path / "b.md")
    assert only(nameless, "Jon").author == ""


def test_a_note_in_a_zip(tmp_path: Path) -> None:
    file = zipped(tmp_path / "a.zip", {"notes/2024-05-01 Walk.md": PROSE})
    source = Source(file)
    (document,) = Markdown().read(source.only(source.entries[0]), me=NOBODY)
    assert document == Document(
        text=PROSE,
        source="markdown",
        native_id=f"{file}!notes/2024-05-01 Walk.md",
        title="Walk",
        created_at="2024-05-01T00:00:00+00:00",
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"---\ntitle: x\n---\n", "empty"),
        (b"> only a quotation of somebody else\n", "empty"),
        (b"# Title\nshort", "short"),
        (b"\x00\x01\x02", "binary"),
    ],
)
def test_what_is_passed_over(tmp_path: Path, content: bytes, reason: str) -> None:
    file = write(tmp_path / "x.md", content)
    assert read(Markdown(), file) == [Skipped(str(file), reason)]  # type: ignore[arg-type]


def test_sniff(tmp_path: Path) -> None:
    assert Markdown().sniff(Source(write(tmp_path / "a.MD")))
    assert Markdown().sniff(Source(write(tmp_path / "a.markdown")))
    assert not Markdown().sniff(Source(write(tmp_path / "a.txt")))
    assert not Markdown().sniff(Source(tmp_path))


@pytest.mark.parametrize(
    ("block", "moment"),
    [
        ("created: 2024-05-01", "2024-05-01T00:00:00+00:00"),
        ("date: 2024-06-01\ncreated: 2024-05-01", "2024-06-01T00:00:00+00:00"),
        ("date: {a: b}\ncreated: 2024-05-01T10:00:00+02:00", "2024-05-01T08:00:00+00:00"),
    ],
)
def test_when_a_note_was_created_is_its_date(tmp_path: Path, block: str, moment: str) -> None:
    assert only(write(tmp_path / "a.md", f"---\n{block}\n---\n{PROSE}")).created_at == moment


def test_without_code_keeps_quotations_and_a_fence_that_never_closes() -> None:
    assert without_code("a\n```py\nx = 1\n```\n> b\n~~~\nc") == "a\n> b\n~~~\nc"
