"""The one door: what passes is written down first, and is a function of public things."""

from __future__ import annotations

import json
import socket
import traceback
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from costeer_cli import __version__
from costeer_cli.accounts.account import Account
from costeer_cli.cloud.capability import Capability, Kind
from costeer_cli.cloud.provider import DraftSettings, Provider, PublicText, Request, Traffic
from costeer_cli.cloud.template import sendable
from costeer_cli.errors import PrivacyError, ProviderUnreachableError, StoreError
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.privacy.outbound.door import (
    INSTRUCTIONS,
    OutboundDoor,
    embedded_cloud,
    remote_cloud,
)
from costeer_cli.privacy.outbound.seal import sealed
from costeer_cli.privacy.outbound.shape import Shape
from costeer_cli.settings import Places
from costeer_cli.steering.choice import Choice
from costeer_cli.steering.position import Candidate, Position
from costeer_cli.store.database import open_store
from tests.cloud import services
from tests.cloud.conftest import Serve

PROMPT = "A note to the neighbours."
A, B = Candidate(b"Dear", 5, -0.1), Candidate(b"", 1, -3.0)
POSITIONS = [Position(A, (A, B)), Position(B, (A, B))]


HEADERS = {"User-Agent": f"costeer/{__version__}"}
URL = "https://cloud.test/v1"
SHAPE = Shape(URL, "big-1")


class Log:
    """A wire log in memory."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, str, Mapping[str, str], bytes]] = []

    def __call__(
        self, provider: str, endpoint: str, headers: Mapping[str, str], body: bytes
    ) -> int:
        self.entries.append((provider, endpoint, headers, body))
        return len(self.entries)


class Cloud:
    """A provider that refuses whatever is not the newest entry of the log."""

    name, model = "cloud", "big-1"
    headers = HEADERS
    flows, stride = True, 7

    def __init__(self, log: Log) -> None:
        self.log = log
        self.sent: list[Request] = []
        self.closed = 0
        self.traffic = Traffic()
        self.drafts: list[list[Position]] = []

    def encode(self, text: PublicText, settings: DraftSettings) -> Request:
        sent, held = sendable(text.text)
        last = [{"role": "assistant", "content": sent}] if sent else []
        said = {
            "model": self.model,
            "messages": [*text.messages, *last],
            "max_tokens": settings.max_tokens + len(held),
            "top_logprobs": settings.top_logprobs,
            **({"n_predict": 1} if settings.peek else {}),
        }
        body = json.dumps(said, ensure_ascii=False).encode()
        return Request(f"{URL}/chat/completions", body, settings.max_tokens, held)

    def stream(self, request: Request) -> Generator[Position, None, None]:
        assert self.log.entries, "sent before it was written down"
        assert self.log.entries[-1] == (self.name, request.endpoint, HEADERS, request.body)
        self.sent.append(request)
        try:
            yield from self.drafts.pop(0) if self.drafts else POSITIONS
        finally:
            self.closed += 1

    def propose(self, request: Request) -> Generator[bytes, None, None]:
        assert self.log.entries[-1][3] == request.body
        self.sent.append(request)
        yield from (b"Dear", b" Ana")

    def close(self) -> None:
        self.closed += 100


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def cloud(log: Log) -> Cloud:
    return Cloud(log)


def chosen(text: bytes, token: int | None, delta: float | None = None) -> Choice:
    return Choice(text, token, "cloud" if delta is None else "steered", -0.5, delta, -0.25, 0)


def said(request: Request) -> dict[str, Any]:
    return json.loads(request.body)


def door_of(cloud: Cloud, record: Any, **more: Any) -> OutboundDoor:
    return OutboundDoor(cloud, PROMPT, record, shape=SHAPE, **more)


def test_the_stand_in_is_a_provider(cloud: Cloud) -> None:
    held: Provider = cloud
    assert held.name == "cloud"


def test_the_exact_bytes_are_written_down_before_they_go(log: Log, cloud: Cloud) -> None:
    door = door_of(cloud, log)
    accepted = [chosen(b"Dear", 5), chosen(b" \xf0\x9f", None)]
    assert list(door.draft(accepted, 9)) == POSITIONS
    body = said(cloud.sent[0])
    assert [message["content"] for message in body["messages"]] == [INSTRUCTIONS, PROMPT, "Dear "]
    assert (body["max_tokens"], body["top_logprobs"], "n_predict" in body) == (11, 20, False)
    assert log.entries == [("cloud", f"{URL}/chat/completions", HEADERS, cloud.sent[0].body)]


def test_nothing_goes_before_it_is_wanted(log: Log, cloud: Cloud) -> None:
    door = door_of(cloud, log)
    draft = door.draft([], 9)
    assert (cloud.sent, log.entries, door.requests) == ([], [], 0)
    next(draft)
    assert len(cloud.sent) == len(log.entries) == door.requests == 1


def test_a_request_that_cannot_be_written_down_is_not_sent(cloud: Cloud) -> None:
    def full(*_: object) -> None:
        raise StoreError("The disk is full.")

    door = door_of(cloud, full)
    for ask in (door.draft, door.propose):
        with pytest.raises(StoreError):
            next(ask([], 9))
    assert cloud.sent == []
    assert (door.requests, door.outbound_bytes) == (0, 0)


def test_requests_and_bytes_are_counted(log: Log, cloud: Cloud) -> None:
    door = door_of(cloud, log)
    assert (door.requests, door.outbound_bytes) == (0, 0)
    for n in range(1, 4):
        list(door.draft([chosen(b"Dear", 5)] * n, 9))
        assert door.requests == len(log.entries) == n
        assert door.outbound_bytes == sum(len(entry[3]) for entry in log.entries)


def test_a_request_that_fails_counts_as_sent(
    log: Log, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have left this machine before it failed."""

    def unreachable(request: Request) -> Generator[Position, None, None]:
        raise ProviderUnreachableError("No answer.")

    monkeypatch.setattr(cloud, "stream", unreachable)
    door = door_of(cloud, log)
    with pytest.raises(ProviderUnreachableError):
        next(door.draft([], 9))
    assert door.requests == len(log.entries) == 1


