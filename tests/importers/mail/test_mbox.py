"""The streaming mbox reader, and mbox files as programs write them."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from pathlib import Path
from typing import IO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import BadInputError
from costeer_cli.importers.identity import Identity
from costeer_cli.importers.mail import mbox
from costeer_cli.importers.mail.mbox import Mbox, mails
from costeer_cli.importers.source import Source
from tests.importers.mail.posting import (
    BEGIN,
    ME,
    PROSE,
    documents,
    items,
    mail,
    reasons,
)


class Endless(io.RawIOBase):
    """A stream that repeats a piece until `size` bytes were read, and can only go forward."""

    def __init__(self, start: bytes, piece: bytes, size: int) -> None:
        self._piece, self._size, self._rest = piece, size, start

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while self._size > 0 and len(self._rest) < size:
            self._rest += self._piece
            self._size -= len(self._piece)
        given, self._rest = self._rest[:size], self._rest[size:]
        return given


class Breaking(io.BytesIO):
    """A stream that fails after its bytes."""

    def read(self, size: int | None = -1) -> bytes:
        given = super().read(size)
        if not given:
            raise OSError("it cannot be unpacked")
        return given


def test_mails_are_split_and_unescaped() -> None:
    first = mail("One.\n>From here on\n>>From there\n> From you\nFrom me to you, nothing.")
    found = list(mails(io.BytesIO(BEGIN + first + b"\n" + BEGIN + mail("Two."))))
    assert len(found) == 2
    assert b"\nFrom here on\n>From there\n> From you\nFrom me to you" in found[0]
    assert found[1] == mail("Two.")


@pytest.mark.parametrize(
    "line",
    [
        "From - Mon Jun 03 10:15:00 2024",
        "From MAILER-DAEMON Mon Jun  3 10:15:00 2024",
        "From maya@lindqvist.example Mon Jun  3 10:15 2024",
        "From maya@lindqvist.example Mon Jun  3 10:15:00 CEST 2024",
        'From "Maya Lindqvist" Mon Jun  3 10:15:00 2024 +0200',
        "From ???@??? Mon Jan 01 00:00:00 1997",
        "From ",
        "From 179@xxx Mon Jun 03 10:15:00 +0000 2024\r",
    ],
)
def test_first_lines_of_many_programs(line: str, tmp_path: Path) -> None:
    file = tmp_path / "Sent"
    file.write_bytes((line + "\n").encode() + mail() + b"\n" + (line + "\n").encode() + mail())
    assert len(documents(items(Mbox(), file))) == 2


@pytest.mark.parametrize(
    "line",
    [
        "From time to time I wonder.",
        "From 10:15 on 3 June 2024 we were at sea.",
        "From Monday to Friday, 2024",
        "From x Mon Jun  3 10:15:00 2024\nand no header below",
        "From: Tom <tom@ashworth.example>\nTo: Maya",
    ],
)
def test_sentences_that_begin_with_from_do_not_split(line: str) -> None:
    raw = BEGIN + mail(f"A.\n\n{line}\n\nB.")
    assert list(mails(io.BytesIO(raw))) == [mail(f"A.\n\n{line}\n\nB.")]


@pytest.mark.parametrize("size", [1, 7, 100, 3000])
def test_where_blocks_end_does_not_matter(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    letters = [mail(f"Letter {n}.\n" + "word " * n * 30) for n in range(40)]
    whole = b"".join(BEGIN + letter for letter in letters)
    monkeypatch.setattr(mbox, "_BLOCK", size)
    assert list(mails(io.BytesIO(whole))) == letters


def test_long_lines_and_long_mails_take_little_memory() -> None:
    stream: IO[bytes] = Endless(BEGIN + mail(), b"x" * 65536, 120 << 20)  # type: ignore[assignment]
    tracemalloc.start()
    (only,) = mails(stream, most=1 << 20)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(only) == 1 << 20
    assert peak < 12 << 20


def test_many_mails_take_little_memory() -> None:
    stream: IO[bytes] = Endless(b"", (BEGIN + mail(PROSE * 50)) * 20, 40 << 20)  # type: ignore[assignment]
    tracemalloc.start()
    count = sum(1 for _ in mails(stream))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count > 10_000
    assert peak < 12 << 20


def test_what_stands_before_the_first_mail_is_left_out() -> None:
    assert list(mails(io.BytesIO(b"garbage\n" + BEGIN + mail()))) == [mail()]
    assert list(mails(io.BytesIO(b"garbage\n"))) == []
    assert list(mails(io.BytesIO(b""))) == []


def test_a_truncated_file_gives_what_there_is(tmp_path: Path) -> None:
    file = tmp_path / "a.mbox"
    file.write_bytes(BEGIN + mail() + BEGIN + mail(PROSE + " And then the file")[:-1])
    texts = [document.text for document in documents(items(Mbox(), file))]
    assert texts == [PROSE, PROSE + " And then the file"]


def test_a_stream_that_breaks_gives_what_there_was() -> None:
    found = []
    with pytest.raises(OSError, match="unpacked"):
        found.extend(mails(Breaking(BEGIN + mail() + BEGIN + mail("Two."))))
    stream = mails(Breaking(BEGIN + mail() + BEGIN + mail("Two.")))
    assert [next(stream), next(stream)] == [mail(), mail("Two.")]


def test_a_thunderbird_file_without_a_suffix(tmp_path: Path) -> None:
    file = tmp_path / "Sent"
    head = b"From - Mon Jun 03 10:15:00 2024\r\nX-Mozilla-Status: 0001\r\n"
    gone = b"From - Mon Jun 03 10:15:00 2024\r\nX-Mozilla-Status: 0009\r\n"
    own = mail().replace(b"\n", b"\r\n")
    file.write_bytes(head + own + gone + own + head + mail(From="tom@ashworth.example"))
    found = items(Mbox(), file)
    assert [document.text for document in documents(found)] == [PROSE]
    assert reasons(found) == ["others", "others"]


@pytest.mark.parametrize("name", ["Drafts", "Entw&APw-rfe", "Spam.mbox", "Papierkorb"])
def test_mail_that_was_not_sent_is_counted(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(BEGIN + mail() + BEGIN + mail())
    assert reasons(items(Mbox(), file)) == ["others", "others"]


def test_a_takeout_with_localised_names_and_labels(tmp_path: Path) -> None:
    export = tmp_path / "takeout.zip"
    labels = "=?UTF-8?Q?Archiviert,Ge=C3=B6ffnet,Gesendet?="
    drafts = "=?UTF-8?Q?Entw=C3=BCrfe?="
    whole = BEGIN + mail(X_Gmail_Labels=labels) + BEGIN + mail(X_Gmail_Labels=drafts)
    for label in ("Chat", "Spam,Unread", "Opened,Trash", "Brouillons"):
        whole += BEGIN + mail(X_Gmail_Labels=label)
    name = "Takeout/E-Mail/Alle E-Mails einschließlich Spam- und Papierkorb-E-Mails.mbox"
    with zipfile.ZipFile(export, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, whole)
    source = Source(export)
    alone = source.only(source.entries[0])
    assert Mbox().sniff(alone)
    found = list(Mbox().read(alone, ME))
    assert len(documents(found)) == 1
    assert reasons(found) == ["others"] * 5


def test_where_says_which_mail(tmp_path: Path) -> None:
    file = tmp_path / "a.mbox"
    file.write_bytes(BEGIN + mail() + BEGIN + b"No-From: x\n\n")
    skipped = items(Mbox(), file)[1]
    assert (skipped.where, skipped.reason) == (f"{file}, mail 2", "broken")


@pytest.mark.parametrize("content", [b"", b"From x\n", b"Dear Tom,\nFrom now on\n", b"\x00" * 99])
def test_other_files_are_not_claimed(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "a.mbox"
    file.write_bytes(content)
    assert not Mbox().sniff(Source(file))
    assert not Mbox().sniff(Source(tmp_path))


def test_it_must_be_known_who_the_person_is(tmp_path: Path) -> None:
    file = tmp_path / "a.mbox"
    file.write_bytes(BEGIN + mail())
    with pytest.raises(BadInputError, match="must know who you are"):
        list(Mbox().read(Source(file), Identity()))


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    file = tmp_path / "a.mbox"
    file.write_bytes(BEGIN + mail())
    source = Source(file)
    assert source.entries
    file.unlink()
    assert reasons(list(Mbox().read(source, ME))) == ["unreadable"]


@given(
    st.lists(
        st.sampled_from(
            [BEGIN, mail(), b"\n", b"From ", b">From x\n", b"\x00", b"--b\n", b"\xff\xfe", b":"]
        )
        | st.binary(max_size=40),
        max_size=12,
    )
)
def test_any_bytes_are_read(pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    for raw in mails(io.BytesIO(whole)):
        assert len(raw) <= len(whole)
