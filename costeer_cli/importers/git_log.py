"""Git: what the person wrote about their own commits."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from costeer_cli.errors import BadInputError
from costeer_cli.importers.commit_message import own_words
from costeer_cli.importers.identity import Identity
from costeer_cli.importers.protocol import Item, Skipped
from costeer_cli.importers.reading import NotTextError, decode, too_little
from costeer_cli.importers.source import Source
from costeer_cli.store.document import Document, utc

_NOTES = frozenset({".md", ".markdown", ".txt", ".org", ".docx", ".odt", ".rtf", ".html"})
_ATTACHMENTS = frozenset(
    {".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".heic", ".pdf", ".mp3", ".m4a", ".wav"}
    | {".mp4", ".mov", ".webm", ".canvas", ".base", ".excalidraw"}
)
_PAPERS = frozenset(  # what every project has, and nobody writes as a note
    {"readme", "changelog", "changes", "history", "news", "license", "licence", "copying", "notice"}
    | {"authors", "contributing", "contributors", "code_of_conduct", "security", "todo", "install"}
    | {"requirements", "cmakelists", "maintainers", "support", "governance", "index", "robots"}
)
_VAULTS = frozenset({".obsidian", ".logseq", "logseq", ".foam", ".zk"})
_LONGEST = 64 * 1024  # bytes; a longer message is a log or a dump
_FORMAT = "%n".join(["%H", "%aI", "%an", "%ae", "%aN", "%aE", "%P", "%B"])
# A repository's own settings may name programs to run; none of these may.
_SETTINGS = (
    "core.quotePath=off",
    "core.fsmonitor=false",
    "core.hooksPath=" + os.devnull,
    "log.showSignature=false",
    "log.mailmap=true",
    "protocol.allow=never",
)
_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_PAGER": "cat",
    "LC_ALL": "C",
}


class GitLog:
    """A repository: the `.git` folder, a bare repository, or a project's folder.

    Notes are often kept under git too, and there the notes are meant. So a folder with a `.git` in
    it is read as commits only where hardly any of its files are notes: under a quarter, pictures
    and the usual papers of a project (README, LICENSE, ...) not counted, and never where it is an
    Obsidian or Logseq vault. Whoever wants the commits of such a folder gives its `.git`.
    """

    name = "git"

    def sniff(self, source: Source) -> bool:
        """A folder that git keeps, and not one of notes."""
        if source.kind != "folder":
            return False
        if _is_repository(source.path):
            return True
        return _exists(source.path / ".git") and not _holds_notes(source)

    def read(self, source: Source, me: Identity) -> Iterator[Item]:
        """One document a commit of the person's, on any branch.

        Whose a commit is, its author's name or address says, as it stands there or as `.mailmap`
        mends it. Merges, reverts, what bots and programs wrote, and other people's are counted.

        Raises:
            BadInputError: git is not installed, or cannot read anything of it.
            UnknownPersonError: nothing is known of the person.
        """
        me.require("commits")
        inside = _is_repository(source.path)
        place = source.path if inside else source.path / ".git"
        home = place.absolute().parent if place.name == ".git" else place
        for raw in _commits(place, home):
            if raw is None:
                yield Skipped(str(source.path), "large")
                continue
            yield _item(raw, str(source.path), home.name.removesuffix(".git"), me)


def _item(raw: bytes, where: str, project: str, me: Identity) -> Item:
    try:
        fields = decode(raw)[0].split("\n", 7)
    except NotTextError as error:
        return Skipped(where, error.reason)
    if len(fields) < 8:
        return Skipped(where, "broken")
    number, moment, name, address, mended_name, mended_address, parents, message = fields
    where = f"{where} commit {number[:12]}"
    mine = any(me.has(value) for value in (name, address, mended_name, mended_address))
    text = own_words(message) if mine and " " not in parents and "[bot]" not in name else None
    if text is None:
        return Skipped(where, "others")
    return too_little(text, where) or Document(
        text=text,
        source=GitLog.name,
        native_id=number,
        kind="commit",
        author=mended_name,
        recipient=project,
        created_at=utc(moment) or "",
    )


def _commits(place: Path, home: Path) -> Iterator[bytes | None]:
    """Each commit as `_FORMAT` says; None for one too long to be a message."""
    git = shutil.which("git")
    if git is None:
        raise BadInputError(
            "git is not installed, and commits cannot be read without it.",
            hint="Install git, then import again.",
        )
    settings = [part for setting in _SETTINGS for part in ("-c", setting)]
    command = [git, "--no-pager", f"--git-dir={place.absolute()}", *settings, "log", "-z"]
    command += ["--exclude=refs/stash", "--exclude=refs/notes/*", "--all", "--no-show-signature"]
    command += ["--no-patch", "--no-color", "--encoding=UTF-8", f"--format={_FORMAT}"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    with subprocess.Popen(  # noqa: S603  (no shell, and every argument is ours but the path)
        command,
        cwd=home,
        env=kept | _ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as running:
        assert running.stdout is not None  # for the type checker
        try:
            buffer, cut, some = b"", False, False
            while chunk := running.stdout.read(1 << 16):
                *whole, buffer = (buffer + chunk).split(b"\0")
                for raw in whole:
                    yield None if cut or len(raw) > _LONGEST else raw
                    cut, some = False, True
                if len(buffer) > _LONGEST:
                    buffer, cut = b"", True
        except GeneratorExit:
            running.kill()
            raise
    if running.returncode and some:
        yield b""  # no commit: what comes after the damage is counted as broken
    elif running.returncode:
        raise BadInputError(
            f"{place} cannot be read by git.", hint="See what is wrong with it: git fsck"
        )


def _is_repository(path: Path) -> bool:
    """Whether it is a `.git` folder, under whatever name."""
    return _exists(path / "HEAD") and _exists(path / "objects") and _exists(path / "refs")


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def _holds_notes(source: Source) -> bool:
    """Whether more than hardly any of its files are notes."""
    notes = others = 0
    for entry in source.entries:
        path = PurePosixPath(entry.name)
        if not _VAULTS.isdisjoint(path.parts):
            return True
        if entry.hidden or entry.suffix in _ATTACHMENTS or path.stem.casefold() in _PAPERS:
            continue
        if entry.suffix in _NOTES:
            notes += 1
        else:
            others += 1
    return notes * 3 > others
