"""Files whose names are the attack: in a folder, in a zip, with links that lead out of it."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

from costeer_cli.settings import Places
from costeer_cli.store.database import open_store
from tests.cli.conftest import Costeer, costeer

__all__ = ["costeer"]

NAMES = [
    "a\x1b[2J\x1b]0;owned\x07.txt", "new\nline.txt", "[bold red]markup[\\].txt", "--help.txt",
    "-rf.txt", "$(touch owned).txt", "`id`.txt", "'; DROP TABLE documents; --.txt", "\u202etxt.exe",
    "{0}%s.txt", " .txt", "\ud7ff\ufffe.txt", "con.txt", "a" * 240 + ".txt", ".. .txt", "~.txt",
]  # fmt: skip
TEXT = "The weir is up today, and nobody is amused by it at all.\nSecond line of note {}.\n"
SECRET = "The passphrase of the neighbours is Zwieback with almonds, and nobody knows."


def test_hostile_names_in_a_folder(home: Places, tmp_path: Path, costeer: Costeer) -> None:
    folder = tmp_path / "mails"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text(SECRET)
    for number, name in enumerate(NAMES):
        (folder / name).write_text(TEXT.format(number))
    os.mkfifo(folder / "pipe.txt")
    (folder / "out.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "loop").symlink_to(folder)
    (folder / "gone.txt").symlink_to(tmp_path / "nothing")
    raw = os.fsencode(folder) + b"/\xff\xfe bytes.txt"
    Path(os.fsdecode(raw)).write_text(TEXT.format("raw"))
    ran = costeer("history", "import", str(folder), "--yes")
    assert ran.code == 0, ran.err
    for sign in ("\x1b[2J", "\x07"):
        assert sign not in ran.err + ran.out.decode("utf-8", "replace")
    with open_store(home.store) as store:
        texts = [document.text for document in store.documents.export()]
    assert len(texts) >= len(NAMES)
    assert sum("Zwieback" in text for text in texts) == 1  # links are followed, once
    assert not list(tmp_path.rglob("owned"))
    listed = costeer("history", "list")
    assert listed.code == 0
    assert b"\x1b[2J" not in listed.out


def outside(folder: Path, home: Places) -> set[Path]:
    """All files that are not in costeer's own home."""
    own = home.config.parent
    return {p for p in folder.rglob("*") if p.is_file() and own not in p.parents}


def test_hostile_names_in_a_zip(home: Places, tmp_path: Path, costeer: Costeer) -> None:
    path = tmp_path / "mails.zip"
    names = [
        "../../outside.txt", "/etc/outside.txt", "..\\..\\outside.txt", "C:\\outside.txt",
        "a/../../outside.txt", "ok.txt", "ok.txt/inner.txt", "con\x1b[2J.txt",
    ]  # fmt: skip
    with zipfile.ZipFile(path, "w") as file:
        for number, name in enumerate(names):
            file.writestr(name, TEXT.format(number))
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = 0o120777 << 16
        file.writestr(link, str(tmp_path / "secret.txt"))
        file.writestr("bomb.txt", b"word " * 10_000_000, zipfile.ZIP_DEFLATED)
    (tmp_path / "secret.txt").write_text(SECRET)
    before = outside(tmp_path, home)
    ran = costeer("history", "import", str(path), "--yes")
    assert ran.code in {0, 1, 2}
    assert "\x1b[2J" not in ran.err
    assert outside(tmp_path, home) == before
    with open_store(home.store) as store:
        assert not [d for d in store.documents.export() if "Zwieback" in d.text]
