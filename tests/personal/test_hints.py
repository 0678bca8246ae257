"""What a prompt says besides its subject."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.personal.hints import kinds, names


@pytest.mark.parametrize(
    ("prompt", "found"),
    [
        ("Write an email about rain.", {"email"}),
        ("Write a LETTER to my landlord", {"email", "letter"}),
        ("A blog article, please", {"post"}),
        ("answer: a short reply", {"message", "comment"}),
        ("Tell me about the stable.", set()),
        ("emailing is not it", set()),
    ],
)
def test_kinds(prompt: str, found: set[str]) -> None:
    assert kinds(prompt) == found


@pytest.mark.parametrize(
    ("prompt", "found"),
    [
        ("Write to anna about the trip", ["anna"]),
        ("Ask Anna Berg whether Tuesday suits", ["anna", "berg", "tuesday"]),
        ("Will you write this? Mark it done.", []),
        ("Dear José,\nthe rain", ["jose"]),
        ("", []),
    ],
)
def test_names(prompt: str, found: list[str]) -> None:
    assert names(prompt) == found


@given(st.text())
def test_any_prompt(prompt: str) -> None:
    assert all(names(prompt))
    assert isinstance(kinds(prompt), frozenset)
