"""`/chat/completions`: what is sent of a text, and what an event says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from costeer_cli.cloud.listing import Listed
from costeer_cli.cloud.provider import DraftSettings, PublicText
from costeer_cli.cloud.wires.chat import Chat
from tests.cloud.wires.bodies import ASK, NINE, PUBLIC, after, assert_pure, fields, keys, strings

URL = "https://x.test/v1/chat/completions"
GOES_ON = {"continue_final_message": True, "add_generation_prompt": False}
PLAIN = Chat(URL, "big-1")
KEYS = {
    "model", "messages", "role", "content", "max_tokens", "temperature", "top_p", "logprobs",
    "top_logprobs", "stream",
}  # fmt: skip


def test_a_first_request_is_a_chat_and_nothing_else() -> None:
    request = Chat(URL, "big-1", continuing=GOES_ON, marker={"prefix": True}).encode(ASK, NINE)
    assert (request.endpoint, request.most, request.held) == (URL, 9, b"")
    assert fields(request) == {
        "model": "big-1",
        "messages": [
            {"role": "system", "content": "Write the text."},
            {"role": "user", "content": "A note to Ana."},
        ],
        "max_tokens": 9,
        "temperature": 0.0,
        "top_p": 1,
        "logprobs": True,
        "top_logprobs": 20,
        "stream": True,
    }


def test_a_text_goes_as_the_last_message_with_what_says_that_it_goes_on() -> None:
    text = after("Dear", " Ana")
    said = fields(Chat(URL, "m", continuing=GOES_ON).encode(text, NINE))
    assert said["messages"][2] == {"role": "assistant", "content": "Dear Ana"}
    assert {name: said[name] for name in GOES_ON} == GOES_ON
    marked = fields(Chat(URL, "m", marker={"prefix": True}).encode(text, NINE))
    assert marked["messages"][2] == {"role": "assistant", "content": "Dear Ana", "prefix": True}
    assert not set(marked) & set(GOES_ON)


@given(PUBLIC)
def test_trap_22_a_body_has_the_keys_and_texts_it_may_have(text: PublicText) -> None:
    said = fields(PLAIN.encode(text, NINE))
    assert keys(said) == KEYS
    written = text.text.decode()
    allowed = {"big-1", "system", "user", "assistant", text.instructions, text.prompt, written}
    assert set(strings(said)) <= allowed
    assert_pure(PLAIN, Chat(URL, "big-1"), text, NINE)


def test_trap_22_extras_are_the_only_other_keys() -> None:
    extras = {"chat_template_kwargs": {"enable_thinking": False}, "top_k": -1}
    said = fields(Chat(URL, "m", extras=extras).encode(after("a"), NINE))
    assert set(said) == (KEYS - {"role", "content"}) | set(extras)


@pytest.mark.parametrize(("text", "sent", "held"), [("a\n\n", "a", b"\n\n"), (" a", " a", b"")])
def test_trap_10_blank_space_is_held_back_where_it_would_be_cut_off(
    text: str, sent: str, held: bytes
) -> None:
    request = Chat(URL, "m", trims=True).encode(after(text), NINE)
    assert fields(request)["messages"][2]["content"] == sent
    assert request.held == held
    assert request.most == 9
    assert fields(request)["max_tokens"] == 9 + len(held)
    kept = Chat(URL, "m").encode(after(text), NINE)
    assert (fields(kept)["messages"][2]["content"], kept.held) == (text, b"")


def test_trap_10_a_text_of_blank_space_alone_is_not_sent() -> None:
    request = Chat(URL, "m", trims=True, continuing=GOES_ON).encode(after("\n"), NINE)
    assert len(fields(request)["messages"]) == 2
    assert "continue_final_message" not in fields(request)
    assert request.held == b"\n"


def test_a_piece_of_a_character_is_held_back() -> None:
    request = PLAIN.encode(after("a", b"\xf0\x9f"), NINE)
    assert fields(request)["messages"][2]["content"] == "a"
    assert (request.held, fields(request)["max_tokens"]) == (b"\xf0\x9f", 11)


def test_trap_12_an_echo_is_held_as_a_whole() -> None:
    request = Chat(URL, "m", echoes=True).encode(after("Dear", " Ana"), NINE)
    assert request.held == b"Dear Ana"
    assert fields(request)["max_tokens"] == 9


def test_trap_17_no_fewer_tokens_than_the_service_takes() -> None:
    wire = Chat(URL, "m", fewest=16)
    assert fields(wire.encode(ASK, NINE))["max_tokens"] == 16
    assert wire.encode(ASK, NINE).most == 9
    assert fields(wire.encode(ASK, DraftSettings(20)))["max_tokens"] == 20


def test_no_more_candidates_than_are_listed() -> None:
    assert fields(Chat(URL, "m", most_listed=5).encode(ASK, NINE))["top_logprobs"] == 5
    assert fields(PLAIN.encode(ASK, DraftSettings(9, 3)))["top_logprobs"] == 3


def test_an_event() -> None:
    item = {"token": "Dear", "logprob": -0.1, "bytes": None, "top_logprobs": []}
    choice = {"delta": {"content": "Dear"}, "logprobs": {"content": [item]}, "finish_reason": None}
    step = PLAIN.read({"model": "big-1", "choices": [choice]})
    assert step.tokens == ((Listed(-0.1, "Dear"), ()),)
    assert (step.text, step.finish, step.thinking, step.model) == ("Dear", None, False, "big-1")


@pytest.mark.parametrize(
    "event",
    [
        {"choices": [{"delta": {"role": "assistant", "content": None}, "finish_reason": None}]},
        {"choices": [{"index": 0}]},
        {"choices": [], "usage": None},
    ],
)
def test_an_event_without_a_text(event: dict[str, Any]) -> None:
    step = PLAIN.read(event)
    assert (list(step.tokens), step.text, step.finish) == ([], "", None)


def test_an_event_with_usage_alone() -> None:
    step = PLAIN.read({"choices": [], "usage": {"prompt_tokens": 30, "prompt_cache_hit_tokens": 9}})
    assert (step.prompt_tokens, step.cached_tokens) == (30, 9)


def test_half_a_character_of_the_prompt_is_replaced() -> None:
    """A terminal gives lone surrogates for bytes that are no text."""
    said = fields(PLAIN.encode(PublicText("", "a" + chr(0xDCFF)), NINE))
    assert said["messages"][1]["content"] == "a?"
