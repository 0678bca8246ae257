"""A service that never comes to an end: of an answer, a line, an error, or of signs of life."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from costeer_cli.cloud.line import Line
from costeer_cli.cloud.provider import Request
from costeer_cli.errors import CosteerError, ProviderError, ProviderUnreachableError
from tests.cloud.conftest import Serve
from tests.cloud.serving import Answer, Asked
from tests.privacy.attacks.conftest import Begin
from tests.privacy.attacks.mallory import chat_event, listing_of
from tests.privacy.attacks.person import told

LIMIT = 8.0  # seconds; without a defence it would be minutes, or for ever


def slowly(chunk: bytes) -> Iterator[bytes]:
    """The same, twenty times a second, for ever."""
    while True:
        time.sleep(0.05)
        yield chunk


def event(value: object) -> bytes:
    return f"data: {json.dumps(value)}\n\n".encode()


NOTHING = {"model": "big-1", "choices": []}
ROLE = {"model": "big-1", "choices": [{"delta": {"role": "assistant", "content": ""}}]}
WORD = chat_event(listing_of(" rain", " and"))


def finished(writing: object) -> float:
    begun = time.monotonic()
    with suppress(CosteerError):
        for _ in writing:  # type: ignore[attr-defined]
            pass
    return time.monotonic() - begun


@pytest.mark.parametrize("nearby", [True, False])
def test_a_draft_without_end_is_cut_at_the_longest_text(begin: Begin, nearby: bool) -> None:
    writing, served = begin(
        lambda _: Answer(itertools.repeat(event(WORD))), max_tokens=9, nearby=nearby
    )
    assert finished(writing) < LIMIT
    assert len(writing.choices) == 9
    assert served.hung_up.wait(LIMIT)
    assert not [value for asked in served.asked for value in told(asked.body)]


@pytest.mark.parametrize("nearby", [True, False])
@pytest.mark.parametrize("nothing", [NOTHING, ROLE], ids=["empty", "role"])
def test_events_that_say_nothing_are_given_up(begin: Begin, nothing: dict, nearby: bool) -> None:
    writing, served = begin(
        lambda _: Answer(itertools.repeat(event(nothing))), max_tokens=9, nearby=nearby
    )
    assert finished(writing) < LIMIT
    assert not writing.choices
    assert len(served.asked) == 2  # as often as patience has it


@pytest.mark.parametrize(
    "chunk", [b": ping\n\n", b"\n", b"\r\n", b"id: 1\n", b"data: x\n", b"event: ping\n"]
)
def test_signs_of_life_are_no_answer(serve: Serve, chunk: bytes) -> None:
    served = serve(lambda _: Answer(slowly(chunk)))
    line = Line(f"{served.url}/v1", None, read_timeout=0.5)
    begun = time.monotonic()
    with pytest.raises(ProviderUnreachableError):
        list(line.events(Request(f"{served.url}/v1/chat/completions", b"{}", 4)))
    assert time.monotonic() - begun < LIMIT
    line.close()


@pytest.mark.parametrize("chunk", [b"\n", b" ", b"x"])
def test_lines_have_an_end(serve: Serve, chunk: bytes) -> None:
    served = serve(lambda _: Answer(slowly(chunk)))
    line = Line(f"{served.url}/v1", None, read_timeout=0.5)
    with pytest.raises(ProviderUnreachableError):
        list(line.lines(Request(f"{served.url}/api/generate", b"{}", 4)))
    line.close()


def counted(chunk: bytes, sent: list[int], most: int) -> Iterator[bytes]:
    for _ in range(most // len(chunk)):
        sent.append(len(chunk))
        yield chunk


@pytest.mark.parametrize("way", ["events", "lines"])
@pytest.mark.parametrize("head", [b'data: {"x": "', b""])
def test_a_line_without_end_is_not_kept(serve: Serve, way: str, head: bytes) -> None:
    sent: list[int] = []
    served = serve(
        lambda _: Answer(itertools.chain([head or b" "], counted(b"x" * 65536, sent, 200 << 20)))
    )
    line = Line(f"{served.url}/v1", None)
    with pytest.raises(ProviderError):
        list(getattr(line, way)(Request(f"{served.url}/v1/chat/completions", b"{}", 4)))
    line.close()
    assert served.hung_up.wait(LIMIT)
    assert sum(sent) < 40 << 20


@pytest.mark.parametrize("status", [307, 400, 404, 429, 500])
@pytest.mark.parametrize("way", ["events", "lines", "get", "post"])
def test_a_refusal_without_end_is_read_in_part(serve: Serve, way: str, status: int) -> None:
    sent: list[int] = []
    served = serve(lambda _: Answer(counted(b"no " * 5000, sent, 100 << 20), status))
    line = Line(f"{served.url}/v1", None)
    if way == "get":
        assert line.get("models") is None
    elif way == "post":
        assert line.post("/tokenize", b"{}") is None
    else:
        with pytest.raises(ProviderError):
            list(getattr(line, way)(Request(f"{served.url}/v1/chat/completions", b"{}", 4)))
    line.close()
    assert served.hung_up.wait(LIMIT)
    assert sum(sent) < 20 << 20


def test_a_list_of_models_without_end_is_none(serve: Serve) -> None:
    sent: list[int] = []
    served = serve(lambda _: Answer(counted(b"[" * 65536, sent, 300 << 20)))
    line = Line(f"{served.url}/v1", None)
    assert line.get("models") is None
    line.close()
    assert served.hung_up.wait(LIMIT)
    assert sum(sent) < 80 << 20


def test_nested_beyond_any_is_no_list(serve: Serve) -> None:
    served = serve(lambda _: Answer([b"[" * 100_000]))
    line = Line(f"{served.url}/v1", None)
    assert line.get("models") is None
    line.close()


@pytest.mark.parametrize(
    "wait", ["0", "1e9", "-5", "nan", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"]
)
def test_a_wait_that_is_asked_for_has_an_end(begin: Begin, wait: str) -> None:
    def respond(asked: Asked) -> Answer:
        return Answer([b"{}"], 429, {"Retry-After": wait})

    writing, served = begin(respond, max_tokens=4)
    assert finished(writing) < LIMIT
    assert len(served.asked) <= 2


def test_what_goes_on_behind_the_end_is_not_waited_for(begin: Begin) -> None:
    def respond(asked: Asked) -> Answer:
        return Answer(itertools.chain([event(WORD)] * 4, slowly(b": ping\n\n")))

    writing, served = begin(respond, max_tokens=4, nearby=False)
    assert finished(writing) < LIMIT
    assert len(writing.choices) == 4
    assert len(served.asked) == 1
