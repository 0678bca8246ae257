"""Word documents: the body as it reads, and only what the person wrote in it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import docx
import pytest
from docx.document import Document as Word
from docx.oxml import parse_xml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from costeer_cli.importers.documents.docx import Docx
from costeer_cli.importers.identity import Identity
from costeer_cli.importers.protocol import Item, Note
from costeer_cli.importers.source import Source
from costeer_cli.store.document import Document
from tests.importers.making import PROSE, passed_over, read, taken, write, zipped

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def made(fill: Callable[[Word], object], author: str = "Mara Lind") -> bytes:
    word = docx.Document()
    word.core_properties.author = author
    word.core_properties.last_modified_by = ""
    word.core_properties.created = datetime(2023, 2, 18, 12, 33, 11)
    fill(word)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def plain(word: Word) -> None:
    word.add_paragraph(PROSE)


def add(word: Word, xml: str) -> None:
    """Raw XML at the body's end."""
    word.element.body.insert(len(word.element.body) - 1, parse_xml(xml))


def rewritten(raw: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


def items(tmp_path: Path, raw: bytes, *me: str) -> list[Item]:
    return read(Docx(), write(tmp_path / "letter.docx", raw), *me)


def text(tmp_path: Path, fill: Callable[[Word], object], *me: str) -> str:
    (document,) = taken(items(tmp_path, made(fill), *me))
    return document.text


def test_a_document(tmp_path: Path) -> None:
    path = write(tmp_path / "2024-05-01-to-the-vet.docx", made(plain))
    (document,) = read(Docx(), path)
    assert document == Document(
        text=PROSE,
        source="docx",
        native_id=str(path),
        title="to the vet",
        kind="document",
        author="Mara Lind",
        created_at="2024-05-01T00:00:00+00:00",
    )


def test_the_documents_own_title_and_date(tmp_path: Path) -> None:
    def fill(word: Word) -> None:
        word.add_heading("A  letter", 0)
        word.add_heading("First", 1)
        word.add_paragraph(PROSE)

    (document,) = items(tmp_path, made(fill))
    assert isinstance(document, Document)
    assert (document.title, document.text) == ("A letter", f"First\n\n{PROSE}")
    assert document.created_at == "2023-02-18T12:33:11+00:00"


def test_a_document_in_a_zip_is_read_by_itself(tmp_path: Path) -> None:
    source = Source(zipped(tmp_path / "a.zip", {"Drive/letter.docx": made(plain)}))
    alone = source.only(source.entries[0])
    assert Docx().sniff(alone)
    assert [one.text for one in taken(list(Docx().read(alone, Identity())))] == [PROSE]


def test_paragraphs_lists_and_tables_in_their_order(tmp_path: Path) -> None:
    def fill(word: Word) -> None:
        word.add_paragraph("Before.")
        table = word.add_table(2, 2)
        for number, cell in enumerate(cell for row in table.rows for cell in row.cells):
            cell.text = f"cell {number}"
        word.add_paragraph("one", style="List Bullet")
        word.add_paragraph("two", style="List Number")
        word.add_paragraph("After.")

    expected = "Before.\n\ncell 0 | cell 1\ncell 2 | cell 3\n\n- one\n- two\n\nAfter."
    assert text(tmp_path, fill) == expected


def test_a_table_for_the_layout_and_one_in_another(tmp_path: Path) -> None:
    def fill(word: Word) -> None:
        table = word.add_table(1, 2)
        table.cell(0, 0).text = "left\nand left"
        inner = table.cell(0, 1).add_table(1, 2)
        inner.cell(0, 0).text, inner.cell(0, 1).text = "a", "b"

    assert text(tmp_path, fill) == "left\nand left\n\na | b"


def test_merged_cells_are_said_once(tmp_path: Path) -> None:
    def fill(word: Word) -> None:
        table = word.add_table(1, 3)
        table.cell(0, 0).merge(table.cell(0, 1)).text = PROSE

    assert text(tmp_path, fill) == PROSE


def test_tabs_breaks_hyphens_links_and_content_controls(tmp_path: Path) -> None:
    def fill(word: Word) -> None:
        add(
            word,
            f"<w:p {W}><w:r><w:t>one</w:t><w:tab/><w:t>two</w:t><w:br/><w:t>three</w:t></w:r>"
            "<w:hyperlink><w:r><w:t xml:space='preserve'> a link</w:t></w:r></w:hyperlink>"
            "<w:r><w:noBreakHyphen/></w:r><w:sdt><w:sdtContent><w:r><w:t>field</w:t></w:r>"
            "</w:sdtContent></w:sdt><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>",
        )
        block = f"<w:p><w:r><w:t>{PROSE}</w:t></w:r></w:p>"
        add(word, f"<w:sdt {W}><w:sdtContent>{block}</w:sdtContent></w:sdt>")

    assert text(tmp_path, fill) == f"one two\nthree a link-field\n\n{PROSE}"


def test_a_text_box_is_read_once(tmp_path: Path) -> None:
    box = f"<w:txbxContent {W}><w:p><w:r><w:t>{PROSE}</w:t></w:r></w:p></w:txbxContent>"

    def fill(word: Word) -> None:
        add(
            word,
            f"<w:p {W} {MC}><w:r><w:t>Around it.</w:t><mc:AlternateContent>"
            f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>",
        )

    assert text(tmp_path, fill) == f"Around it.\n\n{PROSE}"


def tracked(by: str) -> Callable[[Word], None]:
    def fill(word: Word) -> None:
        add(
            word,
            f"<w:p {W}><w:r><w:t xml:space='preserve'>The mare stood </w:t></w:r>"
            f'<w:ins w:id="1" w:author="{by}"><w:r><w:t xml:space="preserve">patiently </w:t></w:r>'
            "</w:ins>"
            f'<w:del w:id="2" w:author="{by}"><w:r><w:delText>badly </w:delText></w:r></w:del>'
            f'<w:moveFrom w:id="3" w:author="{by}"><w:r><w:t>twice </w:t></w:r></w:moveFrom>'
            f'<w:moveTo w:id="4" w:author="{by}"><w:r><w:t>in the rain.</w:t></w:r></w:moveTo>'
            "</w:p>",
        )

    return fill


@pytest.mark.parametrize(
    ("by", "me", "kept"),
    [
        ("Mara Lind", ("Mara Lind",), True),
        ("Mara Lind", (), True),
        ("", (), True),
        ("Jo Other", ("Mara Lind",), False),
        ("Jo Other", (), False),
    ],
)
def test_insertions_of_others_are_left_out_and_said(
    tmp_path: Path, by: str, me: tuple[str, ...], kept: bool
) -> None:
    found = items(tmp_path, made(tracked(by)), *me)
    expected = "The mare stood patiently in the rain." if kept else "The mare stood in the rain."
    assert [one.text for one in taken(found)] == [expected]
    assert any(isinstance(item, Note) for item in found) != kept


def test_comments_quotations_contents_and_hidden_text_are_left_out(tmp_path: Path) -> None:
    def fill(word: Word) -> None:
        paragraph = word.add_paragraph(PROSE)
        word.add_comment(paragraph.runs, text="a remark by somebody", author="Jo")
        word.add_paragraph("their words", style="Quote")
        word.add_paragraph("their words", style="Intense Quote")
        word.styles.add_style("TOC 1", 1)
        word.add_paragraph("Contents 3", style="TOC 1")
        word.add_paragraph().add_run("secret").font.hidden = True
        word.sections[0].header.paragraphs[0].text = "a running head"

    assert text(tmp_path, fill) == PROSE


@pytest.mark.parametrize(
    ("author", "me", "kept"),
    [
        ("Jo Other", ("Mara Lind",), False),
        ("Jo van der Other", ("Mara Lind",), False),
        ("Jo Other", (), True),
        ("Mara Lind", ("mara lind",), True),
        ("mara", ("Mara Lind",), True),
        ("Microsoft Office User", ("Mara Lind",), True),
        ("Acme Paper GmbH", ("Mara Lind",), True),
        ("python-docx", ("Mara Lind",), True),
        ("", ("Mara Lind",), True),
    ],
)
def test_only_what_is_plainly_by_another_is_others(
    tmp_path: Path, author: str, me: tuple[str, ...], kept: bool
) -> None:
    found = items(tmp_path, made(plain, author), *me)
    assert bool(taken(found)) == kept
    assert passed_over(found) == ([] if kept else [("others", "letter.docx")])


def test_what_the_person_changed_last_is_not_plainly_anothers(tmp_path: Path) -> None:
    def fill(word: Word) -> None:
        plain(word)
        word.core_properties.last_modified_by = "Mara Lind"

    assert taken(items(tmp_path, made(fill, "Jo Other"), "Mara Lind"))


def test_what_a_library_makes_up_is_not_believed(tmp_path: Path) -> None:
    def without(name: str, content: bytes) -> bytes:
        if name == "_rels/.rels":
            return content.replace(b"metadata/core-properties", b"metadata/none")
        return content

    (document,) = taken(items(tmp_path, rewritten(made(plain), without)))
    assert (document.author, document.title) == ("", "letter")
    assert document.created_at == Source(tmp_path / "letter.docx").entries[0].modified


@pytest.mark.parametrize(("words", "reason"), [("", "empty"), ("hi", "short")])
def test_too_little_is_counted(tmp_path: Path, words: str, reason: str) -> None:
    found = items(tmp_path, made(lambda word: word.add_paragraph(words)))
    assert passed_over(found) == [(reason, "letter.docx")]


@pytest.mark.parametrize(
    "declared",
    [
        b'<!DOCTYPE x [<!ENTITY e "' + b"x" * 40 + b'">]>',
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x">',
    ],
)
def test_a_document_with_entities_is_refused(tmp_path: Path, declared: bytes) -> None:
    def change(name: str, content: bytes) -> bytes:
        return (
            content.replace(b"?>", b"?>" + declared, 1) if name == "word/document.xml" else content
        )

    found = items(tmp_path, rewritten(made(plain), change))
    assert passed_over(found) == [("broken", "letter.docx")]


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    out = io.BytesIO(made(plain))
    with (
        zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as package,
        package.open("word/media/image1.bmp", "w", force_zip64=True) as part,
    ):
        for _ in range(140):
            part.write(b"\0" * (1 << 20))
    assert passed_over(items(tmp_path, out.getvalue())) == [("large", "letter.docx")]


def test_depth_does_not_bring_it_down(tmp_path: Path) -> None:
    deep = b"<w:tbl><w:tr><w:tc>" * 3000 + b"</w:tc></w:tr></w:tbl>" * 3000

    def change(name: str, content: bytes) -> bytes:
        return (
            content.replace(b"<w:body>", b"<w:body>" + deep)
            if name == "word/document.xml"
            else content
        )

    assert passed_over(items(tmp_path, rewritten(made(plain), change))) == [
        ("broken", "letter.docx")
    ]


@pytest.mark.parametrize(
    ("name", "content", "sure"),
    [
        ("a.docx", made(plain), True),
        ("a.DOCX", made(plain), True),
        ("a.doc", made(plain), False),
        ("a.docx", b"\xd0\xcf\x11\xe0 an old or encrypted one", False),
        ("~$a.docx", b"\x05Mara", False),
        ("a.docx", b"", False),
    ],
)
def test_what_it_is_sure_of(tmp_path: Path, name: str, content: bytes, sure: bool) -> None:
    assert Docx().sniff(Source(write(tmp_path / name, content))) == sure


@pytest.mark.parametrize("keep", [10, 400, 5_000, -400])
def test_a_document_that_is_cut_is_broken(tmp_path: Path, keep: int) -> None:
    assert passed_over(items(tmp_path, made(plain)[:keep])) == [("broken", "letter.docx")]


def test_a_zip_that_is_no_document_is_broken(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", {"a.txt": PROSE}).rename(tmp_path / "letter.docx")
    assert passed_over(read(Docx(), path)) == [("broken", "letter.docx")]


WHOLE = made(tracked("Jo Other"))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=40), st.integers(0, 6000), st.integers(0, 40), st.booleans())
def test_nothing_of_any_shape_brings_it_down(
    tmp_path: Path, junk: bytes, at: int, gap: int, within: bool
) -> None:
    def change(name: str, content: bytes) -> bytes:
        if name not in ("word/document.xml", "docProps/core.xml", "word/styles.xml"):
            return content
        return content[: at % len(content)] + junk + content[at % len(content) + gap :]

    raw = rewritten(WHOLE, change) if within else WHOLE[:at] + junk + WHOLE[at + gap :]
    path = write(tmp_path / "letter.docx", raw)
    for item in Docx().read(Source(path), Identity.of(["Mara Lind"])):
        assert isinstance(item, Document) or item.where.endswith("letter.docx")
