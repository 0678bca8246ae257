"""A provider at the other end of a line: what it was asked for, and no more than that."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from costeer_cli.accounts.account import Account
from costeer_cli.cloud.capability import Capability, Kind
from costeer_cli.cloud.line import Line
from costeer_cli.cloud.provider import DraftSettings, Provider, PublicText
from costeer_cli.cloud.remote import RemoteProvider
from costeer_cli.cloud.speech import Tokens
from costeer_cli.errors import NotSteerableError, ProviderUnreachableError
from costeer_cli.privacy.outbound.probing import probe
from costeer_cli.steering.position import Position
from tests.cloud import services
from tests.cloud.conftest import OpenLine, Serve
from tests.cloud.parrot import LIST, repeat
from tests.cloud.services import HEAD, MIDDLE, TAIL, chat, chat_events
from tests.cloud.serving import NOT_FOUND, Answer, Asked, Respond, Served, as_events
from tests.cloud.tokens import CharacterTokens

ASK = PublicText("Repeat.", "The list, please.")
FORM = (HEAD, MIDDLE, TAIL)
PLAIN = Capability(Kind.CHAT_IMPLICIT_PREFILL, "chat")
Open = Callable[..., RemoteProvider]

WAYS: dict[str, tuple[Respond, Capability]] = {
    "vllm, chat": (
        services.vllm,
        Capability(
            Kind.CHAT_CONTINUE_FLAG,
            "chat",
            continuing={"continue_final_message": True, "add_generation_prompt": False},
        ),
    ),
    "vllm, text": (services.vllm, Capability(Kind.RAW_TEXT, "completions", template=FORM)),
    "vllm, ids": (
        services.vllm,
        Capability(
            Kind.TOKEN_EXACT,
            "completions",
            ids=True,
            extras={"return_tokens_as_token_ids": True},
        ),
    ),
    "llama-server": (
        services.llama_server,
        Capability(Kind.TOKEN_EXACT, "llama-server", template=FORM, end=2),
    ),
    "llama-cpp-python": (
        services.llama_cpp_python,
        Capability(Kind.RAW_TEXT, "completions", template=FORM),
    ),
    "ollama": (services.ollama, Capability(Kind.RAW_TEXT, "ollama", template=FORM)),
    "tgi": (services.tgi, Capability(Kind.RAW_TEXT, "tgi", template=FORM, most_listed=5)),
    "fireworks": (
        services.fireworks,
        Capability(Kind.RAW_TEXT, "completions", template=FORM, flag=True, most_listed=5),
    ),
    "mistral": (
        services.mistral(True),
        Capability(Kind.CHAT_PREFIX_MARKER, "chat", marker={"prefix": True}, echoes=True),
    ),
    "mistral, silent": (
        services.mistral(False),
        Capability(Kind.CHAT_PREFIX_MARKER, "chat", marker={"prefix": True}, echoes=True),
    ),
    "plain": (chat(lambda fields: True), PLAIN),
}


@pytest.fixture
def open_(open_line: OpenLine) -> Open:
    """Open providers; their lines close with the test."""

    def open_provider(
        served: Served, capability: Capability, tokens: Tokens | None = None, **more: Any
    ) -> RemoteProvider:
        line = open_line(served.url + "/v1", **more)
        return RemoteProvider("box", "big-1", line, capability, tokens)

    return open_provider


def draft(
    provider: RemoteProvider, text: PublicText = ASK, most: int = 99, listed: int = 20
) -> list[Position]:
    return list(provider.stream(provider.encode(text, DraftSettings(most, listed))))


def written(positions: list[Position]) -> bytes:
    return b"".join(p.chosen.text for p in positions)


def after(positions: list[Position]) -> PublicText:
    chosen = tuple((p.chosen.text, p.chosen.id) for p in positions if not p.chosen.ends)
    return replace(ASK, accepted=chosen)


@pytest.mark.parametrize("way", WAYS)
def test_a_text_is_drafted_to_its_end_and_goes_on_from_anywhere(
    serve: Serve, open_: Open, way: str
) -> None:
    """However often the draft is cut, the text is the one that is drafted in one go."""
    respond, capability = WAYS[way]
    tokens = CharacterTokens() if capability.ids else None
    provider = open_(serve(respond), capability, tokens)
    whole = draft(provider)
    assert written(whole).decode() == LIST
    assert whole[-1].chosen.ends
    assert all(len(p.candidates) == 5 or len(p.candidates) > 8 for p in whole[:-1])
    text, rounds = ASK, 0
    while rounds < 20:
        some = draft(provider, text, 3)
        assert len(some) <= 3
        text = replace(text, accepted=text.accepted + after(some).accepted)
        rounds += 1
        if some[-1].chosen.ends:
            break
    assert text.text.decode() == LIST
    assert rounds == 3


@pytest.mark.parametrize("way", WAYS)
def test_trap_11_a_cut_inside_a_word_goes_on_inside_it(serve: Serve, open_: Open, way: str) -> None:
    respond, capability = WAYS[way]
    tokens = CharacterTokens() if capability.ids else None
    provider = open_(serve(respond), capability, tokens)
    cut = replace(ASK, accepted=((b"alpha", None), (b" br", None)))
    assert written(draft(provider, cut, 2)) == b"avo charlie"


def test_trap_04_an_end_first_is_a_position(serve: Serve, open_: Open) -> None:
    """Ollama and llama-cpp-python list nothing then."""
    done = replace(ASK, accepted=((LIST.encode(), None),))
    for way in ("ollama", "llama-cpp-python", "tgi", "vllm, chat"):
        respond, capability = WAYS[way]
        positions = draft(open_(serve(respond), capability), done)
        assert [p.chosen.text for p in positions] == [b""]


def test_it_is_a_provider(serve: Serve, open_: Open) -> None:
    held: Provider = open_(serve(services.vllm), PLAIN)
    assert (held.name, held.model) == ("box", "big-1")
    assert "Authorization" not in held.headers
    assert (held.flows, held.stride) == (True, None)


def test_a_server_nearby_rests_while_it_is_scored(open_line: OpenLine) -> None:
    line = open_line("http://127.0.0.1:1/v1")
    nearby = RemoteProvider("box", "", line, replace(PLAIN, model="small"), nearby=True)
    assert (nearby.flows, nearby.stride, nearby.model) == (False, 10, "small")


def test_what_the_service_tells_is_counted_over_all_requests(serve: Serve, open_: Open) -> None:
    provider = open_(serve(services.vllm), PLAIN)
    for n in (1, 2):
        draft(provider)
        assert (provider.traffic.prompt_tokens, provider.traffic.cached_tokens) == (30 * n, 16 * n)
    assert provider.traffic.model == "big-1"
    native = open_(serve(services.llama_server), WAYS["llama-server"][1])
    draft(native)
    assert (native.traffic.prompt_tokens, native.traffic.cached_tokens) == (57, 48)


def test_another_model_than_the_probe_saw_is_noticed(serve: Serve, open_: Open) -> None:
    provider = open_(serve(chat(lambda fields: True)), replace(PLAIN, model="small-1"))
    with pytest.raises(NotSteerableError, match="Another model"):
        draft(provider)


def test_two_drafts_that_run_to_their_end_use_one_connection(serve: Serve, open_: Open) -> None:
    for way in ("vllm, chat", "ollama", "llama-server", "tgi"):
        respond, capability = WAYS[way]
        served = serve(respond)
        provider = open_(served, capability)
        first = draft(provider, ASK, 3)
        assert written(draft(provider, after(first), 3))
        assert served.connections == 1, way


def test_closing_a_draft_hangs_up(serve: Serve, open_: Open) -> None:
    def slowly(asked: Asked) -> Answer:
        events = [e for e in chat_events(repeat("", 99), 20, 99) if e["choices"]]

        def chunks() -> Iterator[bytes]:
            for n in range(4000):
                yield f"data: {json.dumps(events[1 + n % 4])}\n\n".encode() * 20
                time.sleep(0.003)

        return Answer(chunks())

    served = serve(slowly)
    positions = open_(served, PLAIN).stream(open_(served, PLAIN).encode(ASK, DraftSettings(9999)))
    assert next(positions).chosen.text == b"alpha"
    positions.close()
    assert served.hung_up.wait(5)


def test_trap_17_what_was_not_asked_for_is_dropped(serve: Serve, open_: Open) -> None:
    """Some services write sixteen tokens at least."""
    served = serve(chat(lambda fields: True))
    provider = open_(served, replace(PLAIN, fewest=16))
    assert len(draft(provider, ASK, 3)) == 3
    assert served.posted[0]["max_tokens"] == 16


def trimming(asked: Asked) -> Answer:
    """A template that cuts off blank space at the end of a message."""
    fields = asked.fields
    plain = "Dear Ana,\n\nsee you soon"
    begun = services.begun_in(fields).rstrip()
    limit = fields["max_tokens"]
    places = [
        place
        for piece in repeat(begun, 99, plain=plain)
        for place in [piece]
        if place.own.text
    ]  # fmt: skip
    return as_events(*chat_events(places[:limit], 20, limit))


def test_trap_10_blank_space_is_held_back_and_written_again(serve: Serve, open_: Open) -> None:
    served = serve(trimming)
    provider = open_(served, replace(PLAIN, trims=True))
    text = replace(ASK, accepted=((b"Dear", None), (b" Ana,", None), (b"\n\n", None)))
    some = draft(provider, text, 2)
    assert written(some) == b"see you"
    assert len(some) == 2
    assert served.posted[0]["messages"][-1]["content"] == "Dear Ana,"
    one = draft(provider, text, 1)
    assert written(one) == b"see"


def test_trap_10_a_draft_that_goes_another_way_is_refused(serve: Serve, open_: Open) -> None:
    provider = open_(serve(trimming), replace(PLAIN, trims=True))
    text = replace(ASK, accepted=((b"Dear Ana,", None), (b"\t", None)))
    with pytest.raises(NotSteerableError, match="very end"):
        draft(provider, text, 2)


def reading(*tokens: int) -> Respond:
    """A service that says of each request how many tokens it read."""
    counts = iter(tokens)

    def respond(asked: Asked) -> Answer:
        events = list(chat_events(repeat("", 3), 20, 3))
        events[-1]["usage"] = {"prompt_tokens": next(counts)}
        return as_events(*events)

    return respond


def long(characters: int) -> PublicText:
    return replace(ASK, accepted=((b"a" * characters, None),))


@pytest.mark.parametrize(
    ("sizes", "tokens"),
    [
        ([0, 2000], [500, 500]),
        ([0, 2000, 4000], [500, 1000, 1000]),
        ([0, 2000, 2010], [500, 1000, 510]),
        ([0, 10], [500, 260]),
    ],
)
def test_trap_21_a_text_that_is_cut_off_is_noticed(
    serve: Serve, open_: Open, sizes: list[int], tokens: list[int]
) -> None:
    provider = open_(serve(reading(*tokens)), PLAIN)
    for size in sizes[:-1]:
        assert draft(provider, long(size), 3)
    with pytest.raises(NotSteerableError, match="cuts off") as raised:
        draft(provider, long(sizes[-1]), 3)
    assert "--max-tokens" in (raised.value.hint or "")


@pytest.mark.parametrize(
    ("sizes", "tokens"),
    [
        ([0, 2000, 4000], [500, 1000, 1500]),
        ([2000, 0], [1000, 500]),
        ([2000, 0, 100], [1000, 500, 530]),
        ([0, 5, 10], [500, 499, 500]),
        ([0, 2000], [0, 0]),
    ],
)
def test_trap_21_a_text_that_is_read_whole_is_not(
    serve: Serve, open_: Open, sizes: list[int], tokens: list[int]
) -> None:
    """Fewer tokens may be the same text, cut into tokens in another way."""
    provider = open_(serve(reading(*tokens)), PLAIN)
    for size in sizes:
        assert draft(provider, long(size), 3)


def test_trap_22_requests_are_functions_of_the_public_text_alone(serve: Serve, open_: Open) -> None:
    """Whatever was drafted before."""
    for respond, capability in WAYS.values():
        tokens = CharacterTokens() if capability.ids else None
        served = serve(respond)
        used, fresh = (open_(served, capability, tokens) for _ in range(2))
        first = draft(used, ASK, 3)
        list(used.stream(used.encode(after(first), DraftSettings(2, 5))))
        for text in (ASK, after(first)):
            settings = DraftSettings(4, 7)
            assert used.encode(text, settings) == fresh.encode(text, settings)


def test_the_body_is_sent_as_it_was_encoded(serve: Serve, open_: Open) -> None:
    served = serve(services.vllm)
    provider = open_(served, PLAIN)
    request = provider.encode(replace(ASK, prompt="Vögel 🐦 \u2028"), DraftSettings(3))
    list(provider.stream(request))
    assert served.asked[0].body == request.body
    assert served.url + served.asked[0].path == request.endpoint


def test_an_answer_that_breaks_off_gives_what_came(serve: Serve, open_: Open) -> None:
    events = list(chat_events(repeat("", 3), 20, 3))[:3]
    provider = open_(serve(lambda asked: as_events(*events, done=False, cut=True)), PLAIN)
    positions = provider.stream(provider.encode(ASK, DraftSettings(9)))
    assert [next(positions).chosen.text for _ in range(2)] == [b"alpha", b" bravo"]
    with pytest.raises(ProviderUnreachableError):
        next(positions)


def test_closing_it_closes_the_line(serve: Serve) -> None:
    line = Line(serve(lambda asked: NOT_FOUND).url, None)
    RemoteProvider("box", "m", line, PLAIN).close()
    with pytest.raises(RuntimeError):
        line.get("models")


SILENT = {
    "chat": (chat(lambda fields: True, shape=lambda place, most: None), PLAIN),
    "marked, echoed": (
        services.mistral(False),
        Capability(Kind.CHAT_PREFIX_MARKER, "chat", marker={"prefix": True}, echoes=True),
    ),
    "text": (services.vllm, Capability(Kind.RAW_TEXT, "completions", template=FORM)),
    "ids": (services.vllm, Capability(Kind.TOKEN_EXACT, "completions", ids=True)),
}


@pytest.mark.parametrize("way", SILENT)
def test_a_service_that_lists_nothing_proposes_instead(serve: Serve, open_: Open, way: str) -> None:
    respond, capability = SILENT[way]
    served = serve(respond)
    tokens = CharacterTokens() if capability.ids else None
    provider = open_(served, replace(capability, prefills=True), tokens)
    begun = replace(ASK, accepted=((b"alpha br", None),))
    pieces = list(provider.propose(provider.encode(begun, DraftSettings(99))))
    assert b"".join(pieces).decode() == LIST.removeprefix("alpha br")
    assert pieces[-1] == b""
    assert "top_logprobs" not in served.posted[0]
    assert "logprobs" not in served.posted[0]


@pytest.mark.parametrize(
    "respond", [services.llama_server, services.ollama, services.tgi, services.sglang]
)
def test_what_the_probe_finds_can_be_written_with(
    serve: Serve, open_: Open, respond: Respond
) -> None:
    served = serve(respond)
    account = Account(name="box", base_url=served.url + "/v1", model="big-1")
    finding = probe(account, None, lambda *_: None)
    provider = open_(served, replace(finding.capability, model=""))
    assert written(draft(provider)).decode() == LIST
