"""Files, folders and zips, and the traps among them."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import BadInputError
from costeer_cli.importers import archive
from costeer_cli.importers.source import Entry, Source
from tests.importers.making import PROSE, write, zipped


def names(source: Source) -> list[str]:
    return [entry.name for entry in source.entries]


def content(entry: Entry) -> bytes:
    with entry.open() as file:
        return file.read()


def test_a_file(tmp_path: Path) -> None:
    file = write(tmp_path / "Walk.MD")
    os.utime(file, (0, 0))
    source = Source(file)
    (entry,) = source.entries
    assert (source.kind, source.single) == ("file", entry)
    assert (entry.name, entry.base, entry.suffix) == ("Walk.MD", "Walk.MD", ".md")
    assert (entry.where, entry.native_id) == (str(file), str(file))
    assert (entry.size, entry.modified) == (len(PROSE), "1970-01-01T00:00:00+00:00")
    assert content(entry) == PROSE.encode()
    assert entry.head(3) == b"The"
    assert source.unreadable == []


def test_a_folder_is_read_in_a_steady_order(tmp_path: Path) -> None:
    for name in ("b.md", "a.txt", "z/1.md", "c/deep/2.md", "c/3.md", "c/.hidden/4.md"):
        write(tmp_path / name)
    source = Source(tmp_path)
    assert source.kind == "folder"
    assert source.single is None
    assert names(source) == [
        "a.txt",
        "b.md",
        "c/3.md",
        "c/.hidden/4.md",
        "c/deep/2.md",
        "z/1.md",
    ]
    assert [entry.name for entry in source.entries if entry.hidden] == ["c/.hidden/4.md"]
    assert next(entry.native_id for entry in source.entries) == str(tmp_path / "a.txt")


def test_each_file_comes_once_whatever_links_to_it(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    write(notes / "b.md")
    write(notes / "deep" / "c.md")
    (notes / "a.md").symlink_to(notes / "b.md")
    (notes / "deep" / "loop").symlink_to(notes)
    (notes / "itself").symlink_to(notes / "itself")
    (notes / "other").symlink_to(notes / "deep")
    (notes / "dangling.md").symlink_to(notes / "nowhere.md")
    (tmp_path / "linked").symlink_to(notes)
    assert names(Source(notes)) == ["a.md", "deep/c.md"]
    straight, linked = Source(notes).entries, Source(tmp_path / "linked").entries
    assert [entry.native_id for entry in linked] == [entry.native_id for entry in straight]
    assert straight[0].native_id == str(notes / "b.md")


def test_what_git_keeps_is_left_out_but_not_where_it_is_asked_for(tmp_path: Path) -> None:
    write(tmp_path / ".git" / "description")
    write(tmp_path / "deep" / ".git" / "HEAD")
    write(tmp_path / "deep" / ".gitignore")
    assert names(Source(tmp_path)) == ["deep/.gitignore"]
    assert names(Source(tmp_path / ".git")) == ["description"]


def locking(monkeypatch: pytest.MonkeyPatch, locked: Path) -> None:
    usual = os.scandir

    def refuse(path: str) -> object:
        if Path(path) == locked:
            raise PermissionError(13, "Permission denied")
        return usual(path)

    monkeypatch.setattr(os, "scandir", refuse)


def test_a_folder_one_may_not_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "locked" / "a.md")
    write(tmp_path / "open" / "b.md")
    locking(monkeypatch, tmp_path / "locked")
    source = Source(tmp_path)
    assert source.unreadable == [str(tmp_path / "locked")]
    assert names(source) == ["open/b.md"]


def test_pipes_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.md")
    write(tmp_path / "a.md")
    assert names(Source(tmp_path)) == ["a.md"]
    with pytest.raises(BadInputError, match="neither a file nor a folder"):
        Source(tmp_path / "pipe.md")


@pytest.mark.parametrize("path", ["missing.md", "x" * 5000, "nul\x00byte.md"])
def test_nothing_there(tmp_path: Path, path: str) -> None:
    with pytest.raises(BadInputError, match="no file or folder"):
        Source(tmp_path / path)


def test_very_deep_folders(tmp_path: Path) -> None:
    write(tmp_path.joinpath(*["d"] * 400) / "a.md")
    assert [entry.base for entry in Source(tmp_path).entries] == ["a.md"]


def test_a_file_that_went_away(tmp_path: Path) -> None:
    file = write(tmp_path / "a.md")
    (entry,) = Source(file).entries
    file.unlink()
    assert entry.head() == b""
    with pytest.raises(OSError, match="No such file"):
        entry.open()


def test_a_zip_is_read_in_place(tmp_path: Path) -> None:
    file = zipped(tmp_path / "export.zip", {"b/x.md": PROSE, "a.md": "ü", ".git/HEAD": "ref"})
    before = sorted(tmp_path.iterdir())
    source = Source(file)
    assert source.kind == "zip"
    assert names(source) == ["b/x.md", "a.md"]
    first, second = source.entries
    assert content(first) == PROSE.encode()
    assert content(second) == "ü".encode()
    assert (first.size, first.base) == (len(PROSE), "x.md")
    assert first.native_id == f"{file}!b/x.md"
    assert first.where == f"{file}: b/x.md"
    assert first.modified.endswith("T00:00:00+00:00")
    assert sorted(tmp_path.iterdir()) == before


def test_one_member_as_if_it_had_been_given_alone(tmp_path: Path) -> None:
    source = Source(zipped(tmp_path / "export.zip", {"a.md": PROSE, "b/A.MD": "more"}))
    alone = source.only(source.entries[1])
    assert alone.kind == "file"
    assert alone.single is source.entries[1]
    assert names(alone) == ["b/A.MD"]


def test_a_member_can_be_sought_in(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as nested:
        nested.writestr("deep.txt", PROSE)
    (entry,) = Source(zipped(tmp_path / "a.zip", {"inner.docx": inner.getvalue()})).entries
    with entry.open() as file, zipfile.ZipFile(file) as again:
        assert again.read("deep.txt") == PROSE.encode()
    with entry.open() as file:
        assert file.read(2) == b"PK"
        assert file.tell() == 2
        file.seek(0)
        assert file.readline()[:2] == b"PK"


@pytest.mark.parametrize("name", ["report.docx", "sheet.xlsx", "book.epub"])
def test_documents_that_are_zips_inside_are_files(tmp_path: Path, name: str) -> None:
    assert Source(zipped(tmp_path / name, {"word/document.xml": "<x/>"})).kind == "file"


@pytest.mark.parametrize(
    "name", ["../up.md", "a/../../up.md", "..", "/abs.md", "C:/x.md", "c:\\x.md", "a\\..\\b"]
)
def test_a_member_whose_name_leads_out_is_named_and_the_rest_read(
    tmp_path: Path, name: str
) -> None:
    source = Source(zipped(tmp_path / "x.zip", {"a.md": PROSE, name: PROSE}))
    assert names(source) == ["a.md"]
    assert source.unreadable == [f"{tmp_path / 'x.zip'}: {name}".replace("\\", "/")]


def test_names_that_only_look_odd(tmp_path: Path) -> None:
    odd = ["Chat with Jo: 2024.md", "..notes/a.md", "a..b.md", "deep\\b.md", "日記.md"]
    source = Source(zipped(tmp_path / "x.zip", dict.fromkeys(odd, PROSE)))
    assert names(source) == [*odd[:3], "deep/b.md", "日記.md"]
    assert source.unreadable == []


def test_of_two_members_of_one_name_the_later_counts(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as made:
        made.writestr("a.md", "old")
        with pytest.warns(UserWarning, match="Duplicate name"):
            made.writestr("a.md", "new")
    (entry,) = Source(tmp_path / "x.zip").entries
    assert content(entry) == b"new"


def test_a_member_that_is_packed_to_burst_is_named(tmp_path: Path) -> None:
    bomb = zipped(tmp_path / "x.zip", {"a.md": PROSE, "bomb.txt": bytes(5 << 20)})
    source = Source(bomb)
    assert names(source) == ["a.md"]
    assert source.unreadable == [f"{bomb}: bomb.txt"]


def test_many_small_bombs_are_one_large_one(tmp_path: Path) -> None:
    bomb = zipped(tmp_path / "x.zip", {f"{n}.txt": bytes(1 << 20) for n in range(9)})
    with pytest.raises(BadInputError, match="far more than it is"):
        _ = Source(bomb).entries


def test_more_members_than_anybody_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_MEMBERS", 2)
    with pytest.raises(BadInputError, match="more than 2 files"):
        _ = Source(zipped(tmp_path / "x.zip", dict.fromkeys("abc", ""))).entries


def test_a_size_that_lies_is_not_believed(tmp_path: Path) -> None:
    file = zipped(tmp_path / "x.zip", {"a.md": "x" * 4000})
    raw = file.read_bytes()
    file.write_bytes(raw.replace(struct.pack("<L", 4000), struct.pack("<L", 40)))
    (entry,) = Source(file).entries
    assert entry.size == 40
    with pytest.raises(OSError, match="unpacked"):
        content(entry)


def damaged(tmp_path: Path, how: str) -> Path:
    file = zipped(tmp_path / "x.zip", {"a.md": os.urandom(200_000)})
    raw = bytearray(file.read_bytes())
    central = raw.rindex(b"PK\x01\x02")
    if how == "content":
        raw[100_000:100_010] = b"0123456789"
    elif how == "encrypted":
        raw[6] |= 1
        raw[central + 8] |= 1
    elif how == "packing":
        raw[8] = raw[central + 10] = 9  # Deflate64
    elif how == "LZMA":
        raw[8] = raw[central + 10] = 14
    elif how == "name":
        raw[30] = ord("b")
    elif how == "place":
        raw[central + 42 : central + 46] = struct.pack("<L", len(raw) - 4)
    file.write_bytes(raw)
    return file


@pytest.mark.parametrize("how", ["content", "encrypted", "packing", "LZMA", "name", "place"])
def test_a_damaged_member_is_an_os_error(tmp_path: Path, how: str) -> None:
    (entry,) = Source(damaged(tmp_path, how)).entries
    with pytest.raises(OSError, match=r"unpacked|unusual"):
        content(entry)
    if how != "content":
        assert entry.head() == b""


def test_a_zip_that_is_broken_as_a_whole(tmp_path: Path) -> None:
    raw = zipped(tmp_path / "x.zip", {"a.md": PROSE}).read_bytes()
    central = raw.rindex(b"PK\x01\x02")
    (tmp_path / "x.zip").write_bytes(raw[:central] + b"PK\x09\x09" + raw[central + 4 :])
    with pytest.raises(BadInputError, match="cannot be read as a zip") as caught:
        _ = Source(tmp_path / "x.zip").entries
    assert caught.value.hint
    (tmp_path / "x.zip").write_bytes(raw[:-30])
    assert Source(tmp_path / "x.zip").kind == "file"  # nothing says that it ever was one


WHOLE = io.BytesIO()
with zipfile.ZipFile(WHOLE, "w", zipfile.ZIP_DEFLATED) as _made:
    _made.writestr("notes/a.md", PROSE * 3)
    _made.writestr("b.txt", PROSE, zipfile.ZIP_STORED)
    _made.writestr("c.txt", PROSE, zipfile.ZIP_BZIP2)


@given(
    st.lists(st.tuples(st.integers(0, len(WHOLE.getvalue()) - 1), st.integers(0, 255)), max_size=6)
)
def test_no_damage_to_a_zip_brings_it_down(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]]
) -> None:
    raw = bytearray(WHOLE.getvalue())
    for place, value in changes:
        raw[place] = value
    file = write(tmp_path_factory.getbasetemp() / "damaged.zip", bytes(raw))
    try:
        entries = Source(file).entries
    except BadInputError:
        return
    for entry in entries:
        entry.head()
        try:
            content(entry)
        except OSError:
            continue
