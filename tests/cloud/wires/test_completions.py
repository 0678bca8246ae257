"""`/completions`: raw prompts, as text and as ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given

from costeer_cli.cloud.listing import Listed
from costeer_cli.cloud.provider import DraftSettings, PublicText
from costeer_cli.cloud.template import FORMATS
from costeer_cli.cloud.wires.completions import Completions
from tests.cloud.wires.bodies import ASK, NINE, PUBLIC, after, assert_pure, fields, keys, strings

URL = "https://x.test/v1/completions"
FORM = FORMATS["chatml"]
PLAIN = Completions(URL, "big-1", FORM)
KEYS = {"model", "prompt", "max_tokens", "temperature", "top_p", "logprobs", "stream"}


def render(messages: Sequence[Mapping[str, str]]) -> list[int]:
    return [1, *(len(message["content"]) for message in messages)]


def tokenize(text: str) -> list[int]:
    return [1000 + ord(character) for character in text]


BY_ID = Completions(URL, "big-1", FORMATS["plain"], render, tokenize)


def test_a_prompt_as_text() -> None:
    said = fields(PLAIN.encode(after("Dear", " Ana\n"), NINE))
    assert said == {
        "model": "big-1",
        "prompt": FORM.head + "Write the text." + FORM.middle + "A note to Ana." + FORM.tail
        + "Dear Ana\n",
        "max_tokens": 9,
        "temperature": 0.0,
        "top_p": 1,
        "logprobs": 20,
        "stream": True,
    }  # fmt: skip


@given(PUBLIC)
def test_trap_22_a_body_has_the_keys_and_texts_it_may_have(text: PublicText) -> None:
    said = fields(PLAIN.encode(text, NINE))
    assert keys(said) == KEYS
    assert set(strings(said)) == {"big-1", FORM.render(text) + text.text.decode()}
    assert_pure(PLAIN, Completions(URL, "big-1", FORM), text, NINE)


def test_trap_11_a_text_goes_as_the_very_tokens_that_were_chosen() -> None:
    said = fields(BY_ID.encode(after("De", "ar", ids=True), NINE))
    assert said["prompt"] == [1, 15, 14, 100, 101]
    assert keys(said) == KEYS
    assert set(strings(said)) == {"big-1"}


def test_trap_11_a_token_without_an_id_is_given_some() -> None:
    """A choice that the cloud did not list has none."""
    text = PublicText("", "", ((b"De", 5), (b"a", None), (b"r", None), (b"!", 6)))
    said = fields(BY_ID.encode(text, NINE))
    assert said["prompt"] == [1, 0, 0, 5, *tokenize("ar"), 6]
    cut = BY_ID.encode(PublicText("", "", ((b"De", 5), (b" \xf0\x9f", None))), NINE)
    assert fields(cut)["prompt"] == [1, 0, 0, 5, *tokenize(" ")]
    assert (cut.held, fields(cut)["max_tokens"]) == (b"\xf0\x9f", 11)


def test_trap_11_a_piece_of_a_character_with_an_id_is_sent() -> None:
    request = BY_ID.encode(after("a", b"\xf0\x9f", ids=True), NINE)
    assert fields(request)["prompt"][-2:] == [100, 101]
    assert request.held == b""


def test_a_piece_of_a_character_is_held_back_from_a_text() -> None:
    request = PLAIN.encode(after("a", b"\xf0\x9f"), NINE)
    assert fields(request)["prompt"].endswith("assistant\na")
    assert (request.held, request.most) == (b"\xf0\x9f", 9)
    assert fields(request)["max_tokens"] == 11


def test_candidates_by_number_or_by_flag() -> None:
    few = Completions(URL, "m", FORM, most_listed=5)
    assert fields(few.encode(ASK, NINE))["logprobs"] == 5
    flagged = fields(Completions(URL, "m", FORM, most_listed=5, flag=True).encode(ASK, NINE))
    assert (flagged["logprobs"], flagged["top_logprobs"]) == (True, 5)
    assert set(flagged) == KEYS | {"top_logprobs"}
    assert fields(PLAIN.encode(ASK, DraftSettings(9, 3)))["logprobs"] == 3


def test_trap_17_no_fewer_tokens_than_the_service_takes() -> None:
    request = Completions(URL, "m", FORM, fewest=16).encode(ASK, NINE)
    assert (fields(request)["max_tokens"], request.most) == (16, 9)


def test_trap_22_extras_are_the_only_other_keys() -> None:
    extras = {"top_k": -1, "min_p": 0}
    assert set(fields(Completions(URL, "m", FORM, extras=extras).encode(ASK, NINE))) == KEYS | set(
        extras
    )


@pytest.mark.parametrize(
    "logprobs",
    [
        {"content": [{"token": "Dear", "logprob": -0.1, "top_logprobs": []}]},
        {"tokens": ["Dear"], "token_logprobs": [-0.1], "top_logprobs": [{}]},
    ],
)
def test_trap_19_an_event_in_either_form(logprobs: dict[str, Any]) -> None:
    choice = {"text": "Dear", "logprobs": logprobs, "finish_reason": "length"}
    step = PLAIN.read({"choices": [choice], "usage": {"prompt_tokens": 7}, "model": "m"})
    assert [(own, list(others)) for own, others in step.tokens] == [(Listed(-0.1, "Dear"), [])]
    assert (step.text, step.finish, step.prompt_tokens, step.model) == ("Dear", "length", 7, "m")


def test_an_event_without_choices() -> None:
    assert PLAIN.read({"choices": [], "usage": {"prompt_tokens": 7}}).prompt_tokens == 7
