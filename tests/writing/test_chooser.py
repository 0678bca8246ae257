"""The chooser: policy, guard and ledger together."""

from __future__ import annotations

import math

import numpy as np
import pytest

from costeer_cli.privacy.allowance import Allowance
from costeer_cli.privacy.ledger import Ledger
from costeer_cli.steering.completion import Evidence
from costeer_cli.steering.policy import Policy
from costeer_cli.steering.position import Candidate, Position
from costeer_cli.writing.chooser import Chooser


class Forbids:
    """A guard that refuses some token texts, and remembers the text."""

    def __init__(self, *texts: bytes) -> None:
        self._texts = texts
        self.text = b""

    def refuses(self, text: bytes) -> object | None:
        return "value" if text in self._texts else None

    def accept(self, text: bytes) -> None:
        self.text += text


def position(**probabilities: float) -> Position:
    candidates = tuple(
        Candidate(name.encode(), None, math.log(p)) for name, p in probabilities.items()
    )
    return Position(candidates[0], candidates)


NO_DELTA = Evidence(np.zeros(3))
OPEN = position(x=0.5, y=0.3, z=0.2)
SURE = position(x=0.9999, y=0.00006, z=0.00004)


def test_the_guard_is_asked_until_it_agrees_and_every_refusal_is_counted() -> None:
    guard = Forbids(b"x", b"y")
    chooser = Chooser(Policy(1.0), guard, Ledger(None, 9))
    choice = chooser.choose(OPEN, NO_DELTA)
    assert (choice.text, choice.source, chooser.blocked) == (b"z", "guard", 2)
    chooser.accept(choice)
    assert guard.text == b"z"


def test_what_the_cloud_alone_decides_is_guarded_too() -> None:
    chooser = Chooser(Policy(1.0), Forbids(b"x"), Ledger(None, 9))
    assert chooser.settled(SURE) is None
    assert chooser.choose(SURE, NO_DELTA).text == b"y"
    free = Chooser(Policy(1.0), None, Ledger(None, 9)).settled(SURE)
    assert free is not None
    assert (free.text, free.source) == (b"x", "cloud")


def test_where_everything_is_refused_the_text_ends() -> None:
    chooser = Chooser(Policy(1.0), Forbids(b"x", b"y", b"z"), Ledger(None, 9))
    assert chooser.choose(OPEN, NO_DELTA).ends


def test_without_refusals_it_is_the_policy() -> None:
    policy = Policy(1.0, 1.0, seed=4)
    chooser = Chooser(policy, Forbids(b"other"), Ledger(None, 9))
    evidence = Evidence(np.array([-1.0, 0.5, 2.0]))
    for index in range(5):
        choice = chooser.choose(OPEN, evidence)
        assert choice == policy.choose(OPEN, evidence, index)
        chooser.accept(choice)
    assert chooser.blocked == 0


def test_the_clip_is_what_the_allowance_leaves() -> None:
    chooser = Chooser(Policy(1.0, 1.0, clip=math.inf, gate=0.9), None, Ledger(Allowance(1.0), 4))
    clips = []
    for where in (OPEN, SURE, OPEN, OPEN):
        clips.append(chooser.policy.clip)
        choice = chooser.choose(where, NO_DELTA)
        assert choice.cost == (0.0 if where is SURE else 2 * clips[-1])
        chooser.accept(choice)
    assert clips[0] == clips[1] == pytest.approx(1 / 8)
    assert clips[2] == clips[3] == pytest.approx(0.75 / 4)
    assert chooser.ledger.bound == pytest.approx(1.0)
    tighter = Chooser(Policy(1.0, 1.0, clip=0.01), None, Ledger(Allowance(1.0), 4))
    assert tighter.policy.clip == 0.01


def test_pieces_are_judged_as_well() -> None:
    chooser = Chooser(Policy(), Forbids(b"secret"), Ledger(None, 3))
    assert chooser.refuses(b"secret")
    assert not chooser.refuses(b"open")
    assert chooser.blocked == 1
