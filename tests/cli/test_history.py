"""`costeer history`."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from costeer_cli.cli import common, history
from costeer_cli.errors import BadInputError, StoreError, UnknownNameError, UsageError
from costeer_cli.settings import Places
from costeer_cli.store.database import open_default
from costeer_cli.store.document import Document
from tests.documents import any_documents, moments, words

PROSE = "The mare stood in the rain and did not mind it."


def run(*args: object, given: str | bytes | None = None) -> Result:
    return CliRunner().invoke(history.app, [str(arg) for arg in args], input=given)


def ok(*args: object, given: str | bytes | None = None) -> Result:
    result = run(*args, given=given)
    assert result.exit_code == 0, (result.stderr, result.exception)
    return result


def documents() -> list[Document]:
    with open_default() as store:
        return list(store.documents.export())


def notes(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "rain.md").write_text(f"# Rain\n{PROSE}")
    (folder / "old.txt").write_bytes("Viele Grüße aus Köln am Rhein".encode("cp1252"))
    return folder


@pytest.mark.parametrize(
    "args",
    [
        [],
        *([name] for name in ["add", "import", "list", "show", "search", "delete", "export", "me"]),
        *(["me", name] for name in ["add", "list", "remove"]),
    ],
)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_every_command_has_help(args: list[str], flag: str) -> None:
    result = ok(*args, flag)
    assert "Usage:" in result.stdout
    assert len(result.stdout.splitlines()) > 5


def test_add_an_argument_with_everything() -> None:
    options = ["--title", "Rain", "--kind", "note", "--prompt", "How is she?"]
    result = ok("add", PROSE, *options, "--tag", "a", "-t", "b", "--profile", "concise")
    assert result.stdout == ""
    assert "document 1" in result.stderr
    (document,) = documents()
    assert document.text == PROSE
    assert (document.title, document.kind, document.prompt) == ("Rain", "note", "How is she?")
    assert (document.tags, document.profile, document.source) == (("a", "b"), "concise", "add")
    assert document.created_at.endswith("+00:00")


@pytest.mark.parametrize("args", [[], ["-"]])
@pytest.mark.parametrize("raw", ["Grüße\r\n🐴".encode(), "\ufeffGrüße\n🐴\n".encode()])
def test_add_from_standard_input(args: list[str], raw: bytes) -> None:
    ok("add", *args, given=raw)
    assert documents()[0].text == "Grüße\n🐴"


def test_adding_the_same_again_names_the_first() -> None:
    ok("add", PROSE)
    assert "Document 1 has this text" in ok("add", PROSE + "\n").stderr
    assert len(documents()) == 1


@pytest.mark.parametrize(
    ("given", "said"), [(b"", "no text"), (b" \n", "no text"), (b"a\x00b", "binary")]
)
def test_add_without_text(given: bytes, said: str) -> None:
    result = run("add", given=given)
    assert isinstance(result.exception, BadInputError)
    assert said in str(result.exception)


def test_add_for_an_unknown_profile_stores_nothing() -> None:
    result = run("add", PROSE, "--profile", "consise")
    assert isinstance(result.exception, UnknownNameError)
    assert result.exception.hint == "Did you mean concise?"
    assert documents() == []


def test_list_for_people_and_for_programs() -> None:
    ok("add", PROSE, "--title", "[bold]Rain[/bold] 🐴")
    ok("add", "A second text\nwithout a title")
    lines = ok("list").stdout.splitlines()
    assert lines[0].endswith("add  A second text without a title")
    assert lines[1].endswith("add  [bold]Rain[/bold] 🐴")
    listed = json.loads(ok("list", "--json").stdout)
    assert list(listed) == ["documents"]
    assert [d["id"] for d in listed["documents"]] == [2, 1]
    assert listed["documents"][1]["title"] == "[bold]Rain[/bold] 🐴"
    assert listed["documents"][1]["tags"] == []
    assert "🐴" in ok("list", "--json").stdout


def test_list_filters(tmp_path: Path) -> None:
    ok("import", notes(tmp_path), "--yes")
    ok("add", PROSE + " Once more.", "--profile", "concise")
    one = ok("list", "--limit", 1)
    assert len(one.stdout.splitlines()) == 1
    assert "1 of 3 texts" in one.stderr
    listed = json.loads(ok("list", "--source", "text", "--json").stdout)["documents"]
    assert [d["source"] for d in listed] == ["text"]
    listed = json.loads(ok("list", "--profile", "concise", "--json").stdout)["documents"]
    assert [d["profile"] for d in listed] == ["concise"]
    assert run("list", "--limit", 0).exit_code == 2


def test_an_empty_history_says_how_to_fill_it() -> None:
    result = ok("list")
    assert result.stdout == ""
    assert "history import" in result.stderr
    assert json.loads(ok("list", "--json").stdout) == {"documents": []}


def test_show() -> None:
    ok("add", f"{PROSE}\n\n[red]Twice[/red].", "--title", "Rain", "--tag", "a", "--tag", "b")
    shown = ok("show", 1).stdout
    assert shown.startswith("id: 1\nsource: add\ntitle: Rain\n")
    assert "tags: a, b\n" in shown
    assert shown.endswith(f"\n{PROSE}\n\n[red]Twice[/red].\n")
    document = json.loads(ok("show", 1, "--json").stdout)["document"]
    assert document["text"] == f"{PROSE}\n\n[red]Twice[/red]."
    assert isinstance(run("show", 9).exception, UnknownNameError)
    assert run("show", "one").exit_code == 2


def test_search() -> None:
    ok("add", PROSE)
    ok("add", "Goats mind the rain, as everybody knows.")
    assert len(ok("search", "rain").stdout.splitlines()) == 2
    found = json.loads(ok("search", "MARE", "stable", "--json").stdout)["documents"]
    assert [d["id"] for d in found] == [1]
    assert found[0]["score"] >= 0
    assert len(ok("search", "rain", "-n", 1).stdout.splitlines()) == 1
    nothing = ok("search", '"NEAR (')
    assert nothing.stdout == ""
    assert "No text" in nothing.stderr


def test_delete(home: Places) -> None:
    ok("add", "zyxwvutsrq is a word of its own", "--title", "Secret word")
    ok("add", PROSE)
    assert isinstance(run("delete", 1, 9, "--yes").exception, UnknownNameError)
    assert isinstance(run("delete", 1).exception, UsageError)
    assert len(documents()) == 2
    result = ok("delete", 1, 1, "--yes")
    assert "Secret word" in result.stderr
    assert "Deleted 1 text." in result.stderr
    assert [d.id for d in documents()] == [2]
    assert b"zyxwvutsrq" not in b"".join(f.read_bytes() for f in home.data.iterdir())


def test_delete_asks_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    ok("add", PROSE)
    monkeypatch.setattr(common, "is_interactive", lambda: True)
    refused = run("delete", 1, given="n\n")
    assert refused.exit_code == 1
    assert "Nothing was deleted" in refused.stderr
    assert len(documents()) == 1
    ok("delete", 1, given="y\n")
    assert documents() == []


def test_export_to_a_file_is_private_and_reads_back(tmp_path: Path) -> None:
    ok("import", notes(tmp_path), "--yes")
    ok("add", "Hi!", "--profile", "concise")
    before = documents()
    file = tmp_path / "out" / "all.jsonl"
    result = ok("export", "-o", file)
    assert result.stdout == ""
    assert "Wrote 3 texts" in result.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert ok("export", "-o", "-").stdout == file.read_text("utf-8") == ok("export").stdout
    assert "3 already there" in ok("import", file, "--yes").stderr
    assert documents() == before
    ok("delete", *(d.id for d in before), "--yes")
    ok("import", file, "--yes")
    assert [d.text for d in documents()] == [d.text for d in before]
    assert documents()[2].profile == "concise"


def test_export_where_nothing_can_be_written(tmp_path: Path) -> None:
    ok("add", PROSE)
    (tmp_path / "file").write_text("x")
    result = run("export", "-o", tmp_path / "file" / "all.jsonl")
    assert isinstance(result.exception, StoreError)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        any_documents(
            words(30),
            source=st.sampled_from(["add", "markdown", "jsonl"]),
            created_at=moments(datetime(2024, 1, 1)),
            profile=st.sampled_from([None, "concise"]),
        ),
        min_size=1,
        max_size=4,
    )
)
@example([Document(text="twenty characters or more", tags=("", "", "a", "a "))])
def test_export_then_import_is_a_no_op(
    tmp_path_factory: pytest.TempPathFactory, batch: list[Document]
) -> None:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COSTEER_HOME", str(home))
        with open_default() as store:
            store.documents.add(batch)
        before, exported = documents(), ok("export").stdout_bytes
        (home / "all.jsonl").write_bytes(exported)
        ok("import", home / "all.jsonl", "--yes")
        assert documents() == before
        patch.setenv("COSTEER_HOME", str(home / "other"))
        ok("import", home / "all.jsonl", "--yes")
        assert ok("export").stdout_bytes == exported


@pytest.mark.parametrize("damage", ["text", "folder", "newer"])
def test_a_store_that_cannot_be_used(home: Places, damage: str) -> None:
    if damage == "folder":
        home.data.parent.mkdir(parents=True)
        home.data.write_text("in the way")
    else:
        ok("add", PROSE)
    if damage == "text":
        home.store.write_text("no database " * 99)
    if damage == "newer":
        with open_default() as store:
            store.documents._connection.execute("PRAGMA user_version = 99")
    for command in (["list"], ["add", "more"], ["search", "x"], ["export"], ["show", "1"]):
        result = run(*command)
        assert isinstance(result.exception, StoreError)
        assert result.exception.hint


def test_the_module_is_light() -> None:
    code = (
        "import sys, costeer_cli.cli.history, costeer_cli.cli.profile\n"
        "heavy = {'sqlite_utils', 'yaml', 'frontmatter', 'tomlkit', 'torch', 'numpy', 'rich'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], stderr=subprocess.PIPE, env=dict(os.environ), check=False
    )
    assert done.returncode == 0, done.stderr
