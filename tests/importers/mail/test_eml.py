"""Mails in files of their own: `.eml`, `.emlx`, and those of a Maildir."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from costeer_cli.errors import BadInputError
from costeer_cli.importers.identity import Identity
from costeer_cli.importers.mail.eml import Eml
from costeer_cli.importers.mail.maildir import Maildir
from costeer_cli.importers.mail.message import MOST
from costeer_cli.importers.source import Source
from tests.importers.mail.posting import ME, PROSE, documents, items, mail, reasons


def put(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def emlx(raw: bytes, flags: int, count: int | None = None) -> bytes:
    plist = f'<?xml version="1.0"?><plist><dict><key>flags</key>\n<integer>{flags}</integer></dict>'
    return f"{len(raw) if count is None else count}      \n".encode() + raw + plist.encode()


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf", b"\r\n\n"])
def test_an_eml(start: bytes, tmp_path: Path) -> None:
    (document,) = documents(items(Eml(), put(tmp_path / "a.EML", start + mail())))
    assert (document.text, document.source, document.title) == (PROSE, "eml", "Ferry")


def test_an_emlx_without_its_property_list(tmp_path: Path) -> None:
    (document,) = documents(items(Eml(), put(tmp_path / "12.emlx", emlx(mail(), 8623750145))))
    assert document.text == PROSE
    lying = put(tmp_path / "13.emlx", emlx(mail(), 1, count=10**9))
    assert documents(items(Eml(), lying))[0].text.startswith(PROSE)


@pytest.mark.parametrize("flags", [1 << 1, 1 << 6, 1 | 1 << 6])
def test_an_emlx_that_is_a_draft_or_deleted(flags: int, tmp_path: Path) -> None:
    assert reasons(items(Eml(), put(tmp_path / "1.emlx", emlx(mail(), flags)))) == ["others"]


def test_a_folder_of_drafts(tmp_path: Path) -> None:
    put(tmp_path / "Drafts" / "a.eml", mail())
    source = Source(tmp_path)
    assert reasons(list(Eml().read(source.only(source.entries[0]), ME))) == ["others"]


def test_a_huge_mail_is_read_as_far_as_its_words_go(tmp_path: Path) -> None:
    attached = b"--b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\n"
    words = b"--b\nContent-Type: text/plain\n\n" + PROSE.encode() + b"\n"
    head = mail("", Content_Type="multipart/mixed; boundary=b")
    file = put(tmp_path / "a.eml", head + words + attached + b"iVBORw0K" * (MOST // 6))
    assert [document.text for document in documents(items(Eml(), file))] == [PROSE]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.eml", b""),
        ("a.eml", b"Dear Tom,\n\nhow are you?"),
        ("a.eml", b"\x00\x01\x02"),
        ("a.eml", b"Shopping: milk\nbread"),
        ("a.txt", mail()),
        ("a.emlx", b"12\nnothing here"),
    ],
)
def test_other_files_are_not_claimed(name: str, content: bytes, tmp_path: Path) -> None:
    assert not Eml().sniff(Source(put(tmp_path / name, content)))


def test_it_must_be_known_who_the_person_is(tmp_path: Path) -> None:
    for importer, path in (
        (Eml(), put(tmp_path / "a.eml", mail())),
        (Maildir(), put(tmp_path / "box" / "cur" / "1", mail()).parent.parent),
    ):
        with pytest.raises(BadInputError, match="must know who you are"):
            list(importer.read(Source(path), Identity()))


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    source = Source(put(tmp_path / "a.eml", mail()))
    assert source.entries
    source.path.unlink()
    assert reasons(list(Eml().read(source, ME))) == ["unreadable"]


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """A Maildir with hidden folders, as Dovecot keeps them."""
    folder = tmp_path / "Maildir"
    put(folder / "cur" / "1717409700.M1P2.host,S=900:2,S", mail())
    put(folder / "cur" / "1717409701.M1P2.host:2,", mail(From="tom@ashworth.example"))
    put(folder / "new" / "1717409702.M1P2.host", mail(PROSE + " It is new.", Message_ID="<2@x>"))
    put(
        folder / ".Sent" / "cur" / "1717409703.host:2,RS",
        mail(PROSE + " Sent.", Message_ID="<3@x>"),
    )
    put(folder / ".INBOX.Drafts" / "cur" / "1717409704.host:2,S", mail())
    put(folder / ".Sent" / "cur" / "1717409705.host:2,DS", mail())
    put(folder / "cur" / "1717409706.host!2,ST", mail())
    put(folder / "tmp" / "1717409707.host", mail())
    put(folder / "dovecot-uidlist", b"3 V1")
    return folder


def test_a_maildir(box: Path) -> None:
    found = items(Maildir(), box)
    texts = sorted(document.text for document in documents(found))
    assert texts == [PROSE, PROSE + " It is new.", PROSE + " Sent."]
    assert {document.source for document in documents(found)} == {"maildir"}
    assert sorted(reasons(found)) == ["others"] * 5 + ["unknown"]


def test_a_maildir_in_a_zip_gives_the_same(box: Path, tmp_path: Path) -> None:
    packed = tmp_path / "mail.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for file in sorted(box.rglob("*")):
            if file.is_file():
                archive.write(file, f"Maildir/{file.relative_to(box)}")
    key = lambda document: document.text  # noqa: E731
    assert sorted(documents(items(Maildir(), packed)), key=key) == sorted(
        documents(items(Maildir(), box)), key=key
    )


def test_a_file_of_a_maildir_is_known_alone(box: Path) -> None:
    source = Source(box)
    (entry,) = (entry for entry in source.entries if entry.name.startswith("new/"))
    assert Eml().sniff(source.only(entry))


def test_a_folder_with_other_things_is_no_maildir(box: Path) -> None:
    for number in range(20):
        put(box / f"{number}.md", b"a note")
    assert not Maildir().sniff(Source(box))


def test_a_folder_named_cur_without_mail_is_none(tmp_path: Path) -> None:
    put(tmp_path / "cur" / "notes.txt", b"currents, tides and the like")
    assert not Maildir().sniff(Source(tmp_path))
    assert not Maildir().sniff(Source(tmp_path / "cur" / "notes.txt"))


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nothing is locked to this user")
def test_a_locked_folder_is_said(box: Path) -> None:
    (box / ".Sent" / "cur").chmod(0)
    try:
        assert "unreadable" in reasons(items(Maildir(), box))
    finally:
        (box / ".Sent" / "cur").chmod(0o700)
