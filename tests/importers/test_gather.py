"""Several paths at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from costeer_cli.errors import BadInputError
from costeer_cli.importers.gather import gather, reasons
from costeer_cli.importers.protocol import Skipped

PROSE = "The mare stood in the rain and did not mind it."


def test_documents_skipped_and_notes_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(f"---\ntags: [own]\n---\n{PROSE}")
    (tmp_path / "b.txt").write_bytes("Viele Grüße aus Köln am Rhein".encode("cp1252"))
    (tmp_path / "c.txt").write_text("short")
    (tmp_path / "d.txt").write_bytes(b"\x00\x01")
    gathered = gather([tmp_path], tags=["extra", "own"], profile="mara")
    assert [document.tags for document in gathered.documents] == [
        ("own", "extra"),
        ("extra", "own"),
    ]
    assert {document.profile for document in gathered.documents} == {"mara"}
    assert reasons(gathered.skipped) == " (1 binary, 1 short)"
    assert len(gathered.notes) == 1


def test_without_a_profile_documents_keep_their_own(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps({"text": PROSE, "profile": "jon"}))
    assert gather([file]).documents[0].profile == "jon"
    assert gather([file], profile="mara").documents[0].profile == "mara"


def test_one_unknown_path_stops_all(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(PROSE)
    with pytest.raises(BadInputError, match="no file or folder"):
        gather([tmp_path / "a.md", tmp_path / "missing"])


@pytest.mark.parametrize("content", [b"", b"hi", b"\x00"])
def test_nothing_to_import_is_said_with_its_reasons(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    with pytest.raises(BadInputError, match=r"nothing to import \(1 (empty|short|binary)\)"):
        gather([tmp_path])


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"nothing to import\."):
        gather([tmp_path])


def test_reasons() -> None:
    skipped = [Skipped("a", "short"), Skipped("b", "empty"), Skipped("c", "short")]
    assert reasons(skipped) == " (1 empty, 2 short)"
    assert reasons([]) == ""
