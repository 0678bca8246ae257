"""Tokens as text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costeer_cli.render.text import Decoder, exact_decoder, harmless, whole
from tests.render.pieces import chosen, split

relaxed = settings(deadline=None)  # a busy machine is no finding

TEXTS = st.text() | st.text("a \t\r\n\x1b\x07\x85\x9b🐴ü馬")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "\ufffd[31mred\ufffd[0m"),
        ("bell\x07", "bell\ufffd"),
        ("back\x08space, del\x7f", "back\ufffdspace, del\ufffd"),
        ("csi \x9b2J, next line \x85", "csi \ufffd2J, next line \ufffd"),
        ("title \x1b]0;x\x07", "title \ufffd]0;x\ufffd"),
        ("nul\0", "nul\ufffd"),
        ("one\r\ntwo\rthree\n", "one\ntwo\nthree\n"),
        ("\ttab, no-break\xa0space, Grüße 🐴 馬", "\ttab, no-break\xa0space, Grüße 🐴 馬"),
    ],
)
def test_harmless(given: str, shown: str) -> None:
    assert harmless(given) == shown


@relaxed
@given(TEXTS)
def test_no_control_character_is_left(text: str) -> None:
    shown = harmless(text)
    assert all(c in "\n\t" or unicodedata.category(c) != "Cc" for c in shown)
    assert harmless(shown) == shown


@relaxed
@given(TEXTS.filter(lambda text: all(unicodedata.category(c) != "Cc" for c in text)))
def test_nothing_else_is_changed(text: str) -> None:
    assert harmless(text) == text


@relaxed
@given(TEXTS.map(str.encode) | st.binary(), st.data())
def test_however_it_is_split_the_text_is_the_same(text: bytes, data: st.DataObject) -> None:
    decoder, exact = Decoder(), exact_decoder()
    tokens = data.draw(split(text))
    shown = "".join([*map(decoder.feed, tokens), decoder.close()])
    plain = text.decode("utf-8", "replace")
    assert shown == harmless(plain)
    assert "".join([*map(exact.decode, tokens), exact.decode(b"", final=True)]) == plain


def test_a_character_comes_with_its_last_token() -> None:
    decoder = Decoder()
    horse = "🐴".encode()
    assert [decoder.feed(part) for part in (b"a" + horse[:1], horse[1:3], horse[3:] + b"b")] == [
        "a",
        "",
        "🐴b",
    ]
    assert decoder.close() == ""


def test_a_character_that_never_ends_is_told() -> None:
    decoder = Decoder()
    assert decoder.feed("ü".encode()[:1]) == ""
    assert decoder.close() == "\ufffd"


def test_a_line_end_split_over_tokens_is_one() -> None:
    decoder = Decoder()
    assert [decoder.feed(b"one\r"), decoder.feed(b"\ntwo\r"), decoder.close()] == [
        "one",
        "\ntwo",
        "\n",
    ]


def test_whole_joins_before_it_decodes_and_cuts_the_ends_only() -> None:
    horse = "🐴".encode()
    assert whole(map(chosen, [b" \n", b" a  ", horse[:2], horse[2:], b" b\n\n"])) == "a  🐴 b"
    assert whole([]) == ""
    assert whole([chosen(horse[:3])]) == "\ufffd"