def test_closing_a_draft_closes_the_clouds(log: Log, cloud: Cloud) -> None:
    draft = door_of(cloud, log).draft([], 9)
    assert next(draft) == POSITIONS[0]
    draft.close()
    assert cloud.closed == 1
    assert len(log.entries) == 1


def test_closing_the_door_lets_go_of_the_cloud(log: Log, cloud: Cloud) -> None:
    door_of(cloud, log).close()
    assert cloud.closed == 100


def test_a_draft_that_comes_back_empty_is_asked_once_more_as_a_peek(log: Log, cloud: Cloud) -> None:
    cloud.drafts = [[], POSITIONS[:1]]
    door = door_of(cloud, log)
    assert list(door.draft([chosen(b"Dear", 5)], 9)) == POSITIONS[:1]
    first, peek = map(said, cloud.sent)
    assert peek == first | {"n_predict": 1}
    assert "n_predict" not in first
    assert [entry[3] for entry in log.entries] == [request.body for request in cloud.sent]
    assert (door.requests, cloud.closed) == (2, 2)
    cloud.drafts = [[], []]
    assert list(door.draft([], 9)) == []
    assert door.requests == 4


def test_proposals_are_written_down_and_counted_alike(log: Log, cloud: Cloud) -> None:
    door = door_of(cloud, log)
    assert list(door.propose([chosen(b"Dear", 5)], 9)) == [b"Dear", b" Ana"]
    list(door.draft([chosen(b"Dear", 5)], 9))
    assert cloud.sent[0] == cloud.sent[1]
    assert door.requests == len(log.entries) == 2


