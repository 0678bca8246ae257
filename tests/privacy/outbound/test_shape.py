"""What a request may look like: all that the wires send, and nothing that anybody adds."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from costeer_cli import __version__
from costeer_cli.cloud.attempts import attempts
from costeer_cli.cloud.capability import Capability
from costeer_cli.cloud.embedded import EmbeddedProvider
from costeer_cli.cloud.identify import Server
from costeer_cli.cloud.line import Line
from costeer_cli.cloud.provider import DraftSettings, PublicText, Request
from costeer_cli.cloud.remote import RemoteProvider
from costeer_cli.cloud.template import FORMATS
from costeer_cli.errors import NotSteerableError
from costeer_cli.privacy.outbound.door import shape_of
from costeer_cli.privacy.outbound.shape import Shape
from tests.cloud.tokens import CharacterTokens

BASE = "https://cloud.test/v1"
HEADERS = {"User-Agent": f"costeer/{__version__}"}
TOKENS = CharacterTokens()
SETTINGS = DraftSettings(9, 20)
PROFILE = "Ana Zwieback, a night nurse in Winnipeg"
SERVERS = [
    "", "vllm", "sglang", "llama-server", "llama-cpp-python", "ollama", "tgi", "fireworks",
    "together", "deepseek", "mistral", "openrouter", "cerebras",
]  # fmt: skip


def ways() -> Iterator[tuple[str, Capability]]:
    """All ways of speaking to anybody, and what the probe may find out about them."""
    for name in SERVERS:
        server = Server(name, "big-1")
        for n, way in enumerate(attempts(server, None, FORMATS["chatml"], 2, tokenizer=True)):
            yield f"{name or 'unknown'}, {way.wire} {n}", way
            if way.wire == "chat":
                learned = replace(way, trims=True, echoes=True, fewest=16, prefills=True)
                yield f"{name or 'unknown'}, chat {n} learned", learned


WAYS = dict(ways())


@cache
def provider_of(way: str) -> RemoteProvider:
    return RemoteProvider("box", "big-1", Line(BASE, None), WAYS[way], TOKENS)


def shape(way: str) -> Shape:
    return shape_of(BASE, "big-1", WAYS[way], TOKENS)


def public(*accepted: tuple[bytes, int | None], prompt: str = "A note.") -> PublicText:
    return PublicText("Write.", prompt, accepted)


def letters(text: bytes) -> list[tuple[bytes, int | None]]:
    """A text as tokens of one byte, those of ASCII with ids."""
    codes = [*TOKENS.encode("".join(map(chr, range(128))))]
    return [(bytes([b]), codes[b] if b < 128 else None) for b in text]


TEXT = public(*letters("Dear Ana, 🐦".encode()))


def asked(way: str, text: PublicText = TEXT, settings: DraftSettings = SETTINGS) -> Request:
    return provider_of(way).encode(text, settings)


@pytest.mark.parametrize("way", WAYS)
@settings_of(max_examples=15)
@given(
    prompt=st.text(st.characters(codec=None), max_size=30),
    texts=st.lists(st.binary(max_size=4) | st.text(max_size=3).map(str.encode), max_size=6),
    peek=st.booleans(),
    most=st.integers(1, 600),
)
def test_all_that_the_wires_send_is_explained(
    way: str, prompt: str, texts: list[bytes], peek: bool, most: int
) -> None:
    tokens = [token for text in texts for token in letters(text)]
    text, settings = public(*tokens, prompt=prompt), DraftSettings(most, 20, peek)
    try:
        request = asked(way, text, settings)
    except NotSteerableError:  # no text can be made of these bytes
        assume(False)
    except ValueError:  # the characters of this tokenizer end at ASCII
        assume(not WAYS[way].ids)
        raise
    assert shape(way).explains(request, HEADERS, text, settings)


@pytest.mark.parametrize("way", WAYS)
def test_a_text_that_grows_is_explained_all_along(way: str) -> None:
    """From nothing through pieces of characters and blank ends, by one and the same shape."""
    held = shape(way)
    tokens = letters("Dear Ana,\n\nthe 🐦 is\u00a0 ".encode())
    for n in range(len(tokens) + 1):
        for settings in (DraftSettings(300 - n), DraftSettings(40), DraftSettings(7, 20, True)):
            text = public(*tokens[:n])
            assert held.explains(asked(way, text, settings), HEADERS, text, settings), n


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths to everything inside a body."""
    yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(item, (*path, key))


