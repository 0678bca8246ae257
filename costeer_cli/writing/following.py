"""Following a draft: taking its positions in blocks, as they come."""

from __future__ import annotations

import threading
from collections.abc import Generator
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Protocol

from costeer_cli.errors import ProviderError
from costeer_cli.steering.position import Position

Positions = Generator[Position, None, None]


class Followed(Protocol):
    """A draft in progress."""

    @property
    def idle(self) -> bool:
        """Whether the next position is being waited for, and there is time for other things."""

    def take(self, most: int) -> list[Position]:
        """The next positions, at most so many; none at the end of the draft."""

    def close(self) -> None:
        """Cancel the draft."""


class Pulled:
    """A draft that is made as it is read: blocks are always full, nothing is made in vain."""

    idle = False

    def __init__(self, draft: Positions) -> None:
        self._draft = draft
        self._broken: ProviderError | None = None

    def take(self, most: int) -> list[Position]:
        """The next positions; fewer than `most` only at the end.

        Raises:
            ProviderError: what the draft broke off with, once all that came before was taken.
        """
        if self._broken is not None:
            raise self._broken
        taken: list[Position] = []
        try:
            taken.extend(islice(self._draft, most))
        except ProviderError as error:
            if not taken:
                raise
            self._broken = error
        return taken

    def close(self) -> None:
        """Cancel the draft."""
        self._draft.close()


class Streamed:
    """A draft that flows in by itself while the local model is busy with what came before.

    A thread reads it. Blocks hold what has arrived, so that no position waits for the next ones
    to be scored together with it.
    """

    def __init__(self, draft: Positions) -> None:
        self._draft = draft
        self._arrived: SimpleQueue[Position | BaseException | None] = SimpleQueue()
        self._cancelled = threading.Event()
        self._over: BaseException | bool = False
        self._thread = threading.Thread(target=self._read, name="costeer-draft", daemon=True)
        self._thread.start()

    @property
    def idle(self) -> bool:
        """Whether nothing has arrived that was not taken."""
        return self._arrived.empty() and not self._over

    def take(self, most: int) -> list[Position]:
        """What has arrived; waits for one position at least.

        Raises:
            ProviderError: what the draft broke off with, once all that came before was taken.
        """
        taken: list[Position] = []
        while len(taken) < most and not self._over:
            try:
                item = self._arrived.get(block=not taken)
            except Empty:
                return taken
            if isinstance(item, Position):
                taken.append(item)
            else:
                self._over = item or True
        if not taken and isinstance(self._over, BaseException):
            raise self._over
        return taken

    def close(self) -> None:
        """Hang up; the thread does it as soon as it hears of anything."""
        self._cancelled.set()

    def _read(self) -> None:
        try:
            for position in self._draft:
                self._arrived.put(position)
                if self._cancelled.is_set():
                    break
            self._draft.close()
            self._arrived.put(None)
        except BaseException as error:
            self._arrived.put(error)


def follow(draft: Positions, *, flows: bool) -> Followed:
    """Follow a draft in the way that suits it."""
    return Streamed(draft) if flows else Pulled(draft)
