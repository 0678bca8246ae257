"""The one door: what passes is written down first, and is a function of public things."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count

import pytest

from costeer_cli.cloud.provider import DraftSettings, PublicText
from costeer_cli.errors import PrivacyError, ProviderUnreachableError, StoreError
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.privacy.outbound.door import INSTRUCTIONS, OutboundDoor, embedded_door
from costeer_cli.settings import Places
from costeer_cli.steering.choice import Choice
from costeer_cli.steering.position import Candidate, Position
from costeer_cli.store.database import open_store

PROMPT = "A note to the neighbours."
A, B = Candidate(b"Dear", 5, -0.1), Candidate(b"", 1, -3.0)
POSITIONS = [Position(A, (A, B)), Position(B, (A, B))]


class Log:
    """A wire log in memory."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, str, bytes]] = []

    def __call__(self, provider: str, endpoint: str, body: bytes) -> int:
        self.entries.append((provider, endpoint, body))
        return len(self.entries)


class Cloud:
    """A provider that refuses whatever is not the newest entry of the log."""

    name, model, endpoint = "cloud", "big-1", "https://cloud.test/v1"

    def __init__(self, log: Log) -> None:
        self.log = log
        self.sent: list[bytes] = []
        self.closed = 0
        self.prompt_tokens: int | None = None

    def encode(self, text: PublicText, settings: DraftSettings) -> bytes:
        said = [text.instructions, text.prompt, [(t.hex(), i) for t, i in text.accepted]]
        return json.dumps([*said, settings.max_tokens, settings.top_logprobs]).encode()

    def stream(self, body: bytes) -> Iterator[Position]:
        assert self.log.entries, "sent before it was written down"
        assert self.log.entries[-1] == (self.name, self.endpoint, body)
        self.sent.append(body)
        return self._positions()

    def _positions(self) -> Iterator[Position]:
        try:
            yield from POSITIONS
        finally:
            self.closed += 1


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def cloud(log: Log) -> Cloud:
    return Cloud(log)


def chosen(text: bytes, token: int | None, delta: float | None = None) -> Choice:
    return Choice(text, token, "cloud" if delta is None else "steered", -0.5, delta, -0.25, 0)


def test_the_exact_bytes_are_written_down_before_they_go(log: Log, cloud: Cloud) -> None:
    door = OutboundDoor(cloud, PROMPT, log)
    accepted = [chosen(b"Dear", 5), chosen(b" \xf0\x9f", None)]
    assert list(door.draft(accepted, 9)) == POSITIONS
    expected = [INSTRUCTIONS, PROMPT, [[b"Dear".hex(), 5], ["20f09f", None]], 9, 20]
    assert json.loads(cloud.sent[0]) == expected
    assert log.entries == [("cloud", "https://cloud.test/v1", cloud.sent[0])]


def test_a_request_that_cannot_be_written_down_is_not_sent(cloud: Cloud) -> None:
    def full(*_: object) -> None:
        raise StoreError("The disk is full.")

    door = OutboundDoor(cloud, PROMPT, full)
    with pytest.raises(StoreError):
        door.draft([], 9)
    assert cloud.sent == []
    assert (door.requests, door.outbound_bytes) == (0, 0)


def test_requests_and_bytes_are_counted(log: Log, cloud: Cloud) -> None:
    door = OutboundDoor(cloud, PROMPT, log)
    assert (door.requests, door.outbound_bytes) == (0, 0)
    for n in range(1, 4):
        door.draft([chosen(b"Dear", 5)] * n, 9)
        assert door.requests == len(log.entries) == n
        assert door.outbound_bytes == sum(len(body) for _, _, body in log.entries)


