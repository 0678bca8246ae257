"""`costeer profile learn`."""

from __future__ import annotations

from dataclasses import replace

import pytest
from typer.testing import CliRunner, Result

from costeer_cli.cli import learning, profile
from costeer_cli.errors import BadInputError, UnknownNameError, UsageError
from costeer_cli.personal.profile import Profile, parse_profile
from costeer_cli.store.database import open_default
from costeer_cli.store.document import Document
from tests.cli.conftest import Costeer
from tests.personal.histories import english, french, german

MINE = '# mine\nname = "tom"\nfacts = ["Tom is tall."] # so\n[voice]\ndescription = "Dry." # d\n'


def run(*args: str, given: str | None = None) -> Result:
    return CliRunner().invoke(profile.app, ["learn", *args], input=given)


def ok(*args: str, given: str | None = None) -> Result:
    result = run(*args, given=given)
    assert result.exit_code == 0, (result.stderr, result.exception)
    return result


def put(documents: list[Document], toml: str = MINE) -> None:
    with open_default() as store:
        store.profiles.put("tom", toml)
        store.documents.add(documents)


def stored() -> Profile:
    with open_default() as store:
        return parse_profile(store.profiles.get("tom").toml, "tom")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "is_interactive", lambda: True)


def test_yes_keeps_everything_and_what_was_there() -> None:
    put(english())
    result = ok("tom", "--yes")
    assert result.stdout == ""
    assert "Read 32 texts" in result.stderr
    assert "document" in result.stderr
    now = stored()
    assert now.facts[0] == "Tom is tall."
    assert "My sister Joan lives in Whitby with three cats." in now.facts
    assert "to be fair" in now.learned["words"]
    assert now.voice.startswith("Dry.\n")
    assert now.toml.startswith("# mine\nname")
    assert '"Tom is tall."' in now.toml
    assert "# so" in now.toml
    assert "# d\n" in now.toml


@pytest.mark.parametrize("history", [english, german, french])
def test_doing_it_again_changes_nothing(history: object) -> None:
    put(history())  # type: ignore[operator]
    ok("tom", "--yes")
    first = stored().toml
    assert len(stored().facts) > 2
    again = ok("tom", "--yes")
    assert "nothing new" in again.stderr
    assert stored().toml == first


def test_a_dry_run_prints_the_toml_and_stores_nothing() -> None:
    put(english())
    result = ok("tom", "--dry-run")
    assert stored().toml == MINE
    assert "Nothing was stored." in result.stderr
    shown = parse_profile(result.stdout, "stdout")
    ok("tom", "--yes")
    assert shown.facts == stored().facts
    assert shown.learned == stored().learned


def test_each_group_is_asked_for(terminal: None) -> None:
    put(english())
    result = ok("tom", given="1 3\nn\n99\nx\ny\nn\nn\nn\n")
    assert "Say y, n, or numbers from 1 to 1." in result.stderr
    now = stored()
    assert list(now.learned) == ["language", "greetings"]
    assert now.facts == ("Tom is tall.", "We live in a terraced house behind the station.")
    assert "Stored 2 notes and 1 fact." in result.stderr


def test_refusing_everything_stores_nothing(terminal: None) -> None:
    put(english())
    assert "Nothing was stored." in ok("tom", given="n\n" * 9).stderr
    assert stored().toml == MINE


def test_breaking_off_stores_nothing(terminal: None) -> None:
    put(english())
    assert run("tom", given="y\n").exit_code == 1
    assert stored().toml == MINE


def test_without_a_terminal_it_says_how() -> None:
    put(english())
    result = run("tom")
    assert isinstance(result.exception, UsageError)
    assert "--yes" in (result.exception.hint or "")
    assert stored().toml == MINE


def test_too_little_is_refused_with_how_much_there_is() -> None:
    put([Document(text="My sister has a secret."), Document(text="I work as a spy.")])
    result = run("tom", "--yes")
    assert isinstance(result.exception, BadInputError)
    assert "2 texts with 10 words; it takes 10 texts with 1000 words" in str(result.exception)
    assert "spy" not in str(result.exception) + result.stderr
    assert stored().toml == MINE


def test_only_the_texts_that_are_meant() -> None:
    long = [replace(one, text=one.text * 3, tags=("long",)) for one in german()[:12]]
    put([*english(), *long])
    for args in (["--tag", "no-such"], ["--source", "jsonl"], ["--limit", "3"]):
        result = run("tom", "--yes", *args)
        assert isinstance(result.exception, BadInputError)
        assert f"{3 if '3' in args else 0} text" in str(result.exception)
    tagged = ok("tom", "--dry-run", "--tag", "other", "--tag", "long")
    assert "Read 12 texts" in tagged.stderr


def test_the_profiles_own_filter_is_kept() -> None:
    put([*english(), *german()], MINE + '[history]\nkinds = ["post"]\n')
    result = run("tom", "--yes")
    assert isinstance(result.exception, BadInputError)
    assert "8 texts" in str(result.exception)


def test_only_own_profiles_of_persons() -> None:
    put(english(), 'name = "tom"\nkind = "preference"\n')
    assert isinstance(run("nobody", "--yes").exception, UnknownNameError)
    for name, said in (("mara-lindqvist", "ready-made"), ("tom", "any text should be")):
        result = run(name, "--yes")
        assert isinstance(result.exception, UsageError)
        assert said in str(result.exception)


def test_the_whole_command_piped_and_narrow(
    costeer: Costeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    put([*german(), Document(text="🐴 \x1b[31m[bold]", kind="note")])
    ran = costeer("profile", "learn", "tom", "--dry-run")
    assert ran.code == 0
    assert "\x1b" not in ran.text + ran.err
    assert "Mühle" in ran.text
    assert "😊" in ran.text
