"""What is to be written."""

from __future__ import annotations

import dataclasses

import pytest

from costeer_cli.errors import UsageError
from costeer_cli.privacy.allowance import Allowance
from costeer_cli.steering.policy import Policy
from costeer_cli.writing.assignment import Assignment, Mode


def assigned(prompt: str = "Write.", max_tokens: int = 1, context_tokens: int = 0) -> Assignment:
    return Assignment(prompt, None, Policy(), max_tokens=max_tokens, context_tokens=context_tokens)


def test_the_usual() -> None:
    usual = Assignment("Write.", None, Policy())
    assert usual.mode is Mode.STEERED
    assert usual.max_tokens >= 100
    assert usual.context_tokens >= 500


@pytest.mark.parametrize("prompt", ["", " ", "\n\t ", "\u3000\xa0"])
def test_an_empty_prompt_is_refused(prompt: str) -> None:
    with pytest.raises(UsageError, match="prompt is empty") as caught:
        assigned(prompt)
    assert "costeer write" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("max_tokens", "context_tokens", "fits"),
    [(1, 0, True), (0, 0, False), (-1, 10, False), (10, -1, False)],
)
def test_sizes(max_tokens: int, context_tokens: int, fits: bool) -> None:
    if fits:
        made = assigned(max_tokens=max_tokens, context_tokens=context_tokens)
        assert (made.max_tokens, made.context_tokens) == (max_tokens, context_tokens)
    else:
        with pytest.raises(UsageError, match="--max-tokens"):
            assigned(max_tokens=max_tokens, context_tokens=context_tokens)


def test_it_never_changes() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        assigned().prompt = "another"  # type: ignore[misc]


def test_a_changed_copy_is_checked_too() -> None:
    with pytest.raises(UsageError):
        dataclasses.replace(assigned(), max_tokens=0)


def test_modes_are_written_as_words() -> None:
    assert [str(mode) for mode in Mode] == ["steered", "plain", "proposals", "offline"]


@pytest.mark.parametrize(
    ("mode", "temperature", "fallback", "named"),
    [
        (Mode.PROPOSALS, 1.0, False, "--proposals"),
        (Mode.OFFLINE, 1.0, False, "--offline"),
        (Mode.STEERED, 1.0, True, "--fallback local"),
        (Mode.STEERED, 0.0, False, "--temperature 0"),
    ],
)
def test_a_bound_that_would_not_hold_is_not_given(
    mode: Mode, temperature: float, fallback: bool, named: str
) -> None:
    policy = Policy(0.5, temperature)
    with pytest.raises(UsageError, match=named) as refused:
        Assignment("A note.", None, policy, mode, fallback=fallback, allowance=Allowance(4.0))
    assert refused.value.hint
    Assignment("A note.", None, policy, mode, fallback=fallback)
    Assignment("A note.", None, Policy(0.5, 1.0), allowance=Allowance(4.0))
