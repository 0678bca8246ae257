"""Several paths at once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from costeer_cli.errors import BadInputError
from costeer_cli.importers import registry
from costeer_cli.importers.gather import Found, Tally, gather, look, reasons
from costeer_cli.importers.identity import Identity, UnknownPersonError
from costeer_cli.importers.protocol import Item, Note, Skipped
from costeer_cli.importers.source import Source
from costeer_cli.store.document import Document
from tests.importers.making import NOBODY, PROSE, laid, taken, write, zipped


class Letters:
    """An importer of `.let` files, each of them one letter."""

    name = "letters"

    def sniff(self, source: Source) -> bool:
        return source.single is not None and source.single.suffix == ".let"

    def read(self, source: Source, me: Identity) -> Iterator[Item]:
        me.require("letters")
        (entry,) = source.entries
        yield Document(text=PROSE, source=self.name, native_id=entry.native_id)
        raise BadInputError("no letter at all")


def everything(*paths: Path, me: Identity = NOBODY) -> list[Item]:
    return list(gather(look(paths), me))


def test_documents_skipped_and_notes_are_told_apart(tmp_path: Path) -> None:
    write(tmp_path / "a.md", f"---\ntags: [own]\n---\n{PROSE}")
    write(tmp_path / "b.txt", "Viele Grüße aus Köln am Rhein".encode("cp1252"))
    write(tmp_path / "c.txt", "short")
    write(tmp_path / "d.txt", b"\x00\x01")
    write(tmp_path / "e.png", b"\x89PNG")
    write(tmp_path / ".hidden.md")
    tally = Tally()
    items = gather(look([tmp_path]), NOBODY, tags=["extra", "own"], profile="mara")
    documents = list(tally.documents(items))
    assert [document.tags for document in documents] == [("own", "extra"), ("extra", "own")]
    assert {document.profile for document in documents} == {"mara"}
    assert tally.taken == 2
    assert tally.samples == documents
    assert tally.skipped == Counter(binary=1, short=1, unknown=1)
    assert tally.troubles == [Skipped(str(tmp_path / "d.txt"), "binary")]
    assert list(tally.notes.values()) == [1]


def test_a_few_samples_and_a_few_troubles_are_enough(tmp_path: Path) -> None:
    for n in range(9):
        write(tmp_path / f"{n}.md", f"{PROSE} {n}")
        write(tmp_path / f"{n}.txt", b"\x00")
    tally = Tally()
    assert len(list(tally.documents(iter(everything(tmp_path))))) == tally.taken == 9
    assert [document.text[-1] for document in tally.samples] == ["0", "1", "2"]
    assert len(tally.troubles) == 3
    assert tally.skipped["binary"] == 9


def test_without_a_profile_documents_keep_their_own(tmp_path: Path) -> None:
    file = write(tmp_path / "a.jsonl", json.dumps({"text": PROSE, "profile": "jon"}))
    assert taken(everything(file))[0].profile == "jon"
    (document,) = taken(list(gather(look([file]), NOBODY, profile="mara")))
    assert document.profile == "mara"


def test_one_unknown_path_stops_all(tmp_path: Path) -> None:
    write(tmp_path / "a.md")
    write(tmp_path / "chat.xyz")
    with pytest.raises(BadInputError, match="no file or folder"):
        look([tmp_path / "a.md", tmp_path / "missing"])
    with pytest.raises(BadInputError, match="no format that can be imported") as caught:
        look([tmp_path / "a.md", tmp_path / "chat.xyz"])
    assert "jsonl, " in (caught.value.hint or "")


def test_what_was_found_has_a_name(tmp_path: Path) -> None:
    file, folder = write(tmp_path / "notes" / "a.md"), tmp_path / "notes"
    archive = zipped(tmp_path / "b.zip", {"a.md": PROSE})
    found = look([file, folder, archive])
    assert [one.format for one in found] == ["markdown", "folder", "zip"]
    assert all(isinstance(one, Found) for one in found)


def test_an_empty_folder(tmp_path: Path) -> None:
    assert everything(tmp_path) == []


def test_a_zip_is_as_good_as_its_folder(tmp_path: Path) -> None:
    files = {"a.md": f"# Rain\n{PROSE}", "deep/b.txt": f"{PROSE} b", "c.jpg": b"\xff", ".x.md": "x"}
    folder = everything(laid(tmp_path / "notes", files))
    archive = everything(zipped(tmp_path / "notes.zip", files))
    assert [document.text for document in taken(folder)] == [PROSE, f"{PROSE} b"]
    assert [document.text for document in taken(archive)] == [PROSE, f"{PROSE} b"]
    assert Skipped(str(tmp_path / "notes" / "c.jpg"), "unknown") in folder
    assert Skipped(f"{tmp_path / 'notes.zip'}: c.jpg", "unknown") in archive


def test_a_zip_in_a_zip_is_not_opened(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", {"a.md": PROSE}).read_bytes()
    outer = zipped(tmp_path / "outer.zip", {"inner.zip": inner})
    assert everything(outer) == [Skipped(f"{outer}: inner.zip", "unknown")]


def test_traps_in_a_zip_are_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    file = zipped(tmp_path / "a.zip", {"../b.md": PROSE, "a.md": PROSE, "c.md": bytes(5 << 20)})
    trap, bomb, document = everything(file)
    assert trap == Skipped(f"{file}: ../b.md", "unreadable")
    assert bomb == Skipped(f"{file}: c.md", "unreadable")
    assert isinstance(document, Document)


def test_one_broken_file_of_many_is_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "importers", lambda: (Letters(),))
    write(tmp_path / "1.let")
    write(tmp_path / "2.let")
    mara = Identity.of(["Mara"])
    assert [type(item) for item in everything(tmp_path, me=mara)] == [
        Document,
        Skipped,
        Document,
        Skipped,
    ]
    with pytest.raises(BadInputError, match="no letter"):
        everything(tmp_path / "1.let", me=mara)
    with pytest.raises(UnknownPersonError, match="own words out of letters"):
        everything(tmp_path)


def test_a_date_from_the_future_is_left_out_and_said(tmp_path: Path) -> None:
    soon = datetime.now(UTC) + timedelta(days=1)
    late = soon + timedelta(days=9)
    lines = [json.dumps({"text": PROSE, "created_at": day.isoformat()}) for day in (soon, late)]
    items = everything(write(tmp_path / "a.jsonl", "\n".join(lines)))
    assert [document.created_at for document in taken(items)] == [soon.isoformat(), ""]
    (note,) = [item for item in items if isinstance(item, Note)]
    assert note.said == "a date from the future, left out"


def test_reasons() -> None:
    assert reasons(Counter(short=2, empty=1)) == " (1 empty, 2 short)"
    assert reasons(Counter()) == ""
