"""What is the writer's own in a message, and what is only passed on."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.importers.chats.quotes import LONGEST_PROMPT, own_prompt, own_words
from tests.importers.making import PROSE

LONG = "Nobody had told the sailors about the second island. " * 8


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        f"{PROSE}\n\n{PROSE}",
        "That was sad >_<\n>:( and then\n>100 people came to it",
        'He said "no" and I said "yes" and ' + LONG + 'then "maybe".',
        'A pipe of 5" is thick, one of 8" is thicker: ' + LONG + '"',
        "«Oui», dit-il. " + LONG + " «Non»",
        "Read https://example.org/a before it rains",
        "```never closed",
        "Ich sagte »ja« und " + LONG + " sie sagte »nein«.",
    ],
)
def test_kept_as_it_is(text: str) -> None:
    assert own_words(text) == (text.strip(), False)


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("> They wrote this\nI do not agree.", "I do not agree."),
        (">They wrote this\n>\n> and this\nI do not agree.", "I do not agree."),
        ('"""\nA text\n"""\nWhat is that?', "What is that?"),
        (f"Look: “{LONG}” Nice?", "Look:  Nice?"),
        (f'Look:\n\n"{LONG.strip()}"\n\nNice?', "Look:\n\nNice?"),
        (f"Schau: „{LONG}“ Gut?", "Schau:  Gut?"),
        (f"Schau: »{LONG.strip()}« Gut?", "Schau:  Gut?"),
        (f"« {LONG} » C'est beau.", "C'est beau."),
        (f"「{LONG}」", ""),
    ],
)
def test_quotations_go(text: str, own: str) -> None:
    assert own_words(text) == (own, True)


@pytest.mark.parametrize(
    ("text", "own"),
    [
        ("Try\n```\nx = 1\n```\nit works", "Try\n\nit works"),
        ("Try ```x = 1``` it works", "Try  it works"),
        ("````\n```\nx\n```\n````\nit works", "it works"),
        ("https://example.org/a\nwww.example.org", ""),
        ("\u200e \n\t", ""),
        ("thanks @\u2068Mara\u2069", "thanks @Mara"),
    ],
)
def test_code_links_and_marks_go_without_a_word(text: str, own: str) -> None:
    assert own_words(text) == (own, False)


def test_some_services_quote_to_the_end() -> None:
    text = "I agree\n>>> with this\nand with that"
    assert own_words(text, to_the_end=True) == ("I agree", True)
    assert own_words(text) == ("I agree\n\nand with that", True)


@pytest.mark.parametrize(
    ("text", "own"),
    [
        (f"Make this shorter:\n{LONG}", "Make this shorter:"),
        (f"Make this shorter\uff1a\n\n{LONG}", "Make this shorter\uff1a"),
        (f"Answer it.\n<mail>\n{PROSE}\n</mail>\nBe kind.", "Answer it.\nBe kind."),
        (f"<a>\n<a>\n{PROSE}\n</a>\nBe kind.", "Be kind."),
        ("> They asked\nWhat to say?", "What to say?"),
        ("x" * (LONGEST_PROMPT + 1), ""),
        ("x" * 10_000_000, ""),
    ],
)
def test_what_was_pasted_into_a_prompt_goes(text: str, own: str) -> None:
    assert own_prompt(text) == (own, True)


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        "Three questions:\nWhy is it raining?\nWhen does it end?",
        f"What I need:\n- {LONG}.\n- {LONG}.",
        f"What I need:\n1. {LONG}.\n2. {LONG}.",
        "Is <b>\nthis bold?",
        "</b>\nand this\n<b>",
    ],
)
def test_a_prompt_that_was_typed(text: str) -> None:
    assert own_prompt(text) == (text.strip(), False)


@pytest.mark.parametrize(
    "text",
    [
        "`" * 190_000,
        "``` ```` " * 20_000,
        '"' * 190_000,
        '""" x ' * 30_000,
        " " * 95_000 + "x" + " " * 95_000 + "x",
        "<a>\n" * 45_000 + "</a>",
        "\n".join(f"<a{number}>" for number in range(20_000)),
        "“" * 190_000,
        "> " * 90_000,
        "»a" * 90_000,
        "a:\n" * 60_000,
    ],
    ids=range(11),
)
def test_nothing_takes_long(text: str) -> None:
    began = time.process_time()
    own_words(text, to_the_end=True)
    own_prompt(text)
    assert time.process_time() - began < 2


@given(st.text(alphabet='`"“”„«»「」<>/ab:\n -~', max_size=300))
def test_only_words_that_were_there_are_left(text: str) -> None:
    for own, _ in (own_words(text), own_prompt(text)):
        assert own == own.strip()
        assert own.count("a") <= text.count("a")
