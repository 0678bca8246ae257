"""Tables, as spreadsheets, databases and people write them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.importers import csv_table, lines
from costeer_cli.importers.csv_table import Csv
from costeer_cli.importers.identity import UnknownPersonError
from costeer_cli.importers.protocol import Item, Note, Skipped
from costeer_cli.importers.source import Source
from costeer_cli.store.document import Document, tidy
from tests.importers import making
from tests.importers.making import NOBODY, PROSE, passed_over, taken, write, zipped


def read(path: Path, *me: str) -> list[Item]:
    return making.read(Csv(), path, *me)


def texts(path: Path, *me: str) -> list[str]:
    return [document.text for document in taken(read(path, *me))]


def table(*rows: list[str], delimiter: str = ",") -> str:
    made = io.StringIO()
    csv.writer(made, delimiter=delimiter).writerows(rows)
    return made.getvalue()


def test_every_column(tmp_path: Path) -> None:
    names = "id,title,created_at,author,kind,to,prompt,signature,tags,profile,score,text"
    row = ["7", "Rain", "2024-05-01T10:00:00Z", "Mara", "note", "Jo", "How is she?", "M."]
    content = table(names.split(","), [*row, "a, b", "mara", "5", f"{PROSE}\nTwo lines."])
    file = write(tmp_path / "a.csv", content)
    assert read(file) == [
        Document(
            text=f"{PROSE}\nTwo lines.",
            source="csv",
            native_id=f"{file}#7",
            title="Rain",
            created_at="2024-05-01T10:00:00+00:00",
            author="Mara",
            kind="note",
            recipient="Jo",
            prompt="How is she?",
            signature="M.",
            tags=("a", "b"),
        )
    ]


@pytest.mark.parametrize("name", ["text", "content", "body", " Text ", '"BODY"'])
def test_the_text_has_three_names(tmp_path: Path, name: str) -> None:
    assert texts(write(tmp_path / "a.csv", f"id,{name},channel\n1,{PROSE},#x\n")) == [PROSE]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("said", [False, True])
def test_as_spreadsheets_write_it(
    tmp_path: Path, delimiter: str, encoding: str, said: bool
) -> None:
    german = "Viele Grüße aus Köln, am Rhein; wie immer"
    content = table(["title", "text"], ["Gruß", german], ["x", "y"], delimiter=delimiter)
    content = (f"sep={delimiter}\r\n" if said else "") + content
    items = read(write(tmp_path / "a.csv", content.encode(encoding)))
    assert [(document.title, document.text) for document in taken(items)] == [("Gruß", german)]
    notes = [item for item in items if isinstance(item, Note)]
    assert len(notes) == (encoding == "cp1252")
    where = f"{tmp_path / 'a.csv'} line {4 if said else 3}"
    assert [item for item in items if isinstance(item, Skipped)] == [Skipped(where, "short")]


def test_utf_16_that_is_big_endian_or_cut(tmp_path: Path) -> None:
    raw = b"\xfe\xff" + f"text\tid\n{PROSE} Ċ\t1\n{PROSE}".encode("utf-16-be")
    assert texts(write(tmp_path / "a.csv", raw)) == [f"{PROSE} Ċ", PROSE]
    assert texts(write(tmp_path / "b.csv", raw[:-1]))[0] == f"{PROSE} Ċ"


@pytest.mark.parametrize("suffix", ["tsv", "tab", "TSV"])
def test_tabs(tmp_path: Path, suffix: str) -> None:
    assert texts(write(tmp_path / f"a.{suffix}", f"text,x\ttext\n1\t{PROSE}, no\n")) == [
        f"{PROSE}, no"
    ]


def test_one_column_needs_no_quotation_marks(tmp_path: Path) -> None:
    content = f'text\n{PROSE}, said he; so there\n"{PROSE}, ""quoted"""\n'
    assert texts(write(tmp_path / "a.csv", content)) == [
        f"{PROSE}, said he; so there",
        f'{PROSE}, "quoted"',
    ]


def test_other_authors_are_passed_over(tmp_path: Path) -> None:
    rows = [[f"{PROSE} {name}", name] for name in ("Mara", "Jon", "")]
    file = write(tmp_path / "a.csv", table(["text", "author"], *rows))
    assert texts(file, "MARA") == [f"{PROSE} Mara"]
    assert [reason for reason, _ in passed_over(read(file, "mara"))] == ["others", "others"]
    with pytest.raises(UnknownPersonError, match="own words"):
        read(file)


def test_without_authors_or_with_one_alone_all_is_ones_own(tmp_path: Path) -> None:
    assert texts(write(tmp_path / "a.csv", f"text,id\n{PROSE},1\n"), "Mara") == [PROSE]
    rows = [[f"{PROSE} {n}", name] for n, name in enumerate(["Mara", "", "mara "])]
    assert len(texts(write(tmp_path / "b.csv", table(["text", "author"], *rows)))) == 3


