"""The document of `--json`, from choices alone; tests/cli/test_write.py has it from the command."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from costeer_cli.render.document import tokens
from costeer_cli.render.text import whole
from tests.render.pieces import chosen, split

relaxed = settings(deadline=None)  # a busy machine is no finding


@relaxed
@given(st.text() | st.text(" \r\n\x1b🐴ü"), st.data())
def test_joined_tokens_are_the_text(text: str, data: st.DataObject) -> None:
    choices = [chosen(token) for token in data.draw(split(text.encode()))]
    assert "".join(token["text"] for token in tokens(choices)) == text
    assert whole(choices) == text.strip()


@relaxed
@given(st.binary(), st.data())
def test_joined_tokens_are_the_text_even_where_it_is_cut_inside_a_character(
    text: bytes, data: st.DataObject
) -> None:
    choices = [chosen(token) for token in data.draw(split(text))]
    assert "".join(token["text"] for token in tokens(choices)).strip() == whole(choices)


def test_a_split_character_stands_with_its_last_token() -> None:
    horse = "🐴".encode()
    made = tokens([chosen(horse[:1]), chosen(horse[1:]), chosen(horse[:2])])
    assert [token["text"] for token in made] == ["", "🐴", "\ufffd"]


def test_a_token_has_all_that_is_known_of_its_choice() -> None:
    choice = chosen(b" snow", "steered", delta=2.5, rank=3, certified=True)
    assert tokens([choice]) == [
        {
            "text": " snow",
            "source": "steered",
            "cloud_logprob": -1.5,
            "delta": 2.5,
            "steered_logprob": -1.25,
            "rank": 3,
            "certified": True,
        }
    ]


def test_a_token_that_needed_no_scoring_has_no_delta() -> None:
    (token,) = tokens([chosen(b"a", delta=None)])
    assert token["delta"] is None
    assert json.loads(json.dumps(token)) == token


def test_no_choices_are_no_tokens() -> None:
    assert tokens([]) == []
