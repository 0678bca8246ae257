"""Repositories, made here with git."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from costeer_cli.errors import BadInputError
from costeer_cli.importers import git_log
from costeer_cli.importers.git_log import GitLog
from costeer_cli.importers.identity import UnknownPersonError
from costeer_cli.importers.protocol import Item
from costeer_cli.importers.source import Source
from costeer_cli.store.document import Document
from tests.importers import making
from tests.importers.making import passed_over, taken, write

OWN = "Keep the mare dry, whatever the weather does"
MARA = ("Mara Roe", "mara@example.org")
JON = ("Jon Doe", "jon@example.org")

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")


def git(folder: Path, *args: str, who: tuple[str, str] = MARA, given: bytes | None = None) -> str:
    name, address = who
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    person = {f"GIT_{role}_NAME": name for role in ("AUTHOR", "COMMITTER")}
    person |= {f"GIT_{role}_EMAIL": address for role in ("AUTHOR", "COMMITTER")}
    moment = {"GIT_AUTHOR_DATE": "2024-05-01T10:00:00+02:00"}
    done = subprocess.run(
        ["git", "-c", "init.defaultBranch=main", *args],
        cwd=folder,
        env=os.environ | quiet | person | moment,
        input=given,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().strip()


def commit(folder: Path, message: str, who: tuple[str, str] = MARA) -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", message, who=who)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "stable"
    folder.mkdir()
    git(folder, "init", "--quiet")
    for n in range(5):
        write(folder / f"part{n}.py", "pass\n")
    return folder


def read(path: Path, *me: str) -> list[Item]:
    return making.read(GitLog(), path, *(me or ("mara@example.org",)))


def test_a_commit_is_a_document(project: Path) -> None:
    number = commit(project, f"{OWN}\n\nWhy? 🐴\n\nSigned-off-by: Mara <mara@example.org>")
    assert read(project) == [
        Document(
            text=f"{OWN}\n\nWhy? 🐴",
            source="git",
            native_id=number,
            kind="commit",
            author="Mara Roe",
            recipient="stable",
            created_at="2024-05-01T08:00:00+00:00",
        )
    ]


def test_other_peoples_and_programs_are_counted(project: Path) -> None:
    commit(project, f"{OWN}, says Jon", JON)
    commit(project, f"{OWN}, says Mara")
    commit(project, "Short")
    commit(project, 'Revert "Keep the mare dry, whatever the weather does"')
    commit(project, f"{OWN}, says a program", ("mara[bot]", "mara@example.org"))
    git(project, "checkout", "--quiet", "-b", "side", "HEAD~1")
    commit(project, f"{OWN}, on a branch")
    git(project, "checkout", "--quiet", "main")
    git(project, "merge", "--quiet", "--no-ff", "-m", f"{OWN}, merged", "side")
    items = read(project)
    assert {document.text for document in taken(items)} == {
        f"{OWN}, says Mara",
        f"{OWN}, on a branch",
    }
    assert sorted(reason for reason, _ in passed_over(items)) == [*["others"] * 4, "short"]
    assert all(where.startswith("stable commit ") for _, where in passed_over(items))


@pytest.mark.parametrize("known", ["mara roe", "Mara@Example.org", "mara+git@example.org"])
def test_known_by_name_or_address(project: Path, known: str) -> None:
    commit(project, OWN)
    commit(project, f"{OWN} not", JON)
    assert [document.text for document in taken(read(project, known))] == [OWN]


def test_an_older_address_is_mended_by_mailmap(project: Path) -> None:
    commit(project, OWN, ("mr", "mr@old.example"))
    write(project / ".mailmap", "Mara Roe <mara@example.org> <mr@old.example>\n")
    (document,) = taken(read(project))
    assert document.author == "Mara Roe"
    assert len(taken(read(project / ".git"))) == 1
    assert len(taken(read(project, "mr@old.example"))) == 1


def test_nobody_cannot_be_told_apart(project: Path) -> None:
    commit(project, OWN)
    with pytest.raises(UnknownPersonError, match="own words out of commits"):
        list(GitLog().read(Source(project), making.NOBODY))


def test_what_was_stashed_or_noted_is_no_commit(project: Path) -> None:
    commit(project, OWN)
    write(project / "part1.py", "changed\n")
    git(project, "stash")
    git(project, "notes", "add", "-m", "a note that is more than twenty characters")
    assert [document.text for document in taken(read(project))] == [OWN]


def test_bare_repositories_worktrees_and_git_folders(project: Path, tmp_path: Path) -> None:
    commit(project, OWN)
    git(tmp_path, "clone", "--quiet", "--bare", str(project), "copy.git")
    git(project, "worktree", "add", "--quiet", "-b", "other", str(tmp_path / "tree"))
    assert (tmp_path / "tree" / ".git").is_file()
    found = [read(path) for path in (tmp_path / "copy.git", tmp_path / "tree", project / ".git")]
    assert [document.recipient for items in found for document in taken(items)] == [
        "copy",
        "tree",
        "stable",
    ]
    assert len({document.native_id for items in found for document in taken(items)}) == 1


def test_a_repository_without_commits(project: Path) -> None:
    assert read(project) == []


def test_old_encodings(project: Path) -> None:
    commit(project, "[here]")
    for raw in ("Grüße aus Köln am Rhein".encode("cp1252"), b"\x81 and then some more text"):
        whole = git(project, "cat-file", "commit", "main").encode().replace(b"[here]", raw)
        number = git(project, "hash-object", "-t", "commit", "-w", "--stdin", given=whole)
        git(project, "update-ref", f"refs/heads/{number[:5]}", number)
    items = read(project)
    assert [document.text for document in taken(items)] == ["Grüße aus Köln am Rhein"]
    assert sorted(reason for reason, _ in passed_over(items)) == ["short", "undecodable"]


def test_a_message_that_is_a_log(project: Path) -> None:
    tree = git(project, "write-tree")
    number = git(project, "commit-tree", tree, given=b"x" * 500_000)
    git(project, "update-ref", "refs/heads/main", number)
    commit(project, OWN)
    assert passed_over(read(project)) == [("large", "stable")]
    assert [document.text for document in taken(read(project))] == [OWN]


def test_what_a_repository_names_is_never_run(project: Path, tmp_path: Path) -> None:
    commit(project, OWN)
    mark = tmp_path / "was-run"
    script = write(tmp_path / "script.sh", f"#!/bin/sh\ntouch '{mark}'\n")
    script.chmod(stat.S_IRWXU)
    for name in ("core.pager", "pager.log", "core.fsmonitor", "gpg.program", "core.sshCommand"):
        git(project, "config", name, str(script))
    git(project, "config", "log.showSignature", "true")
    git(project, "config", "core.hooksPath", str(tmp_path))
    git(project, "config", "extensions.partialClone", "origin")
    git(project, "config", "remote.origin.promisor", "true")
    git(project, "config", "remote.origin.url", f"ext::{script}")
    number = git(project, "rev-parse", "HEAD")
    signed = git(project, "cat-file", "commit", number).replace(
        "\n\n", "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n -----END PGP SIGNATURE-----\n\n", 1
    )
    signed = git(project, "hash-object", "-t", "commit", "-w", "--stdin", given=signed.encode())
    git(project, "update-ref", "refs/heads/main", signed)
    assert [document.text for document in taken(read(project))] == [OWN]
    missing = project / ".git" / "objects" / number[:2] / number[2:]
    git(project, "update-ref", "refs/heads/side", number)
    missing.unlink()
    with pytest.raises(BadInputError, match="cannot be read by git"):
        read(project)
    assert not mark.exists()


def test_the_surroundings_do_not_matter(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(project, OWN)
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "--quiet")
    commit(other, f"{OWN} elsewhere")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "log.date")
    monkeypatch.chdir(project.parent)
    assert [document.text for document in taken(read(Path("stable")))] == [OWN]


def test_a_broken_repository(project: Path) -> None:
    commit(project, OWN)
    (project / ".git" / "HEAD").write_text("nonsense")
    with pytest.raises(BadInputError, match="cannot be read by git") as caught:
        read(project)
    assert caught.value.hint


def test_what_comes_before_the_damage_is_taken(project: Path) -> None:
    first = commit(project, f"{OWN} once")
    for n in range(9):
        commit(project, f"{OWN} {n}")
    (project / ".git" / "objects" / first[:2] / first[2:]).unlink()
    items = read(project)
    assert 0 < len(taken(items)) <= 9
    assert passed_over(items) == [("broken", "stable")]


def test_without_git_it_says_so(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(project, OWN)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(BadInputError, match="git is not installed") as caught:
        read(project)
    assert "Install git" in (caught.value.hint or "")


def test_stopping_early_ends_git(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = git(project, "write-tree")
    number = git(project, "commit-tree", tree, given=b"x" * 3_000_000)
    git(project, "update-ref", "refs/heads/main", number)
    commit(project, OWN)
    begun: list[subprocess.Popen[bytes]] = []

    class Watched(subprocess.Popen[bytes]):
        def __init__(self, *args: object, **kwargs: object) -> None:
            super().__init__(*args, **kwargs)  # type: ignore[call-overload]
            begun.append(self)

    monkeypatch.setattr(git_log.subprocess, "Popen", Watched)
    items = GitLog().read(Source(project), making.Identity.of(["mara@example.org"]))
    assert isinstance(next(items), Document)
    items.close()
    assert begun[0].poll() is not None


def test_notes_under_git_are_notes(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    for n in range(3):
        write(vault / f"note{n}.md")
    for n in range(30):
        write(vault / "pictures" / f"{n}.png")
    git(vault, "init", "--quiet")
    commit(vault, OWN)
    assert not GitLog().sniff(Source(vault))
    assert [document.text for document in taken(read(vault / ".git"))] == [OWN]


@pytest.mark.parametrize(
    ("files", "sure"),
    [
        ({}, True),
        ({"README.md": 1, "LICENSE": 1, "main.py": 1}, True),
        ({"src": 9, "docs/guide.md": 1, "CHANGELOG.md": 1}, True),
        ({"src": 4, "guide.md": 1, "more.md": 1}, False),
        ({"src": 90, "daily.md": 1, ".obsidian/app.json": 1}, False),
        ({"src": 90, "vault/.obsidian/app.json": 1}, False),
        ({"one.md": 1, "picture.jpg": 1}, False),
    ],
)
def test_what_is_a_folder_of_notes(tmp_path: Path, files: dict[str, int], sure: bool) -> None:
    git(tmp_path, "init", "--quiet")
    for name, times in files.items():
        for n in range(times):
            write(tmp_path / (name if times == 1 else f"{name}/{n}.c"))
    assert GitLog().sniff(Source(tmp_path)) == sure


def test_sniff(tmp_path: Path) -> None:
    assert not GitLog().sniff(Source(tmp_path))
    assert not GitLog().sniff(Source(write(tmp_path / "HEAD")))
    assert not GitLog().sniff(Source(tmp_path))