def test_nothing_of_a_choice_but_its_text_and_id_shows(log: Log, cloud: Cloud) -> None:
    door = door_of(cloud, log)
    list(door.draft([chosen(b"Dear", 5), chosen(b" Ana", 6)], 9))
    list(door.draft([chosen(b"Dear", 5, delta=4.2), chosen(b" Ana", 6, delta=-1.3)], 9))
    assert cloud.sent[0] == cloud.sent[1]


def test_a_body_that_is_not_pure_is_never_sent(log: Log) -> None:
    class Counting(Cloud):
        numbers = count()

        def encode(self, text: PublicText, settings: DraftSettings) -> Request:
            request = super().encode(text, settings)
            return replace(request, body=request.body + str(next(self.numbers)).encode())

    assert_never_sent(Counting(log))


@pytest.mark.parametrize("part", ["endpoint", "held", "most"])
def test_nor_is_a_request_of_which_anything_else_is_not(log: Log, part: str) -> None:
    class Turning(Cloud):
        numbers = count()

        def encode(self, text: PublicText, settings: DraftSettings) -> Request:
            n = next(self.numbers)
            change: dict[str, Any] = {"endpoint": f"{URL}/{n}", "held": b"a" * n, "most": n}
            return replace(super().encode(text, settings), **{part: change[part]})

    assert_never_sent(Turning(log))


def test_a_body_that_depends_on_which_object_it_was_given_is_never_sent(log: Log) -> None:
    class ByIdentity(Cloud):
        def encode(self, text: PublicText, settings: DraftSettings) -> Request:
            return replace(super().encode(text, settings), body=str(id(text)).encode())

    assert_never_sent(ByIdentity(log))


@pytest.mark.parametrize("place", ["messages", "user", "model"])
def test_nor_is_one_that_has_anything_of_a_person_in_it(log: Log, place: str) -> None:
    """The same with every request, and there all the same."""

    class Smuggling(Cloud):
        def encode(self, text: PublicText, settings: DraftSettings) -> Request:
            request = super().encode(text, settings)
            said = json.loads(request.body)
            if place == "messages":
                said["messages"][0]["content"] += " The writer is Ana Zwieback."
            else:
                said[place] = "Ana Zwieback"
            return replace(request, body=json.dumps(said).encode())

    assert_never_sent(Smuggling(log))


@pytest.mark.parametrize("headers", [{"X-Person": "Ana"}, {"User-Agent": "costeer (Ana)"}])
def test_nor_is_one_whose_headers_tell_of_one(log: Log, headers: dict[str, str]) -> None:
    class Telling(Cloud):
        pass

    Telling.headers = headers
    assert_never_sent(Telling(log))


def test_what_is_screened_is_the_prompt_and_the_text(log: Log, cloud: Cloud) -> None:
    seen: list[str] = []

    def screen(text: str) -> None:
        assert len(log.entries) == len(seen)  # before it is written down
        seen.append(text)

    door = door_of(cloud, log, screen=screen)
    list(door.draft([], 9))
    list(door.propose([chosen(b"Dear", 5), chosen(b" \xf0\x9f", None)], 9))
    assert seen == [f"{PROMPT}\n\n", f"{PROMPT}\n\nDear \ufffd"]
    cloud.drafts = [[], POSITIONS]
    list(door.draft([], 9))
    assert len(seen) == len(log.entries) == 4  # a peek is screened as well


class QuotingError(Exception):
    """One that quotes the text."""


