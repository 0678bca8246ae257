"""The runs of words of the whole history, so that none is copied, however long it is.

For every 65,536 documents there is a file beside the store with salted hashes of their runs; the
salt is in the store alone. New documents are added before a text is written; the file of documents
that were changed or forgotten is not valid any more and is made again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from hashlib import blake2b
from pathlib import Path

from costeer_cli.errors import StoreError
from costeer_cli.files import write_private
from costeer_cli.privacy.run_hashes import RunHashes
from costeer_cli.privacy.run_table import RunTable, made
from costeer_cli.store.blocks import BITS, Block, Blocks
from costeer_cli.store.database import MEMORY

Progress = Callable[[int, int], None]
"""Told how many documents were read, and how many are to be read at most."""

_TRIES = 5  # at a block that others change meanwhile


class HistoryRuns:
    """Knows whether a run of words stands in any document of a store."""

    def __init__(self, blocks: Blocks, store: Path) -> None:
        """Set up; nothing is read yet.

        Args:
            blocks: of the store.
            store: its file; the hashes lie in a folder beside it, and in memory as the store.
        """
        self._blocks = blocks
        self._folder = store.with_name(f"{store.stem}-runs")
        self._lasting = store != MEMORY
        self._salt = blocks.salt
        self._hashes = RunHashes(self._salt)
        self._tables: list[RunTable] = []

    def prepare(self, progress: Progress | None = None) -> None:
        """Read what was added or changed since the last time; call it before a text is written.

        Where no file can be kept (a full disk, another program that goes on writing) its content
        is held in memory instead.

        Raises:
            StoreError: the store cannot be read, or goes on changing.
        """
        found = [(block, self._kept(block)) for block in self._blocks.all()]
        if self._files() - {self._path(block) for block, _ in found}:
            with suppress(StoreError):  # another program writes; the next text tries again
                self.sweep()
        total = sum(block.last - table.last for block, table in found)
        tables, read = [], 0
        for block, table in found:
            tables.append(self._ready(block, table, partial(_tell, progress, read, total)))
            read += block.last - table.last
        self._tables = tables

    def holds(self, run: Sequence[str]) -> bool:
        """Whether these folded words stand in a row in a document (see `folding.run_ending`)."""
        key = self._hashes.key(run)
        return any(table.holds(key) for table in self._tables)

    def sweep(self) -> None:
        """Remove the hashes of what is not in the store any more; call it after forgetting.

        Raises:
            StoreError: a file cannot be removed.
        """
        if not self._files():
            return
        with self._blocks.atomic():  # nobody keeps a file meanwhile
            valid = {self._path(block) for block in self._blocks.all() if self._valid(block)}
            try:
                for path in self._files() - valid:
                    path.unlink()
            except OSError as error:
                raise StoreError(
                    f"Forgotten, but hashes of it remain in {self._folder}: {error.strerror}.",
                    hint="Mend its permissions, or remove the folder; it is made again.",
                ) from error

    def _ready(self, block: Block, table: RunTable, told: Callable[[int], None]) -> RunTable:
        """The table of a block, with all of its documents."""
        for _ in range(_TRIES):
            if table.last == block.last:
                return table
            first = table.last
            found = [table.keys()]
            for texts in self._blocks.texts(first, block.last):
                found.append(self._hashes.keys(text for _, said in texts for text in said))
                told(texts[-1][0] - first)
            data = made(found, block.last, self._seal(block.stamp, block.last, block.digest))
            if self._keep(block, data) or self._unchanged(block):
                return self._valid(block) or RunTable(data)
            now = self._blocks.find(block.number)
            if now is None:
                return _empty(block)
            block, table = now, self._kept(now)
        raise StoreError(
            "The history is being changed by another program.",
            hint="Wait until it is done, then try again.",
        )

    def _keep(self, block: Block, data: bytes) -> bool:
        """Put the table of a block beside the store, unless the block is another one by now."""
        if not self._lasting:
            return False
        try:
            with self._blocks.atomic():  # nobody forgets meanwhile
                if not self._unchanged(block):
                    return False
                write_private(self._path(block), data)
        except StoreError:
            return False
        return True

    def _kept(self, block: Block) -> RunTable:
        return self._valid(block) or _empty(block)

    def _valid(self, block: Block) -> RunTable | None:
        """The table beside the store, where it is of this block as it is now."""
        table = RunTable.at(self._path(block))
        if table is None:
            return None
        digest = self._blocks.digest(table.last)
        return table if table.seal == self._seal(block.stamp, table.last, digest) else None

    def _unchanged(self, block: Block) -> bool:
        now = self._blocks.find(block.number)
        return now is not None and now.stamp == block.stamp

    def _seal(self, stamp: int, last: int, digest: str | None) -> bytes:
        said = f"{stamp} {last} {digest}".encode()
        return blake2b(said, digest_size=16, key=self._salt).digest()

    def _files(self) -> set[Path]:
        return set(self._folder.iterdir()) if self._folder.is_dir() else set()

    def _path(self, block: Block) -> Path:
        return self._folder / f"{block.number}.runs"


def _empty(block: Block) -> RunTable:
    return RunTable(made([], (block.number << BITS) - 1, bytes(16)))


def _tell(progress: Progress | None, before: int, total: int, read: int) -> None:
    if progress:
        progress(before + read, total)
