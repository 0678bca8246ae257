"""What may be imported: a file, a folder, or a zip that is read in place, member by member."""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO, Literal

from costeer_cli.errors import BadInputError
from costeer_cli.importers.archive import Member, members
from costeer_cli.store.document import utc

Kind = Literal["file", "folder", "zip"]
_ZIPS_INSIDE = frozenset({".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".epub"})


@dataclass(frozen=True, slots=True)
class Entry:
    """One file, on the disk or in a zip.

    Attributes:
        name: its path below what is imported, with `/`; a single file's own name.
        where: for messages.
        native_id: the same whichever way it was reached, and whatever else is imported.
        size: in bytes, unpacked.
        modified: ISO 8601 in UTC; '' where unknown.
    """

    name: str
    where: str
    native_id: str
    size: int
    modified: str
    _open: Callable[[], IO[bytes]] = field(repr=False)

    @property
    def suffix(self) -> str:
        """`.md`, `.mbox`, ...: in lower case; '' for none."""
        return PurePosixPath(self.name).suffix.lower()

    @property
    def base(self) -> str:
        """The last part of its name."""
        return PurePosixPath(self.name).name

    @property
    def hidden(self) -> bool:
        """Whether it or a folder it is in begins with a dot."""
        return any(part.startswith(".") for part in PurePosixPath(self.name).parts)

    def open(self) -> IO[bytes]:
        """Its bytes as a stream, to be closed.

        Raises:
            OSError: it cannot be read; a broken zip member too, also later while reading.
        """
        return self._open()

    def head(self, size: int = 4096) -> bytes:
        """Its first bytes; b'' where it cannot be read."""
        try:
            with self.open() as file:
                return file.read(size)
        except OSError:
            return b""


class Source:
    """A path, and the files in it.

    Attributes:
        path: as it was given.
        kind: whether it is a file, a folder or a zip.
    """

    def __init__(self, path: Path, only: Entry | None = None) -> None:
        """Look at `path`; `only` narrows a folder or zip to one of its files.

        Raises:
            BadInputError: there is nothing there, or it is a zip that must not be opened.
        """
        self.path = path
        self._only = only
        self._unreadable: list[str] = []
        try:
            mode = path.stat().st_mode
        except (OSError, ValueError):
            raise BadInputError(
                f"There is no file or folder {path}.", hint="Check the path."
            ) from None
        if only is not None:
            self.kind: Kind = "file"
        elif stat.S_ISDIR(mode):
            self.kind = "folder"
        elif stat.S_ISREG(mode):
            self.kind = "zip" if _is_zip(path) else "file"
        else:
            raise BadInputError(f"{path} is neither a file nor a folder.")

    @cached_property
    def entries(self) -> list[Entry]:
        """Every file, in a steady order, each once; what `.git` holds is left out.

        Raises:
            BadInputError: a zip that is broken or a trap as a whole.
        """
        if self._only is not None:
            return [self._only]
        if self.kind == "zip":
            found, refused = members(self.path)
            self._unreadable = [f"{self.path}: {name}" for name in refused]
            real = os.path.realpath(self.path)
            return [_member(self.path, real, one) for one in found]
        if self.kind == "file":
            return [_entry(self.path, self.path.name, os.path.realpath(self.path))]
        return list(self._walk())

    @property
    def unreadable(self) -> list[str]:
        """Where in it could not be looked: locked folders, and traps among a zip's members."""
        _ = self.entries
        return self._unreadable

    @property
    def single(self) -> Entry | None:
        """The file, where it is only one."""
        return self.entries[0] if self.kind == "file" else None

    def only(self, entry: Entry) -> Source:
        """One of its files, as if it had been given alone."""
        return Source(self.path, entry)

    def _walk(self) -> Iterator[Entry]:
        seen: set[str] = set()
        waiting = [(os.fspath(self.path), "")]
        while waiting:
            folder, prefix = waiting.pop()
            real = os.path.realpath(folder)
            if real in seen:
                continue
            seen.add(real)
            try:
                with os.scandir(folder) as found:
                    inside = sorted(found, key=lambda item: item.name)
            except OSError:
                self._unreadable.append(folder)
                continue
            folders = []
            for item in inside:
                kind = _kind(item)
                if kind == "folder" and item.name != ".git":
                    folders.append((item.path, f"{prefix}{item.name}/"))
                elif kind == "file":
                    # Resolving every path from the root would take longer than all the rest.
                    place = f"{real.rstrip(os.sep)}{os.sep}{item.name}"
                    if item.is_symlink():
                        place = os.path.realpath(item.path)
                    if place not in seen:
                        seen.add(place)
                        yield _entry(Path(item.path), prefix + item.name, place)
            waiting += reversed(folders)


def _kind(item: os.DirEntry[str]) -> Kind | None:
    try:
        return "folder" if item.is_dir() else "file" if item.is_file() else None
    except OSError:  # a link to where one may not look, or in a circle
        return None


def _is_zip(path: Path) -> bool:
    try:
        return path.suffix.lower() not in _ZIPS_INSIDE and zipfile.is_zipfile(path)
    except OSError:
        return False


def _entry(path: Path, name: str, real: str) -> Entry:
    try:
        status = path.stat()
        size, moment = status.st_size, utc(int(status.st_mtime)) or ""
    except OSError:
        size, moment = 0, ""
    return Entry(name, str(path), real, size, moment, lambda: path.open("rb"))


def _member(path: Path, real: str, member: Member) -> Entry:
    return Entry(
        member.name,
        f"{path}: {member.name}",
        f"{real}!{member.name}",
        member.size,
        utc(member.day) or "",
        member.open,
    )
