"""Pieces of text from services that list nothing, as they were cut and as far as they are whole."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.cloud.proposed import proposed
from costeer_cli.cloud.provider import Traffic
from costeer_cli.cloud.wires.chat import Chat
from costeer_cli.errors import NotSteerableError, ProviderError, ProviderUnreachableError

CHAT = Chat("https://x.test/v1/chat/completions", "big-1", silent=True)


def event(text: str | None, finish: str | None = None, **more: Any) -> dict[str, Any]:
    return {"choices": [{"delta": {"content": text}, "finish_reason": finish}], **more}


def pieces(
    *events: dict[str, Any], held: bytes = b"", traffic: Traffic | None = None
) -> list[bytes]:
    return list(proposed(events, CHAT, traffic or Traffic(), held))


@pytest.mark.parametrize("finish", ["stop", "eos", "eos_token", "end_turn"])
def test_pieces_come_as_they_were_cut_and_an_end_as_an_empty_one(finish: str) -> None:
    role = {"choices": [{"delta": {"role": "assistant", "content": ""}}]}
    answer = [role, event("Dear"), event(" Ana"), event(None, finish)]
    assert pieces(*answer) == [b"Dear", b" Ana", b""]


def test_an_answer_that_is_full_does_not_end() -> None:
    assert pieces(event("Dear"), event("", "length")) == [b"Dear"]


@given(st.text(st.characters(codec="utf-8", exclude_characters="\ufffd"), max_size=8), st.data())
def test_what_was_held_back_is_not_proposed_again(text: str, data: st.DataObject) -> None:
    held = text.encode()[: data.draw(st.integers(0, len(text.encode())))]
    cut = data.draw(st.integers(0, len(text)))
    answer = [event(text[:cut]), event(text[cut:]), event("", "length")]
    assert held + b"".join(pieces(*answer, held=held)) == text.encode()


def test_an_answer_that_goes_another_way_is_refused() -> None:
    with pytest.raises(NotSteerableError, match="very end"):
        pieces(event(" and"), held=b"\n")


@pytest.mark.parametrize("broken", ["\ufffd", "a\ufffd", chr(0xD83D)])
def test_trap_01_a_broken_text_is_not_proposed_nor_what_follows_it(broken: str) -> None:
    assert pieces(event("Dear"), event(broken), event(" Ana", "stop")) == [b"Dear"]


def test_an_answer_that_breaks_off_may_come_again() -> None:
    with pytest.raises(ProviderUnreachableError, match="broke off"):
        pieces(event("Dear"))
    with pytest.raises(ProviderUnreachableError, match="broke off"):
        pieces()


def test_trap_15_and_16_thoughts_and_refusals_stop_it() -> None:
    with pytest.raises(NotSteerableError, match="thinks"):
        pieces({"choices": [{"delta": {"reasoning_content": "Hm"}}]})
    with pytest.raises(ProviderError, match="own filter"):
        pieces(event("", "content_filter"))


def test_what_is_told_of_the_request_is_taken_down() -> None:
    traffic = Traffic()
    pieces(event("a", "stop", usage={"prompt_tokens": 7}, model="big-1"), traffic=traffic)
    assert (traffic.prompt_tokens, traffic.model) == (7, "big-1")
