"""A sorted table of keys, searched where it lies: as bytes in memory, or as a file mapped there.

After a head of 64 bytes come 65,537 places of 4 bytes, where the keys that begin with each number
of 16 bits begin, then the other 32 bits of each key, sorted; all little-endian.
"""

from __future__ import annotations

import mmap
import struct
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Self

from costeer_cli.privacy.run_hashes import KEY_BITS

if TYPE_CHECKING:
    from costeer_cli.privacy.run_hashes import Keys

_MARK = b"costeer runs 1\n\0"
_HEAD = struct.Struct("<16sq16s24x")
_REST = 32  # bits of a key that are kept as they are
_PLACES = (1 << KEY_BITS - _REST) + 1
_FIRST = _HEAD.size // 4 + _PLACES  # cell of the first key


class RunTable:
    """Keys of the runs of some documents.

    Attributes:
        last: the number of the last of the documents.
        seal: what its maker said of them, 16 bytes.
    """

    def __init__(self, data: bytes | mmap.mmap) -> None:
        """Take up what `made` made.

        Raises:
            ValueError: it is something else, or not the whole of it.
        """
        self._data = data
        if len(data) < 4 * _FIRST or len(data) % 4:
            raise ValueError("no table of runs")
        mark, self.last, self.seal = _HEAD.unpack(data[: _HEAD.size])
        self._cells = memoryview(data).cast("I")
        if mark != _MARK or self._cells[_FIRST - 1] != len(self._cells) - _FIRST:
            raise ValueError("no table of runs")

    @classmethod
    def at(cls, path: Path) -> Self | None:
        """The table in a file; None where there is none, or none that is whole."""
        try:
            with path.open("rb") as file:
                return cls(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        except (OSError, ValueError):
            return None

    def holds(self, key: int) -> bool:
        """Whether a key is there."""
        cells, rest = self._cells, key & (1 << _REST) - 1
        place = _HEAD.size // 4 + (key >> _REST)
        end = _FIRST + cells[place + 1]
        found = bisect_left(cells, rest, _FIRST + cells[place], end)
        return found < end and cells[found] == rest

    def keys(self) -> Keys:
        """All of them, shape (n,), sorted."""
        import numpy as np

        cells = np.frombuffer(self._data, dtype="<u4", offset=_HEAD.size).astype(np.uint64)
        counts = np.diff(cells[:_PLACES]).astype(np.int64)
        firsts = np.repeat(np.arange(_PLACES - 1, dtype=np.uint64), counts)
        return (firsts << np.uint64(_REST)) | cells[_PLACES:]


def made(found: Sequence[Keys], last: int, seal: bytes) -> bytes:
    """The table of some keys, in any order and any number of times each."""
    import numpy as np

    keys = np.concatenate([np.empty(0, dtype=np.uint64), *found])
    keys.sort()  # np.unique hashes, which takes ten times as long
    keys = keys[np.diff(keys, prepend=~keys[:1]) != 0]
    bounds = np.arange(_PLACES, dtype=np.uint64) << np.uint64(_REST)
    places = np.searchsorted(keys, bounds).astype("<u4")
    return b"".join([_HEAD.pack(_MARK, last, seal), places.tobytes(), keys.astype("<u4").tobytes()])
