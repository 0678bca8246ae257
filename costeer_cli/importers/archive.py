"""A zip that is read in place: what is in it, without what must not be opened."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from costeer_cli.errors import BadInputError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MOST_MEMBERS = 1_000_000
_HARMLESS = 1 << 20  # bytes; a member this small may be packed as tightly as it likes
_MOST_RATIO = 200  # text packs 3:1 to 50:1; beyond this it is made to fill a disk
_PACKINGS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)
_LEADS_OUT = re.compile(r"$|/|[A-Za-z]:/|(.*/)?\.\.(/|$)", re.DOTALL)
_DAMAGE = (  # what zipfile raises for archives that are broken, encrypted or packed oddly
    zipfile.BadZipFile,
    RuntimeError,
    EOFError,
    ValueError,
    OverflowError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True, slots=True)
class Member:
    """One file in a zip.

    Attributes:
        name: with `/`, never absolute, never with `..`.
        size: in bytes, unpacked; no more than this can be read.
        day: `YYYY-MM-DD`; may be no real day.
        open: its bytes as a stream; OSError where it is damaged, now or while it is read.
    """

    name: str
    size: int
    day: str
    open: Callable[[], IO[bytes]]


def members(path: Path) -> tuple[list[Member], list[str]]:
    """The files in the zip at `path`, in its order, what `.git` holds left out.

    Returns:
        The files, and the names of those that are traps: names that lead out of the zip, and
        files packed so tightly that they are made to fill a disk.

    Raises:
        BadInputError: it is no zip, or a trap as a whole.
    """
    try:
        archive = zipfile.ZipFile(path)
        room = _HARMLESS + _MOST_RATIO * path.stat().st_size
    except (OSError, *_DAMAGE) as error:
        raise BadInputError(
            f"{path} cannot be read as a zip.", hint="Download it again."
        ) from error
    # Of two files of one name the later one counts, as for every program that unpacks them.
    infos = {info.filename: info for info in archive.infolist() if not info.is_dir()}
    if len(infos) > MOST_MEMBERS:
        raise BadInputError(f"{path} holds more than {MOST_MEMBERS:,} files.")
    found, refused = [], []
    for info in infos.values():
        name = info.filename.replace("\\", "/")
        packed_to_burst = info.file_size > max(_HARMLESS, _MOST_RATIO * info.compress_size)
        if packed_to_burst or _LEADS_OUT.match(name):
            refused.append(name)
            continue
        room -= info.file_size
        if room < 0:
            raise BadInputError(f"{path} unpacks to far more than it is; not opened.")
        if ".git" not in PurePosixPath(name).parts:
            day = "-".join(f"{part:02}" for part in info.date_time[:3])
            found.append(Member(name, info.file_size, day, partial(_open, archive, info)))
    return found, refused


def _open(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> IO[bytes]:
    if info.compress_type not in _PACKINGS:
        raise OSError("it is packed in an unusual way")
    try:
        return io.BufferedReader(_Stream(archive.open(info)), 1 << 16)
    except _DAMAGE as error:
        raise OSError("it cannot be unpacked") from error


class _Stream(io.RawIOBase):
    """A member whose damage shows as an OSError, as a file's does."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is; going back unpacks it from its beginning."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Its next bytes, into `buffer`; how many there were."""
        room = memoryview(buffer)
        try:
            chunk = self._stream.read(len(room))
        except _DAMAGE as error:
            raise OSError("it cannot be unpacked") from error
        room[: len(chunk)] = chunk
        return len(chunk)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place in it; where that is."""
        try:
            return self._stream.seek(offset, whence)
        except _DAMAGE as error:
            raise OSError("it cannot be unpacked") from error

    def tell(self) -> int:
        """Where in it the next byte is."""
        return self._stream.tell()

    def close(self) -> None:
        """Be done with it."""
        self._stream.close()
        super().close()
