"""`costeer history import`."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from costeer_cli.cli import common, history, importing
from costeer_cli.errors import BadInputError, UnknownNameError, UsageError
from costeer_cli.store.database import open_default
from costeer_cli.store.document import Document

PROSE = "The mare stood in the rain and did not mind it."


def run(*args: object, given: str | None = None) -> Result:
    return CliRunner().invoke(history.app, [str(arg) for arg in args], input=given)


def ok(*args: object, given: str | None = None) -> Result:
    result = run(*args, given=given)
    assert result.exit_code == 0, (result.stderr, result.exception)
    assert result.stdout == ""
    return result


def documents() -> list[Document]:
    with open_default() as store:
        return list(store.documents.export())


def authored(folder: Path, name: str, author: str) -> Path:
    file = folder / name
    file.write_text(f"---\nauthor: {author}\n---\n{PROSE} {author}")
    return file


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "rain.md").write_text(f"# Rain\n{PROSE}")
    (folder / "short.txt").write_text("Hi!")
    (folder / "old.txt").write_bytes("Viele Grüße aus Köln am Rhein".encode("cp1252"))
    (folder / "binary.txt").write_bytes(b"\x00\x01")
    (folder / "horse.jpeg").write_bytes(b"\xff\xd8")
    return folder


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (importing, common):
        monkeypatch.setattr(module, "is_interactive", lambda: True)


def test_import_says_what_it_did(notes: Path) -> None:
    result = ok("import", notes, "--yes", "--tag", "mine", "--profile", "concise")
    assert "Found 2 texts (folder): 2 new, 0 changed, 0 already there" in result.stderr
    assert "passed over 3 (1 binary, 1 short, 1 unknown)" in result.stderr
    assert "1 file: not UTF-8, read as Windows-1252" in result.stderr
    assert f"binary: {notes / 'binary.txt'}" in result.stderr
    assert "“Rain”" in result.stderr
    assert "Stored 2 new and 0 changed" in result.stderr
    assert {(d.tags, d.profile) for d in documents()} == {(("mine",), "concise")}


def test_importing_again_is_a_no_op_and_a_change_is_taken(notes: Path) -> None:
    ok("import", notes, "--yes")
    before = documents()
    result = ok("import", notes, notes / "rain.md", "--yes")
    assert "(folder, markdown): 0 new, 0 changed, 3 already there" in result.stderr
    assert "Nothing was stored" in result.stderr
    assert documents() == before
    (notes / "rain.md").write_text(f"# Rain\n{PROSE} Nor did I.")
    assert "0 new, 1 changed, 1 already there" in ok("import", notes, "--yes").stderr
    assert [d.text for d in documents() if d.title == "Rain"] == [f"{PROSE} Nor did I."]


@pytest.mark.parametrize("more", [[], ["--yes"]])
def test_dry_run_stores_nothing(notes: Path, more: list[str]) -> None:
    result = ok("import", notes, "--dry-run", *more)
    assert "2 new" in result.stderr
    assert "“Rain”" in result.stderr
    assert "Nothing was stored" in result.stderr
    assert documents() == []


def test_without_a_terminal_import_needs_to_be_told(notes: Path) -> None:
    result = run("import", notes, given="y\n")
    assert isinstance(result.exception, UsageError)
    assert "--dry-run" in (result.exception.hint or "")
    assert documents() == []


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(("answer", "code", "count"), [("y\n", 0, 2), ("n\n", 1, 0)])
def test_on_a_terminal_import_asks(notes: Path, answer: str, code: int, count: int) -> None:
    result = run("import", notes, given=answer)
    assert result.exit_code == code
    assert result.stderr.index("Rain") < result.stderr.index("Store them?")
    assert ("Stored 2 new" in result.stderr) == bool(count)
    assert len(documents()) == count


@pytest.mark.usefixtures("terminal")
def test_where_nothing_is_new_nothing_is_asked(notes: Path) -> None:
    ok("import", notes, "--yes")
    result = ok("import", notes)
    assert "2 already there" in result.stderr
    assert "Store them?" not in result.stderr


def test_a_zip(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "notes.zip", "w") as archive:
        archive.writestr("notes/rain.md", f"# Rain\n{PROSE}")
        archive.writestr("../up.md", PROSE)
    result = ok("import", tmp_path / "notes.zip", "--yes")
    assert "Found 1 text (zip)" in result.stderr
    assert "unreadable: " in result.stderr
    assert documents()[0].native_id == f"{tmp_path / 'notes.zip'}!notes/rain.md"


def test_only_the_persons_own_words(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    authored(notes, "a.md", "Mara")
    authored(notes, "b.md", "Jon")
    result = ok("import", notes, "--yes", "--me", "mara")
    assert "passed over 1 (1 others)" in result.stderr
    assert [d.author for d in documents()] == ["Mara"]
    with open_default() as store:
        assert store.identity.list() == []  # for this once only
        store.identity.add(["JON"])
    ok("import", notes, "--yes")
    assert {d.author for d in documents()} == {"Mara", "Jon"}
    with open_default() as store:
        store.identity.add(["Someone"])
        store.identity.remove(["JON"])
    nothing = run("import", notes, "--yes")
    assert isinstance(nothing.exception, BadInputError)
    assert "nothing to import (folder) (2 others)" in str(nothing.exception)
    assert "history me add" in (nothing.exception.hint or "")


def test_a_profile_knows_who_the_person_is(tmp_path: Path) -> None:
    with open_default() as store:
        store.profiles.put(
            "mara", 'name = "mara"\n[identity]\nnames = ["Mara R."]\nemails = ["m@r.org"]\n'
        )
    notes = tmp_path / "notes"
    notes.mkdir()
    authored(notes, "a.md", "Mara R.")
    authored(notes, "b.md", "Someone <M@r.org>")
    authored(notes, "c.md", "Jon")
    ok("import", notes, "--yes", "--profile", "mara")
    assert sorted(d.author for d in documents()) == ["Mara R.", "Someone <M@r.org>"]
    assert isinstance(run("import", notes, "--yes", "-p", "maro").exception, UnknownNameError)


def test_what_is_broken_is_named_and_the_rest_imported(notes: Path, tmp_path: Path) -> None:
    broken = tmp_path / "a.jsonl"
    broken.write_text(json.dumps({"text": f"{PROSE} One."}) + "\n{secret\n")
    result = ok("import", notes, broken, "--yes")
    assert "1 broken" in result.stderr
    assert f"broken: {broken} line 2" in result.stderr
    assert "secret" not in result.stderr
    assert len(documents()) == 3


def test_one_unknown_path_imports_nothing_of_any(notes: Path, tmp_path: Path) -> None:
    (tmp_path / "chat.xyz").write_text("{}")
    for other in ("chat.xyz", "missing.md"):
        result = run("import", notes, tmp_path / other, "--yes")
        assert isinstance(result.exception, BadInputError)
    assert documents() == []


@pytest.mark.parametrize("name", ["missing.md", "chat.xyz", "empty.txt", "broken.jsonl"])
@pytest.mark.parametrize("flag", ["--yes", "--dry-run"])
def test_paths_that_cannot_be_imported(tmp_path: Path, name: str, flag: str) -> None:
    (tmp_path / "chat.xyz").write_text("{}")
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "broken.jsonl").write_text("{secret")
    result = run("import", tmp_path / name, flag)
    assert isinstance(result.exception, BadInputError)
    assert result.exception.hint
    assert "secret" not in str(result.exception)


def test_a_file_one_may_not_read(notes: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = Path.open

    def refuse(self: Path, *args: str) -> object:
        if self.name == "rain.md":
            raise PermissionError(13, "Permission denied")
        return usual(self, *args)

    monkeypatch.setattr(Path, "open", refuse)
    assert "1 unreadable" in ok("import", notes, "--yes").stderr
    result = run("import", notes / "rain.md", "--yes")
    assert isinstance(result.exception, BadInputError)
    assert "(1 unreadable)" in str(result.exception)


def test_titles_and_places_cannot_write_on_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "a\x1b[31m\n.md").write_text(f"# [bold]Rain\x1b[2J 🐴\n{PROSE}")
    (tmp_path / "b\x1b[31m\n.txt").write_bytes(b"\x00")
    said = ok("import", tmp_path, "--yes").stderr
    assert "[bold]Rain[2J 🐴" in said
    assert "\x1b" not in said
