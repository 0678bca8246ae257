"""The prompt, from arguments and from stdin."""

from __future__ import annotations

import io
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from costeer_cli.cli.prompt import read_prompt
from costeer_cli.errors import BadInputError, UsageError
from tests.cli.conftest import Terminal


class Untouched(io.RawIOBase):
    """A stdin that nobody may read: an open pipe that nobody writes to would hang."""

    def readable(self) -> bool:
        return True

    def readinto(self, _buffer: object) -> int:
        raise AssertionError("stdin was read")


def given_on_stdin(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content), encoding="ascii"))


@pytest.mark.parametrize(
    ("parts", "prompt"),
    [
        (["Write a note."], "Write a note."),
        (["Write", "a", "note."], "Write a note."),
        (["Write\r\na note.\n"], "Write\na note."),
        (["  Write ", ""], "Write"),
        (["Write\x1b[31m a\x00note\x9b"], "Write[31m anote"),
        (["Gru\u0308ße 🐴"], "Gr\u00fcße 🐴"),
        (["a\udcffb"], "a?b"),
        (["--", "--json"], "-- --json"),
    ],
)
def test_arguments_are_the_words_of_one_text(
    monkeypatch: pytest.MonkeyPatch, parts: list[str], prompt: str
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(Untouched())))
    assert read_prompt(parts) == prompt


@pytest.mark.parametrize(
    ("content", "prompt"),
    [
        (b"Write a note.\n", "Write a note."),
        ("\ufeffWrite ünder 🐴\r\n\r\nnow".encode(), "Write ünder 🐴\n\nnow"),
        (b"", ""),
        (b" \n\t", ""),
    ],
)
@pytest.mark.parametrize("parts", [[], ["-"]])
def test_stdin_is_utf_8_whatever_the_locale(
    monkeypatch: pytest.MonkeyPatch, parts: list[str], content: bytes, prompt: str
) -> None:
    given_on_stdin(monkeypatch, content)
    assert read_prompt(parts) == prompt


@pytest.mark.parametrize(
    ("parts", "prompt"),
    [
        (["Answer this:", "-"], "Answer this:\n\nDear you,\n\nhello"),
        (["-", "Answer", "it."], "Dear you,\n\nhello\n\nAnswer it."),
        (["Answer", "this:", "-", "Be", "kind."], "Answer this:\n\nDear you,\n\nhello\n\nBe kind."),
    ],
)
def test_stdin_among_arguments_is_a_paragraph(
    monkeypatch: pytest.MonkeyPatch, parts: list[str], prompt: str
) -> None:
    given_on_stdin(monkeypatch, b"Dear you,\n\nhello\n")
    assert read_prompt(parts) == prompt


def test_an_empty_stdin_leaves_no_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    given_on_stdin(monkeypatch, b"\n")
    assert read_prompt(["a", "-", "b"]) == "a\n\nb"


def test_a_terminal_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal(io.BytesIO(b"typed")))
    with pytest.raises(UsageError, match="no prompt") as caught:
        read_prompt([])
    assert "costeer write" in (caught.value.hint or "")
    assert read_prompt(["-"]) == "typed"


def test_stdin_stands_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    given_on_stdin(monkeypatch, b"a")
    with pytest.raises(UsageError, match="only once"):
        read_prompt(["-", "b", "-"])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x89PNG\r\n\x1a\n\xff\xfe secret", "not UTF-8"),
        ("secret".encode("utf-16"), "not UTF-8"),
        ("Grüße secret".encode("latin-1"), "not UTF-8"),
        (b"\x7fELF\x01\x00secret", "binary"),
    ],
)
def test_what_is_not_text(monkeypatch: pytest.MonkeyPatch, content: bytes, said: str) -> None:
    given_on_stdin(monkeypatch, content)
    with pytest.raises(BadInputError, match=said) as caught:
        read_prompt([])
    assert "secret" not in str(caught.value)
    assert caught.value.hint


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="-"))))
def test_any_words_make_a_prompt_and_stay_the_same_when_read_again(
    monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    prompt = read_prompt([*words, "end"])
    assert prompt.endswith("end")
    given_on_stdin(monkeypatch, prompt.encode())
    assert read_prompt(["-"]) == prompt == read_prompt([prompt])
