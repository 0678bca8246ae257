"""`costeer history export` and `costeer profile export`."""

from __future__ import annotations

import stat
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from costeer_cli.importers.exported import Exported
from costeer_cli.importers.identity import Identity
from costeer_cli.importers.source import Source
from costeer_cli.store.database import open_default
from costeer_cli.store.document import Document
from tests.cli.conftest import Costeer
from tests.documents import any_documents, moments, words

PROSE = "The mare stood in the rain and did not mind it."


def fill() -> None:
    with open_default() as store:
        store.documents.add(
            [
                Document(text=PROSE, title="Räin / ../now", source="mbox", kind="email"),
                Document(text="Snow.", created_at="2024-05-01T00:00:00+00:00", tags=("a",)),
                Document(text=f"{PROSE} Twice.", profile="jon", prompt="Say it twice."),
            ]
        )
        store.profiles.put("jon", "# a comment\nname = 'jon'\ntitle = \"Jon\"\n")
        store.profiles.put("anna", 'name = "anna"\n')


def stored() -> list[Document]:
    with open_default() as store:
        return list(store.documents.export())


def notes(folder: Path) -> list[Document]:
    """The documents in a folder of notes, in the order of their numbers."""
    paths = sorted(folder.iterdir(), key=lambda path: int(path.stem.rsplit("-", 1)[1]))
    found = [next(iter(Exported().read(Source(path), Identity.of([])))) for path in paths]
    return [one for one in found if isinstance(one, Document)]


def test_a_folder_of_notes_is_private_and_reads_back(costeer: Costeer, tmp_path: Path) -> None:
    fill()
    folder = tmp_path / "out" / "notes"
    ran = costeer("history", "export", "--format", "markdown", "-o", str(folder))
    assert (ran.code, ran.out) == (0, b"")
    assert "Wrote 3 texts" in ran.err
    assert sorted(path.name for path in folder.iterdir()) == [
        "2024-05-01-text-2.md",
        "undated-räin-now-1.md",
        "undated-text-3.md",
    ]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert [path.name for path in folder.parent.iterdir()] == ["notes"]
    before = stored()
    with open_default() as store:
        store.documents.delete([1, 2, 3])
        store.documents.add(notes(folder))
    assert stored() == before


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        (["--source", "mbox"], [1]),
        (["--tag", "a", "--after", "2024-05-01"], [2]),
        (["--profile", "jon"], [3]),
        (["--query", "mare TWICE"], [3]),
        (["--kind", "email", "--before", "2000-01-01"], []),
    ],
)
def test_a_part_of_it(costeer: Costeer, options: list[str], numbers: list[int]) -> None:
    fill()
    lines = costeer("history", "export", *options).text.splitlines()
    texts = [document.text for document in stored() if document.id in numbers]
    assert len(lines) == len(texts)
    assert all(text in line for text, line in zip(texts, lines, strict=True))


@pytest.mark.parametrize("what", ["folder", "file"])
def test_nothing_is_written_over(costeer: Costeer, tmp_path: Path, what: str) -> None:
    fill()
    target = tmp_path / "notes"
    if what == "folder":
        target.mkdir()
        (target / "mine.md").write_text("mine")
    else:
        target.write_text("mine")
    for command in (["history", "export", "--format", "markdown"], ["profile", "export", "--all"]):
        ran = costeer(*command, "-o", str(target))
        assert ran.code == 2
        assert "already" in ran.err
    assert (target / "mine.md" if what == "folder" else target).read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == ["notes"]


def test_an_empty_folder_may_be_there(costeer: Costeer, tmp_path: Path) -> None:
    fill()
    (tmp_path / "notes").mkdir()
    target = str(tmp_path / "notes")
    assert costeer("history", "export", "--format", "markdown", "-o", target).code == 0
    assert len(list((tmp_path / "notes").iterdir())) == 3


@pytest.mark.parametrize("form", ["jsonl", "markdown"])
def test_what_breaks_off_leaves_nothing(
    costeer: Costeer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    fill()

    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("costeer_cli.importers.jsonl.to_line", full)
    monkeypatch.setattr("costeer_cli.importers.exported.to_markdown", full)
    target = tmp_path / "out" / "all"
    ran = costeer("history", "export", "--format", form, "-o", str(target))
    assert ran.code == 1
    assert "No space left" in ran.err
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize(
    "args",
    [
        ["history", "export", "--format", "markdown"],
        ["history", "export", "--format", "markdown", "-o", "-"],
        ["history", "export", "--after", "soon"],
        ["profile", "export"],
        ["profile", "export", "jon", "--all"],
        ["profile", "export", "--all"],
        ["profile", "export", "nobody"],
    ],
)
def test_what_cannot_be_done_as_asked(costeer: Costeer, args: list[str]) -> None:
    fill()
    ran = costeer(*args)
    assert (ran.code, ran.out) == (2, b"")


def test_one_profile(costeer: Costeer, tmp_path: Path) -> None:
    fill()
    with open_default() as store:
        toml = store.profiles.get("jon").toml
    assert costeer("profile", "export", "jon").text == toml
    file = tmp_path / "jon.toml"
    costeer("profile", "export", "jon", "-o", str(file))
    assert file.read_text() == toml
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert 'name = "concise"' in costeer("profile", "export", "concise").text


def test_all_profiles_read_back(costeer: Costeer, tmp_path: Path) -> None:
    fill()
    ran = costeer("profile", "export", "--all", "-o", str(tmp_path / "profiles"))
    assert "2 profiles" in ran.err
    files = sorted((tmp_path / "profiles").iterdir())
    assert [file.name for file in files] == ["anna.toml", "jon.toml"]
    with open_default() as store:
        before = {row.name: row.toml for row in store.profiles.list()}
        for name in before:
            store.profiles.delete(name)
    for file in files:
        assert costeer("profile", "create", file.stem, "--from", str(file)).code == 0
    with open_default() as store:
        again = {row.name: row.toml for row in store.profiles.list()}
    assert again["anna"] == before["anna"]
    assert again["jon"].replace('"', "'") == before["jon"].replace('"', "'")


PAST = datetime(2024, 1, 1)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        any_documents(
            words(25),
            source=st.sampled_from(["add", "mbox", "jsonl", "whatsapp"]),
            created_at=moments(PAST),
            profile=st.sampled_from([None, "concise"]),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_an_empty_store_becomes_the_same_by_either_form(
    costeer: Costeer, tmp_path_factory: pytest.TempPathFactory, batch: list[Document]
) -> None:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COSTEER_HOME", str(home))
        with open_default() as store:
            store.documents.add(batch)
        before = stored()
        file, folder = home / "all.jsonl", home / "all"
        costeer("history", "export", "-o", str(file))
        costeer("history", "export", "--format", "markdown", "-o", str(folder))
        patch.setenv("COSTEER_HOME", str(home / "lines"))
        assert costeer("history", "import", str(file), "--yes").code == 0
        assert stored() == before
        patch.setenv("COSTEER_HOME", str(home / "notes"))
        with open_default() as store:
            store.documents.add(notes(folder))
        assert stored() == before