def changed(body: bytes, path: tuple[Any, ...], change: Callable[[Any], Any]) -> bytes:
    """The body with another value at one place."""
    fields = json.loads(body)
    at = fields
    for key in path[:-1]:
        at = at[key]
    if path:
        at[path[-1]] = change(at[path[-1]])
    else:
        fields = change(fields)
    return json.dumps(fields, ensure_ascii=False).encode()


def smuggled(value: Any, secret: str, number: int) -> list[Any]:
    """Ways to hide something in a value of its kind."""
    if isinstance(value, dict):
        return [value | {"user": secret}, value | {"seed": number}, value | {secret: True}]
    if isinstance(value, list):
        return [[*value, number], [secret, *value], value[::-1] if len(value) > 1 else [number]]
    if isinstance(value, str):
        return [value + secret, secret + value, secret, value + "\u200b", number, [value, secret]]
    if isinstance(value, bool):
        return [not value, int(value), secret, None, [value, secret]]
    return [
        float(value),
        value + 1,
        value + 0.5,
        value - number,
        float(value) + 1e-9,
        str(value),
        secret,
    ]


@pytest.mark.parametrize("way", WAYS)
def test_nothing_can_be_hidden_anywhere(way: str) -> None:
    """A profile, a clock or a counter: whatever is put wherever, it is noticed."""
    request = asked(way)
    for path in places(json.loads(request.body)):
        at: Any = json.loads(request.body)
        for key in path:
            at = at[key]
        for value in smuggled(at, PROFILE, 17):
            body = changed(request.body, path, lambda _, value=value: value)
            if body == request.body:  # 1.0 is that already
                continue
            held = shape(way)
            assert held.explains(request, HEADERS, TEXT, SETTINGS)
            assert not held.explains(replace(request, body=body), HEADERS, TEXT, SETTINGS), path


@pytest.mark.parametrize("way", WAYS)
def test_nor_in_how_the_same_is_written(way: str) -> None:
    request, held = asked(way), shape(way)
    assert held.explains(request, HEADERS, TEXT, SETTINGS)
    fields = json.loads(request.body)
    others = [
        json.dumps(fields).encode() if not request.body.isascii() else b"",
        json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode(),
        json.dumps(dict(reversed(fields.items())), ensure_ascii=False).encode(),
        request.body + b" ",
        request.body.replace(b"{", b'{"stream": true, ', 1),
        request.body.replace(b": 9", b": 9.0", 1),
        b"\xef\xbb\xbf" + request.body,
        b"[" * 100_000,
        b"null",
        b"",
        b"\xff",
    ]
    for body in others:
        if body != request.body:
            assert not held.explains(replace(request, body=body), HEADERS, TEXT, SETTINGS), body[
                :60
            ]


@pytest.mark.parametrize("way", WAYS)
def test_nor_in_how_much_of_the_text_goes(way: str) -> None:
    request = asked(way, public(*TEXT.accepted[:-6]))
    assert not shape(way).explains(request, HEADERS, TEXT, SETTINGS)


@pytest.mark.parametrize(
    "endpoint",
    [
        f"{BASE}/chat/completions?user=ana",
        f"{BASE}/chat/completions#ana",
        f"{BASE}/ana/chat/completions",
        "https://elsewhere.test/v1/chat/completions",
        "https://ana.cloud.test/v1/chat/completions",
        "http://cloud.test/v1/chat/completions",
        "in-process",
        "",
    ],
)
def test_nor_in_the_address(endpoint: str) -> None:
    request, held = asked("mistral, chat 0"), shape("mistral, chat 0")
    assert held.explains(request, HEADERS, TEXT, SETTINGS)
    assert not held.explains(replace(request, endpoint=endpoint), HEADERS, TEXT, SETTINGS)


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": f"costeer/{__version__} (ana)"},
        HEADERS | {"X-Profile": "ana"},
        HEADERS | {"Cookie": "profile=ana"},
        {"user-agent": PROFILE},
    ],
)
def test_nor_in_the_headers(headers: dict[str, str]) -> None:
    request, held = asked("mistral, chat 0"), shape("mistral, chat 0")
    assert held.explains(request, Line(BASE, "sk-1").headers, TEXT, SETTINGS)
    assert not held.explains(request, headers, TEXT, SETTINGS)