@pytest.mark.parametrize(
    "error",
    [
        PrivacyError("A protected value; nothing was sent."),
        QuotingError(PROMPT),
        KeyError(PROMPT),
        MemoryError(),
        RecursionError(),
        StoreError(PROMPT),
        ProviderUnreachableError(PROMPT),
        StopIteration(),
        AssertionError(PROMPT),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_screen_that_fails_lets_nothing_through(log: Log, cloud: Cloud, error: Exception) -> None:
    def screen(_: str) -> None:
        raise error

    door = door_of(cloud, log, screen=screen)
    for ask in (lambda: next(door.draft([], 9)), lambda: next(door.propose([], 9)),
                lambda: door.preview(9)):  # fmt: skip
        with pytest.raises(PrivacyError, match="nothing was sent") as raised:
            ask()
        assert PROMPT not in "".join(traceback.format_exception(raised.value))
    assert (cloud.sent, log.entries, door.requests) == ([], [], 0)


def test_the_provider_works_in_a_passage_and_nobody_else(log: Log) -> None:
    """Reading in a thread too: the passage is open while the provider is at work, and there."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        base = f"http://127.0.0.1:{port}/v1"

        def reach() -> None:
            with socket.socket() as sock:
                sock.connect(("127.0.0.1", port))

        class Reaching(Cloud):
            def encode(self, text: PublicText, settings: DraftSettings) -> Request:
                with pytest.raises(PrivacyError):
                    reach()  # what is not written down yet has no way out
                request = super().encode(text, settings)
                return replace(request, endpoint=f"{base}/chat/completions")

            def stream(self, request: Request) -> Generator[Position, None, None]:
                for position in POSITIONS:
                    reach()
                    yield position

        door = OutboundDoor(Reaching(log), PROMPT, log, shape=Shape(base, "big-1"))
        with sealed(), ThreadPoolExecutor(1) as pool:
            draft = door.draft([], 9)
            assert pool.submit(next, draft).result(5) == POSITIONS[0]
            with pytest.raises(PrivacyError):
                reach()
            with pytest.raises(PrivacyError):
                pool.submit(reach).result(5)
            assert pool.submit(list, draft).result(5) == POSITIONS[1:]
            with pytest.raises(PrivacyError):
                pool.submit(reach).result(5)


def test_offline_no_service_is_opened(
    serve: Serve, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COSTEER_OFFLINE", "1")
    far = Account(name="far", base_url="https://cloud.test/v1", model="m")
    found = Capability(Kind.CHAT_IMPLICIT_PREFILL, "chat")
    with pytest.raises(PrivacyError, match=r"far is at cloud\.test"):
        remote_cloud(far, None, found)
    served = serve(services.chat(lambda fields: True))
    near = Account(name="near", base_url=served.url + "/v1", model="m")
    with pytest.raises(PrivacyError, match=r"near passes all on to ollama\.com"):
        remote_cloud(near, None, replace(found, forwards="ollama.com"))
    door = remote_cloud(near, None, found).open(PROMPT, log)
    assert list(door.draft([], 3))
    door.close()
    monkeypatch.delenv("COSTEER_OFFLINE")
    passing = remote_cloud(near, None, replace(found, forwards="ollama.com")).open(PROMPT, log)
    assert (passing.flows, passing.stride) == (True, None)  # as far away as any cloud
    passing.close()


def assert_never_sent(cloud: Cloud) -> None:
    door = door_of(cloud, cloud.log)
    asks: list[Callable[[], object]] = [
        lambda: next(door.draft([], 9)),
        lambda: next(door.propose([], 9)),
        lambda: door.preview(9),
    ]
    for ask in asks:
        with pytest.raises(PrivacyError, match="nothing was sent") as raised:
            ask()
        assert raised.value.exit_code == 3
        assert PROMPT not in str(raised.value)
    assert cloud.sent == []
    assert cloud.log.entries == []
    assert (door.requests, door.outbound_bytes) == (0, 0)


def test_a_preview_is_the_first_request_and_sends_nothing(log: Log, cloud: Cloud) -> None:
    door = door_of(cloud, log)
    endpoint, body = door.preview(9)
    assert cloud.sent == []
    assert log.entries == []
    assert (door.requests, door.outbound_bytes) == (0, 0)
    list(door.draft([], 9))
    assert (cloud.sent[0].endpoint, cloud.sent[0].body) == (endpoint, body)


def test_it_says_who_is_behind_it(log: Log, cloud: Cloud) -> None:
    door = door_of(cloud, log, top_logprobs=7)
    assert (door.provider, door.model, door.source) == (cloud.name, cloud.model, "cloud")
    assert (door.flows, door.stride) == (True, 7)
    assert (door.prompt_tokens, door.cached_tokens) == (None, None)
    cloud.traffic.read(42, 8)
    assert (door.prompt_tokens, door.cached_tokens) == (42, 8)
    body = json.loads(door.preview(9)[1])
    assert (body["max_tokens"], body["top_logprobs"]) == (9, 7)


def test_a_service_is_spoken_to_as_it_was_found_to_want_it(serve: Serve, log: Log) -> None:
    served = serve(services.fireworks)
    account = Account(name="box", base_url=served.url + "/v1", model="big-1")
    form = (services.HEAD, services.MIDDLE, services.TAIL)
    found = Capability(
        Kind.RAW_TEXT, "completions", template=form, flag=True, most_listed=5, model="big-1"
    )
    cloud = remote_cloud(account, "sk-test-51a7", found)
    assert (cloud.name, cloud.model) == ("box", "big-1")
    door = cloud.open(PROMPT, log)
    try:
        drafted = list(door.draft([], 3))
    finally:
        door.close()
    assert b"".join(p.chosen.text for p in drafted) == b"alpha bravo charlie"
    assert (door.flows, door.stride) == (False, 10)
    (asked,) = served.asked
    assert log.entries == [("box", served.url + asked.path, log.entries[0][2], asked.body)]
    assert asked.headers["authorization"] == "Bearer sk-test-51a7"
    assert "sk-test-51a7" not in str(log.entries)
    assert asked.fields["top_logprobs"] == 5
    away = remote_cloud(account, None, found, nearby=False).open(PROMPT, log)
    assert (away.flows, away.stride) == (True, None)
    away.close()


def test_a_server_of_one_model_is_asked_for_that(serve: Serve, log: Log) -> None:
    account = Account(name="box", base_url=serve(services.sglang).url + "/v1")
    cloud = remote_cloud(account, None, Capability(Kind.CHAT_IMPLICIT_PREFILL, "chat", served="m"))
    assert cloud.model == "m"
    door = cloud.open(PROMPT, log)
    assert json.loads(door.preview(9)[1])["model"] == "m"
    door.close()


@pytest.mark.model
def test_the_wire_log_of_the_store_holds_what_the_embedded_cloud_was_told(
    model: LanguageModel, home: Places
) -> None:
    with open_store(home.store) as store:

        def record(provider: str, endpoint: str, headers: Mapping[str, str], body: bytes) -> int:
            return store.wire.record("draft", provider, endpoint, headers, body)

        cloud = embedded_cloud(model)
        assert (cloud.name, cloud.model) == ("embedded", model.name)
        door = cloud.open(PROMPT, record)
        endpoint, preview = door.preview(3)
        assert store.wire.count("draft") == 0
        drafted = list(door.draft([], 3))
        accepted = [chosen(p.chosen.text, p.chosen.id) for p in drafted[:2]]
        again = next(door.draft(accepted, 3))
        entries = store.wire.for_draft("draft")
    assert [entry.n for entry in entries] == [1, 2]
    assert (entries[0].endpoint, entries[0].body) == (endpoint, preview)
    assert {(entry.provider, entry.endpoint) for entry in entries} == {("embedded", "in-process")}
    sent = json.loads(entries[1].body)
    assert sent["messages"][0]["content"] == INSTRUCTIONS
    assert sent["messages"][1]["content"] == PROMPT
    assert sent["continue_token_ids"] == [choice.id for choice in accepted]
    assert door.outbound_bytes == sum(len(entry.body) for entry in entries)
    assert again.chosen.id == drafted[2].chosen.id
    assert door.prompt_tokens
