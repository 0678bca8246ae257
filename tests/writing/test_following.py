"""Following a draft: nothing is lost, nothing is read in vain, and closing reaches the draft."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator

import pytest

from costeer_cli.errors import ProviderUnreachableError
from costeer_cli.steering.position import Candidate, Position
from costeer_cli.writing.following import Pulled, Streamed, follow


def _position(n: int) -> Position:
    candidate = Candidate(bytes([65 + n]), n, 0.0)
    return Position(candidate, (candidate,))


class Draft:
    """A draft of `n` positions that can be held up and can break."""

    def __init__(self, n: int, fault: Exception | None = None) -> None:
        self.n, self.fault = n, fault
        self.read = 0
        self.closed = threading.Event()
        self.gate = threading.Semaphore(n + 1)

    def __call__(self) -> Generator[Position, None, None]:
        try:
            for i in range(self.n):
                self.gate.acquire()
                self.read += 1
                yield _position(i)
            if self.fault is not None:
                raise self.fault
        finally:
            self.closed.set()


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_pulled_reads_what_it_is_asked_for() -> None:
    draft = Draft(5)
    followed = Pulled(draft())
    assert [p.chosen.id for p in followed.take(2)] == [0, 1]
    assert draft.read == 2
    assert [p.chosen.id for p in followed.take(9)] == [2, 3, 4]
    assert followed.take(9) == []


def test_pulled_closes_the_draft() -> None:
    draft = Draft(5)
    followed = Pulled(draft())
    followed.take(1)
    followed.close()
    assert draft.closed.is_set()


@pytest.mark.parametrize("kind", [Pulled, Streamed])
def test_what_came_before_a_fault_is_taken_first(kind: type[Pulled] | type[Streamed]) -> None:
    followed = kind(Draft(3, ProviderUnreachableError("Broken."))())
    taken: list[Position] = []
    while len(taken) < 3:
        taken += followed.take(8)
    for _ in range(2):  # and it stays broken
        with pytest.raises(ProviderUnreachableError, match="Broken"):
            followed.take(8)


def test_a_fault_that_is_nobodys_is_raised_too() -> None:
    followed = Streamed(Draft(0, RuntimeError("a bug"))())
    with pytest.raises(RuntimeError, match="a bug"):
        followed.take(1)


def test_streamed_takes_what_has_arrived_and_waits_for_one() -> None:
    draft = Draft(6)
    draft.gate = threading.Semaphore(0)
    followed = Streamed(draft())
    draft.gate.release()
    assert [p.chosen.id for p in followed.take(4)] == [0]  # does not wait for more
    draft.gate.release(5)
    _until(draft.closed.is_set)
    assert [p.chosen.id for p in followed.take(4)] == [1, 2, 3, 4]
    assert [p.chosen.id for p in followed.take(4)] == [5]
    assert followed.take(4) == []
    assert followed.take(4) == []


def test_streamed_goes_on_while_nobody_takes() -> None:
    draft = Draft(50)
    followed = Streamed(draft())
    _until(lambda: draft.read == 50)
    assert len(followed.take(100)) == 50


def test_closing_a_stream_does_not_wait_and_reaches_the_draft() -> None:
    draft = Draft(50)
    draft.gate = threading.Semaphore(2)
    followed = Streamed(draft())
    followed.take(2)
    followed.close()  # the thread waits for the next position
    assert not draft.closed.is_set()
    draft.gate.release()
    assert draft.closed.wait(10)
    assert draft.read == 3


def test_the_way_follows_from_the_drafter() -> None:
    assert isinstance(follow(Draft(1)(), flows=False), Pulled)
    assert isinstance(follow(Draft(1)(), flows=True), Streamed)


def test_a_stream_is_idle_while_the_next_position_is_awaited() -> None:
    draft = Draft(2)
    draft.gate = threading.Semaphore(0)
    followed = Streamed(draft())
    assert followed.idle
    draft.gate.release()
    _until(lambda: not followed.idle)
    followed.take(1)
    assert followed.idle
    draft.gate.release(2)
    _until(draft.closed.is_set)
    followed.take(1)
    assert followed.take(1) == []
    assert not followed.idle  # nothing is awaited any more


def test_what_is_made_as_it_is_read_is_never_idle() -> None:
    assert not Pulled(Draft(1)()).idle