def test_nor_in_a_template_a_model_or_an_extra_that_the_verdict_does_not_have() -> None:
    way = WAYS["vllm, completions 1"]
    assert way.template
    head, middle, tail = way.template
    for other in (
        replace(way, template=(head + PROFILE, middle, tail)),
        replace(way, template=(head, middle, f"{tail}{PROFILE}")),
        replace(way, extras={"user": PROFILE}),
        replace(way, extras={"prompt_cache_key": "5f1c"}),
        replace(way, extras={"logit_bias": {"17": -100}}),
        replace(way, extras={"seed": 17}),
        replace(way, extras={"options": {"seed": 17}}),
        replace(way, extras={"thinking": {"type": PROFILE}}),
    ):
        request = RemoteProvider("box", "big-1", Line(BASE, None), other).encode(TEXT, SETTINGS)
        assert not shape_of(BASE, "big-1", way).explains(request, HEADERS, TEXT, SETTINGS)
        if other.template == way.template:  # a verdict edited by hand has no say in fields either
            assert not shape_of(BASE, "big-1", other).explains(request, HEADERS, TEXT, SETTINGS)
    request = RemoteProvider("box", PROFILE, Line(BASE, None), way).encode(TEXT, SETTINGS)
    assert not shape_of(BASE, "big-1", way).explains(request, HEADERS, TEXT, SETTINGS)


def test_which_of_the_known_values_it_is_never_changes() -> None:
    way = "vllm, chat 2"
    request, held = asked(way), shape(way)
    assert b'"temperature": 0.0' in request.body
    other = replace(request, body=request.body.replace(b'ture": 0.0', b'ture": 1.0'))
    assert shape(way).explains(other, HEADERS, TEXT, SETTINGS)
    assert held.explains(request, HEADERS, TEXT, SETTINGS)
    assert not held.explains(other, HEADERS, TEXT, SETTINGS)


@pytest.mark.parametrize("way", ["vllm, completions 0", "cerebras, completions 0"])
def test_ids_are_those_of_the_text(way: str) -> None:
    """An id is what leaves, so what it spells is what must have been accepted."""
    told = TOKENS.encode("x")[0]
    lying = public((b"Dear", told), (b" Ana", told))
    request = asked(way, lying)
    assert json.loads(request.body)["prompt"][-2:] == [told, told]
    assert not shape(way).explains(request, HEADERS, lying, SETTINGS)
    beyond = public((b"x", 10**9))
    assert not shape(way).explains(asked(way, beyond), HEADERS, beyond, SETTINGS)
    assert not replace(shape(way), tokens=None).explains(asked(way), HEADERS, TEXT, SETTINGS)


def test_a_forced_end_goes_with_a_peek_alone() -> None:
    way, peek = "llama-server, llama-server 0", DraftSettings(9, 20, peek=True)
    request = asked(way, settings=peek)
    assert b"logit_bias" in request.body
    assert shape(way).explains(request, HEADERS, TEXT, peek)
    assert not shape(way).explains(request, HEADERS, TEXT, SETTINGS)
    bias = request.body.replace(b"[[2, ", b"[[40065, ")
    assert not shape(way).explains(replace(request, body=bias), HEADERS, TEXT, peek)


class Named:
    """A model that is there only to be told about."""

    name = "small"


def test_what_the_stand_in_is_told_is_explained_too() -> None:
    provider = EmbeddedProvider(Named())  # type: ignore[arg-type]
    held = Shape("in-process", "small", tokens=TOKENS)
    texts = [public(), public(*letters(b"Dear Ana,\n")), public((b"\xf0\x9f", None))]
    for text in texts:
        request = provider.encode(text, SETTINGS)
        assert held.explains(request, {}, text, SETTINGS)
        for old, new in ((b'"small"', b'"ana"'), (b": 9,", b": 8,"), (b"Write", b"Ana"),
                         (b"continue_token_ids", b"ids"), (b': [', b': [1')):  # fmt: skip
            body = request.body.replace(old, new, 1)
            assert body != request.body
            assert not held.explains(replace(request, body=body), {}, text, SETTINGS)
    lying = public((b"D", TOKENS.encode("x")[0]))
    assert not held.explains(provider.encode(lying, SETTINGS), {}, lying, SETTINGS)


def test_it_costs_next_to_nothing() -> None:
    """Half a millisecond for a long text is a thousandth of what its request takes."""
    text = public(*letters(b"Dear Ana, it is late. " * 100), prompt="A note. " * 100)
    for way in ("vllm, chat 2", "vllm, completions 0", "llama-server, llama-server 0"):
        request, held = asked(way, text), shape(way)
        assert held.explains(request, HEADERS, text, SETTINGS)
        times = []
        for _ in range(20):
            begun = time.perf_counter()
            held.explains(request, HEADERS, text, SETTINGS)
            times.append(time.perf_counter() - begun)
        print(way, f"{len(request.body)} bytes, {min(times) * 1e6:.0f} us")
        assert min(times) < 0.01
