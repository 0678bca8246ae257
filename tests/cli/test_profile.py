"""`costeer profile`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from costeer_cli.cli import common, profile
from costeer_cli.errors import BadInputError, StoreError, UnknownNameError, UsageError
from costeer_cli.personal.profile import Profile, parse_profile
from costeer_cli.settings import Config, Places
from costeer_cli.store.database import open_default
from costeer_cli.store.document import Document


def run(*args: str, given: str | None = None) -> Result:
    return CliRunner().invoke(profile.app, list(args), input=given)


def ok(*args: str, given: str | None = None) -> Result:
    result = run(*args, given=given)
    assert result.exit_code == 0, (result.stderr, result.exception)
    return result


def stored(name: str) -> Profile:
    with open_default() as store:
        return parse_profile(store.profiles.get(name).toml, name)


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """Sets an editor that replaces `old` by `new` in what it is given."""

    def set_editor(old: str, new: str) -> None:
        script = tmp_path / "editor.py"
        script.write_text(
            "import sys, pathlib\npath = pathlib.Path(sys.argv[1])\n"
            f"path.write_text(path.read_text('utf-8').replace({old!r}, {new!r}), 'utf-8')\n"
        )
        monkeypatch.setenv("VISUAL", f"{sys.executable} {script}")

    return set_editor


@pytest.mark.parametrize(
    "args", [[], *([name] for name in ["list", "show", "create", "edit", "use", "delete"])]
)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_every_command_has_help(args: list[str], flag: str) -> None:
    assert "Usage:" in ok(*args, flag).stdout


def test_list_has_yours_and_the_ready_made() -> None:
    ok("create", "aaron", "--title", "[i]Aaron[/i] 🐴")
    ok("use", "aaron")
    lines = ok("list").stdout.splitlines()
    assert lines[0].startswith("*  aaron")
    assert "yours" in lines[0]
    assert lines[0].endswith("[i]Aaron[/i] 🐴")
    assert all("ready-made" in line and not line.startswith("*") for line in lines[1:])
    listed = json.loads(ok("list", "--json").stdout)["profiles"]
    assert listed[0] == {
        "name": "aaron",
        "title": "[i]Aaron[/i] 🐴",
        "kind": "person",
        "origin": "yours",
        "default": True,
    }
    assert {"concise", "mara-lindqvist"} <= {entry["name"] for entry in listed}
    assert sum(entry["default"] for entry in listed) == 1


def test_list_goes_on_past_a_broken_profile() -> None:
    with open_default() as store:
        store.profiles.put("odd", 'name = "odd"\nmood = "blue"')
    result = ok("list", "--json")
    assert "unknown key 'mood'" in result.stderr
    assert "profile edit odd" in result.stderr
    entry = next(p for p in json.loads(result.stdout)["profiles"] if p["name"] == "odd")
    assert (entry["title"], entry["kind"], entry["origin"]) == ("", "", "yours")
    assert "mood" in ok("show", "odd").stdout
    assert isinstance(run("show", "odd", "--json").exception, BadInputError)


def test_show_is_the_toml_as_written() -> None:
    with open_default() as store:
        store.profiles.put("jon", "# mine\nname = 'jon'   # [bold]\n")
        store.documents.add([Document(text="a text of jon", profile="jon")])
    assert ok("show", "jon").stdout == "# mine\nname = 'jon'   # [bold]\n"
    shown = json.loads(ok("show", "jon", "--json").stdout)["profile"]
    assert (shown["name"], shown["origin"], shown["documents"]) == ("jon", "yours", 1)
    assert shown["default"] is False


def test_show_a_ready_made_one_in_json() -> None:
    shown = json.loads(ok("show", "mara-lindqvist", "--json").stdout)["profile"]
    assert shown["origin"] == "ready-made"
    assert len(shown["texts"]) >= 5
    assert set(shown["texts"][0]) == {"title", "kind", "prompt", "created_at", "text"}
    assert shown["identity"]["names"] == ["Mara Lindqvist"]


@pytest.mark.parametrize("command", ["show", "edit", "use", "delete"])
def test_unknown_names(command: str) -> None:
    result = run(command, "consise")
    assert isinstance(result.exception, UnknownNameError)
    assert result.exception.hint == "Did you mean concise?"


def test_create() -> None:
    result = ok(
        "create", "jon", "--title", "Jon", "--voice", "Dry.", "--fact", "One.", "--fact", "Two."
    )
    assert result.stdout == ""
    made = stored("jon")
    assert (made.title, made.voice, made.facts) == ("Jon", "Dry.", ("One.", "Two."))


def test_create_from_a_profile_or_a_file(tmp_path: Path) -> None:
    ok("create", "vet", "--from", "mara-lindqvist", "--fact", "Has a cat.")
    assert stored("vet").facts[-1] == "Has a cat."
    assert stored("vet").title.startswith("Mara")
    assert stored("vet").texts[0].profile == "vet"
    file = tmp_path / "mine.toml"
    file.write_text('# kept\nname = "mine"\ntitle = "From a file"', "utf-8-sig")
    ok("create", "jon", "--from", str(file))
    assert stored("jon").title == "From a file"
    assert "# kept" in stored("jon").toml


def test_create_refuses_what_is_there_unless_forced() -> None:
    ok("create", "jon", "--title", "First")
    for name in ("jon", "concise"):
        result = run("create", name, "--title", "Second")
        assert isinstance(result.exception, UsageError)
        assert "already" in str(result.exception)
        assert "--force" in (result.exception.hint or "")
    assert stored("jon").title == "First"
    ok("create", "jon", "--title", "Second", "--force")
    assert stored("jon").title == "Second"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["Jon Smith"], '"name" must be'),
        (["../jon"], '"name" must be'),
        (["jon", "--from", "missing.toml"], "Cannot read missing.toml"),
        (["jon", "--from", "broken.toml"], "not valid TOML at line 1"),
        (["jon", "--from", "latin.toml"], "not UTF-8"),
    ],
)
def test_create_with_bad_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("broken.toml").write_text("secret = = 1")
    Path("latin.toml").write_bytes(b'title = "\xff"')
    result = run("create", *args)
    assert isinstance(result.exception, BadInputError)
    assert said in str(result.exception)
    assert "secret" not in str(result.exception)
    with open_default() as store:
        assert store.profiles.list() == []


def test_edit(home: Places, editor: object) -> None:
    ok("create", "jon", "--title", "Jon")
    editor('"Jon"', '"Jon the Second"')  # type: ignore[operator]
    assert "Saved jon." in ok("edit", "jon").stderr
    assert stored("jon").title == "Jon the Second"
    assert list((home.data / "editing").iterdir()) == []
    assert "Nothing was changed" in ok("edit", "jon").stderr


def test_editing_a_ready_made_one_makes_a_copy(editor: object) -> None:
    editor("Concise", "My concise")  # type: ignore[operator]
    assert "your own copy" in ok("edit", "concise").stderr
    assert stored("concise").title.startswith("My concise")
    ok("delete", "concise", "--yes")
    shown = json.loads(ok("show", "concise", "--json").stdout)["profile"]
    assert (shown["origin"], shown["title"][:7]) == ("ready-made", "Concise")


def test_looking_at_a_ready_made_one_makes_no_copy(editor: object) -> None:
    editor("no such words", "")  # type: ignore[operator]
    ok("edit", "concise")
    with open_default() as store:
        assert store.profiles.list() == []


def test_a_broken_edit_is_kept_told_and_gone_on_with(home: Places, editor: object) -> None:
    ok("create", "jon", "--title", "Jon")
    editor('"Jon"', '"Jon unclosed')  # type: ignore[operator]
    result = run("edit", "jon")
    assert isinstance(result.exception, BadInputError)
    kept = home.data / "editing" / "jon.toml"
    assert "not valid TOML at line" in str(result.exception)
    assert str(kept) in str(result.exception)
    assert "unclosed" not in str(result.exception)
    assert "costeer profile edit jon" in (result.exception.hint or "")
    assert "Jon unclosed" in kept.read_text()
    assert stored("jon").title == "Jon"
    editor('"Jon unclosed', '"Jon closed"')  # type: ignore[operator]
    assert "Going on with" in ok("edit", "jon").stderr
    assert stored("jon").title == "Jon closed"
    assert not kept.exists()


def test_editing_cannot_rename(editor: object) -> None:
    ok("create", "jon")
    editor('name = "jon"', 'name = "jim"')  # type: ignore[operator]
    result = run("edit", "jon")
    assert isinstance(result.exception, BadInputError)
    assert "--from jon" in (result.exception.hint or "")


def test_edit_without_an_editor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    ok("create", "jon")
    assert isinstance(run("edit", "jon").exception, UsageError)


def test_use(home: Places) -> None:
    config = Config(home.config)
    ok("use", "concise")
    assert config.get("profile") == "concise"
    ok("use", "--none")
    assert config.get("profile") is None
    for args in ([], ["concise", "--none"]):
        assert isinstance(run("use", *args).exception, UsageError)
    assert config.get("profile") is None


def test_delete_takes_the_bound_texts_and_the_default_along(home: Places) -> None:
    ok("create", "jon", "--title", "zyxwvutsrq")
    ok("use", "jon")
    with open_default() as store:
        store.documents.add([Document(text="qqqzzzqqq", profile="jon"), Document(text="stays")])
    (home.data / "editing").mkdir()
    (home.data / "editing" / "jon.toml").write_text("zyxwvutsrq")
    assert isinstance(run("delete", "jon").exception, UsageError)
    assert stored("jon").title == "zyxwvutsrq"
    assert "jon and 1 text" in ok("delete", "jon", "--yes").stderr
    with open_default() as store:
        assert [d.text for d in store.documents.export()] == ["stays"]
    assert Config(home.config).get("profile") is None
    left = b"".join(file.read_bytes() for file in home.data.rglob("*") if file.is_file())
    assert b"zyxwvutsrq" not in left
    assert b"qqqzzzqqq" not in left


def test_delete_asks_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    ok("create", "jon")
    monkeypatch.setattr(common, "is_interactive", lambda: True)
    assert run("delete", "jon", given="n\n").exit_code == 1
    assert stored("jon").name == "jon"
    ok("delete", "jon", given="y\n")


def test_a_ready_made_one_cannot_be_deleted() -> None:
    result = run("delete", "concise", "--yes")
    assert isinstance(result.exception, UsageError)
    assert "ready-made" in str(result.exception)


def test_deleting_an_own_copy_keeps_the_default_that_is_still_there(home: Places) -> None:
    ok("create", "concise", "--force")
    ok("use", "concise")
    ok("delete", "concise", "--yes")
    assert Config(home.config).get("profile") == "concise"


def test_a_store_that_cannot_be_used(home: Places) -> None:
    home.data.mkdir(parents=True)
    home.store.write_text("no database " * 99)
    for command in (["list"], ["show", "concise"], ["create", "jon"], ["use", "concise"]):
        assert isinstance(run(*command).exception, StoreError)