def test_rows_that_are_none_are_counted_and_the_rest_taken(tmp_path: Path) -> None:
    content = (
        f"id,text\n1,{PROSE} one\n\n2,not quoted, so cut\n3\n,,\n4,\n"
        f'5,"closed" too early, {PROSE}\n6,a\x00b\n7,{PROSE} seven\n8,"never closed\n{PROSE}\n'
    )
    file = write(tmp_path / "a.csv", content)
    items = read(file)
    assert [document.text for document in taken(items)] == [f"{PROSE} one", f"{PROSE} seven"]
    assert passed_over(items) == [
        ("broken", "a.csv line 4"),
        ("empty", "a.csv line 5"),
        ("empty", "a.csv line 7"),
        ("broken", "a.csv line 8"),
        ("binary", "a.csv line 9"),
        ("broken", "a.csv line 11"),
        ("empty", "a.csv line 12"),
    ]


def test_a_quotation_mark_that_never_closes_costs_one_row(tmp_path: Path) -> None:
    rows = "".join(f"{n},{PROSE} {n}\n" for n in range(9))
    file = write(tmp_path / "a.csv", f'id,text\n{rows}x,"never closed\n{rows.replace("did", "do")}')
    items = read(file)
    assert len(taken(items)) == 18
    assert passed_over(items) == [("broken", "a.csv line 11")]


def test_no_file_is_read_over_and_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_table, "_MOST_RETURNS", 3)
    trap = "id,text\n" + f'1","{PROSE}\n' * 50
    items = read(write(tmp_path / "a.csv", trap))
    assert passed_over(items) == [("broken", f"a.csv line {n}") for n in (2, 3, 4, 5)]


def test_a_date_that_is_none_is_left_out_and_said(tmp_path: Path) -> None:
    rows = [[PROSE, "1/5/24"], [f"{PROSE} again", "1714557600"]]
    items = read(write(tmp_path / "a.csv", table(["text", "created_at"], *rows)))
    assert [document.created_at for document in taken(items)] == ["", "2024-05-01T10:00:00+00:00"]
    assert len([item for item in items if isinstance(item, Note)]) == 1


def test_long_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = f"{PROSE} " * 5000
    assert len(texts(write(tmp_path / "a.csv", table(["id", "text"], ["1", long])))[0]) > 200_000
    monkeypatch.setattr(lines, "LONGEST", 1000)
    rows = [["1", PROSE], ["2", long], ["3", f"{PROSE} three"]]
    items = read(write(tmp_path / "b.csv", table(["id", "text"], *rows)))
    assert [type(item) for item in items] == [Document, Skipped, Document]
    assert passed_over(items) == [("large", "b.csv line 3")]


def test_a_cell_of_more_than_anybody_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = csv.field_size_limit(50)
    monkeypatch.setattr(csv_table, "LONGEST", 100)
    content = table(["id", "text"], ["1", "line\n" * 99]) + f"2,{PROSE}\n"
    try:
        items = read(write(tmp_path / "a.csv", content))
    finally:
        csv.field_size_limit(usual)
    assert [document.text for document in taken(items)] == [PROSE]
    assert passed_over(items)[0] == ("broken", "a.csv line 2")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    rows = "".join(f"{PROSE} {n * n}\n" for n in range(50_000))
    file = zipped(tmp_path / "a.zip", {"a.csv": f"text\n{rows}"})
    source = Source(file)
    alone = source.only(source.entries[0])
    assert Csv().sniff(alone)
    raw = bytearray(file.read_bytes())
    raw[-5000:-4000] = bytes(1000)
    file.write_bytes(raw)
    items = list(Csv().read(alone, NOBODY))
    assert len(taken(items)) > 10_000
    assert passed_over(items)[-1][0] == "unreadable"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "id,title\n1,2\n",
        "texts,message\n1,2\n",
        "sep=;\n",
        "sep=;\nid;name\n",
        f"{PROSE}\n",
        "text|id\n1|2\n",
        b"\x00\x01,text,id\n",
        "text,id\n1,2\n".encode("utf-16-le"),
        '"text',
    ],
)
def test_without_a_column_of_texts_it_is_unsure(tmp_path: Path, content: str | bytes) -> None:
    sure = Csv().sniff(Source(write(tmp_path / "a.csv", content)))
    assert sure == (content == '"text')


def test_sniff(tmp_path: Path) -> None:
    assert Csv().sniff(Source(write(tmp_path / "a.CSV", "text,id\n")))
    assert not Csv().sniff(Source(write(tmp_path / "a.txt", "text,id\n")))
    assert not Csv().sniff(Source(write(tmp_path / "b.tsv", "text,id\n")))
    assert not Csv().sniff(Source(tmp_path))


CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), min_size=1)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5), st.sampled_from(",;\t"))
def test_what_the_csv_module_writes_comes_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], delimiter: str
) -> None:
    long = [[title, f"{PROSE} {text}"] for title, text in rows]
    content = table(["title", "text"], *long, delimiter=delimiter)
    file = write(tmp_path_factory.getbasetemp() / "made.csv", content)
    found = [(document.title, document.text) for document in taken(read(file))]
    assert found == [(tidy(title), tidy(text)) for title, text in long]


@given(st.binary(), st.sampled_from([b"", b"text,id\n", b"\xff\xfet\0e\0x\0t\0\n\0"]))
def test_no_bytes_are_an_error(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes, start: bytes
) -> None:
    source = Source(write(tmp_path_factory.getbasetemp() / "raw.csv", start + raw))
    Csv().sniff(source)
    for item in Csv().read(source, NOBODY):
        assert isinstance(item, Document | Skipped | Note)
