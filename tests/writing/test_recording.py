"""A draft says how it was begun, and can be gone on with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import UsageError
from costeer_cli.privacy.allowance import Allowance
from costeer_cli.steering.policy import Policy
from costeer_cli.store.drafts import DraftRecord
from costeer_cli.writing.assignment import Assignment, Mode
from costeer_cli.writing.budget import Budget
from costeer_cli.writing.recording import assignment_of, settings_of


def _record(assignment: Assignment, **changes: Any) -> DraftRecord:
    settings = settings_of(assignment, ["history:1"])
    record = DraftRecord(prompt=assignment.prompt, settings=settings, state="interrupted")
    return replace(record, **changes)


@given(
    st.floats(-3, 3),
    st.sampled_from([0.0, 0.7, 1.3]),
    st.sampled_from([4.0, 0.5, float("inf")]),
    st.integers(0, 2**32),
    st.sampled_from(list(Mode)),
)
def test_it_comes_back_as_it_was(
    strength: float, temperature: float, clip: float, seed: int, mode: Mode
) -> None:
    policy = Policy(strength, temperature, 5, 0.9, clip, seed)
    begun = Assignment("A note, please.", None, policy, mode, 44, 555)
    again = assignment_of(_record(begun), None, Budget(requests=3), fallback=True)
    assert again == replace(begun, budget=Budget(requests=3), fallback=True)


def test_a_finished_draft_is_not_gone_on_with() -> None:
    begun = Assignment("A note.", None, Policy())
    with pytest.raises(UsageError, match="finished"):
        assignment_of(_record(begun, state="done"), None, Budget(), fallback=False)


@pytest.mark.parametrize("settings", [{}, {"mode": "x"}, {"clip": None, "mode": "steered"}])
def test_a_draft_that_says_too_little_is_refused(settings: dict[str, Any]) -> None:
    record = _record(Assignment("A note.", None, Policy()), settings=settings)
    with pytest.raises(UsageError, match="how it was begun"):
        assignment_of(record, None, Budget(), fallback=False)


def test_the_allowance_comes_back_and_goes_on_to_hold() -> None:
    policy = Policy(0.5, 1.0, clip=float("inf"), seed=2**127, gate=0.9)
    begun = Assignment("A note.", None, policy, allowance=Allowance(8.0, 1e-5))
    assert assignment_of(_record(begun), None, Budget(), fallback=False) == begun
    with pytest.raises(UsageError, match="--fallback local"):
        assignment_of(_record(begun), None, Budget(), fallback=True)


def test_a_draft_from_before_there_was_a_gate_is_gone_on_with() -> None:
    begun = Assignment("A note.", None, Policy())
    record = _record(begun)
    for name in ("gate", "soften", "mix", "allowance"):
        del record.settings[name]
    assert assignment_of(record, None, Budget(), fallback=False) == begun