def test_a_request_that_fails_counts_as_sent(
    log: Log, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have left this machine before it failed."""

    def unreachable(body: bytes) -> Iterator[Position]:
        raise ProviderUnreachableError("No answer.")

    monkeypatch.setattr(cloud, "stream", unreachable)
    door = OutboundDoor(cloud, PROMPT, log)
    with pytest.raises(ProviderUnreachableError):
        door.draft([], 9)
    assert door.requests == len(log.entries) == 1


def test_closing_a_draft_closes_the_clouds(log: Log, cloud: Cloud) -> None:
    draft = OutboundDoor(cloud, PROMPT, log).draft([], 9)
    assert next(draft) == POSITIONS[0]
    draft.close()  # type: ignore[attr-defined]
    assert cloud.closed == 1


def test_nothing_of_a_choice_but_its_text_and_id_shows(log: Log, cloud: Cloud) -> None:
    door = OutboundDoor(cloud, PROMPT, log)
    door.draft([chosen(b"Dear", 5), chosen(b" Ana", 6)], 9)
    door.draft([chosen(b"Dear", 5, delta=4.2), chosen(b" Ana", 6, delta=-1.3)], 9)
    assert cloud.sent[0] == cloud.sent[1]


def test_a_body_that_is_not_pure_is_never_sent(log: Log) -> None:
    class Counting(Cloud):
        numbers = count()

        def encode(self, text: PublicText, settings: DraftSettings) -> bytes:
            return super().encode(text, settings) + str(next(self.numbers)).encode()

    cloud = Counting(log)
    door = OutboundDoor(cloud, PROMPT, log)
    for ask in (lambda: door.draft([], 9), lambda: door.preview(9)):
        with pytest.raises(PrivacyError, match="nothing was sent") as raised:
            ask()
        assert raised.value.exit_code == 3
        assert PROMPT not in str(raised.value)
    assert cloud.sent == []
    assert log.entries == []
    assert (door.requests, door.outbound_bytes) == (0, 0)


def test_a_body_that_depends_on_which_object_it_was_given_is_never_sent(log: Log) -> None:
    class ByIdentity(Cloud):
        def encode(self, text: PublicText, settings: DraftSettings) -> bytes:
            return super().encode(text, settings) + str(id(text)).encode()

    cloud = ByIdentity(log)
    with pytest.raises(PrivacyError):
        OutboundDoor(cloud, PROMPT, log).draft([], 9)
    assert cloud.sent == []


def test_a_preview_is_the_first_request_and_sends_nothing(log: Log, cloud: Cloud) -> None:
    door = OutboundDoor(cloud, PROMPT, log)
    body = door.preview(9)
    assert cloud.sent == []
    assert log.entries == []
    assert (door.requests, door.outbound_bytes) == (0, 0)
    door.draft([], 9)
    assert cloud.sent == [body]


def test_it_says_who_is_behind_it(log: Log, cloud: Cloud) -> None:
    door = OutboundDoor(cloud, PROMPT, log, top_logprobs=7)
    assert (door.provider, door.model, door.endpoint) == (cloud.name, cloud.model, cloud.endpoint)
    assert door.source == "cloud"
    assert door.prompt_tokens is None
    cloud.prompt_tokens = 42
    assert door.prompt_tokens == 42
    assert json.loads(door.preview(9))[-2:] == [9, 7]


@pytest.mark.model
def test_the_wire_log_of_the_store_holds_what_the_embedded_cloud_was_told(
    model: LanguageModel, home: Places
) -> None:
    with open_store(home.store) as store:

        def record(provider: str, endpoint: str, body: bytes) -> int:
            return store.wire.record("draft", provider, endpoint, {}, body)

        door = embedded_door(model, PROMPT, record)
        preview = door.preview(3)
        assert store.wire.count("draft") == 0
        drafted = list(door.draft([], 3))
        accepted = [chosen(p.chosen.text, p.chosen.id) for p in drafted[:2]]
        draft = door.draft(accepted, 3)
        entries = store.wire.for_draft("draft")
        again = next(draft)
    assert [entry.n for entry in entries] == [1, 2]
    assert entries[0].body == preview
    assert {(entry.provider, entry.endpoint) for entry in entries} == {("embedded", "in-process")}
    said = json.loads(entries[1].body)
    assert said["messages"][0]["content"] == INSTRUCTIONS
    assert said["messages"][1]["content"] == PROMPT
    assert said["continue_token_ids"] == [choice.id for choice in accepted]
    assert door.outbound_bytes == sum(len(entry.body) for entry in entries)
    assert again.chosen.id == drafted[2].chosen.id
    assert door.prompt_tokens
