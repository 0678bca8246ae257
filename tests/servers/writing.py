"""Writing short texts with a real server, and comparing two texts of one law."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import Any

import numpy as np

from costeer_cli.accounts.account import Account
from costeer_cli.local.scorer import PairedScorer
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.privacy.outbound.door import INSTRUCTIONS, Cloud, OutboundDoor, remote_cloud
from costeer_cli.privacy.outbound.probing import Finding, probe
from costeer_cli.steering.choice import Choice
from costeer_cli.steering.completion import Evidence
from costeer_cli.steering.policy import Policy
from costeer_cli.steering.position import Position
from costeer_cli.writing.events import Chosen, Event, Finished, Requested, Waiting
from costeer_cli.writing.loop import Limits, Loop
from costeer_cli.writing.patience import Patience
from costeer_cli.writing.receipt import Receipt

MODEL = "smollm2"
SECRET = "Quokkamarzipan"
"""A word of the private context that no text comes upon by itself."""

PRIVATE = (
    f"{INSTRUCTIONS}\n\nThe writer: Dev, a night nurse in Winnipeg. Dev has a dog called {SECRET}, "
    "drinks cold coffee, hates Mondays and writes short dry sentences."
)
QUICK = Patience(tries=20, first=0.01, longest=0.02)


def account(base_url: str, **fields: Any) -> Account:
    """An account for a server of these tests."""
    return Account(name="real", base_url=base_url, model=MODEL, **fields)


def examine(base_url: str, **fields: Any) -> Finding:
    """What the probe finds."""
    return probe(account(base_url, **fields), None, lambda *_: None)


def cloud_of(base_url: str, finding: Finding, *, nearby: bool | None = None) -> Cloud:
    """The server as a cloud."""
    return remote_cloud(account(base_url), None, finding.capability, nearby=nearby)


@dataclass
class Wire:
    """Records what goes out."""

    bodies: list[bytes] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)

    def __call__(self, provider: str, url: str, headers: Mapping[str, str], body: bytes) -> None:
        """Keep one request."""
        self.bodies.append(body)
        self.headers.append(dict(headers))

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The bodies as JSON."""
        return [json.loads(body) for body in self.bodies]


@dataclass
class Kept:
    """A journal in memory."""

    choices: list[Choice] = field(default_factory=list)

    def append(self, first_index: int, choices: Sequence[Choice]) -> None:
        """Keep choices that follow those before."""
        assert first_index == len(self.choices)
        self.choices.extend(choices)


class Hashed:
    """A scorer with made-up deltas, for tests of the way to the server alone.

    They depend on the text so far, the candidate and nothing else, as real ones do; about one
    position in four comes out differently than drafted.
    """

    passes = 0

    def __init__(self, key: str = SECRET, most: float = 4.0) -> None:
        self._key = key.encode()
        self._most = most
        self.text = b""

    def prepare(self) -> None:
        """Nothing to read."""

    def score(self, positions: Sequence[Position], *, flowing: bool = False) -> list[Evidence]:
        """Deltas of the listed candidates."""
        text, found = self.text, []
        for position in positions:
            found.append(
                Evidence(np.array([self._delta(text, c.text) for c in position.candidates]))
            )
            text += position.chosen.text
        return found

    def accept(self, choice: Choice) -> None:
        """Append to the text."""
        self.text += choice.text

    def _delta(self, text: bytes, candidate: bytes) -> float:
        digest = hashlib.blake2b(text + b"\0" + candidate, key=self._key, digest_size=4).digest()
        return self._most * int.from_bytes(digest) / 2**32


def paired(model: LanguageModel, prompt: str) -> PairedScorer:
    """The real scorer, with the private context."""
    chats = (
        [{"role": "system", "content": system}, {"role": "user", "content": prompt}]
        for system in (PRIVATE, INSTRUCTIONS)
    )
    return PairedScorer(model, *chats)  # type: ignore[arg-type]


class Watched:
    """A drafter that remembers the position at which each token of the text was chosen."""

    def __init__(self, door: OutboundDoor) -> None:
        self._door = door
        self.positions: dict[int, Position] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._door, name)

    def draft(self, accepted: Sequence[Choice], most: int) -> Generator[Position, None, None]:
        """As the door does."""
        drafted = self._door.draft(accepted, most)
        try:
            for index, position in enumerate(drafted, start=len(accepted)):
                self.positions[index] = position
                yield position
        finally:
            drafted.close()


@dataclass
class Run:
    """One text and how it came about."""

    choices: list[Choice]
    events: list[Event]
    positions: dict[int, Position]
    wire: Wire
    journal: Kept

    @property
    def text(self) -> bytes:
        """The text."""
        return b"".join(c.text for c in self.choices)

    @property
    def receipt(self) -> Receipt:
        """Of the finished text."""
        last = self.events[-1]
        assert isinstance(last, Finished)
        return last.receipt

    @property
    def failures(self) -> list[str]:
        """What went wrong on the way."""
        return [event.reason for event in self.events if isinstance(event, Waiting)]

    @property
    def differed(self) -> int:
        """Choices that were not the drafted token; the last one needs no request after it."""
        chosen = [event for event in self.events if isinstance(event, Chosen)]
        counted = chosen[:-1] if self.receipt.finish_reason == "length" else chosen
        return sum(event.choice.text != event.drafted for event in counted)


def write(
    cloud: Cloud,
    prompt: str,
    scorer: Any,
    policy: Policy,
    *,
    max_tokens: int = 12,
    written: Sequence[Choice] = (),
    **limits: Any,
) -> Run:
    """Write one text; whatever was chosen is in the journal before every request."""
    wire, journal = Wire(), Kept(list(written))
    door = cloud.open(prompt, wire)
    drafter = Watched(door)
    limits = {"patience": QUICK, **limits}
    loop = Loop(drafter, scorer, policy, journal, Limits(max_tokens=max_tokens, **limits), written)
    events: list[Event] = []
    try:
        for event in loop:
            if isinstance(event, Requested):
                assert journal.choices == loop.choices
            events.append(event)
    finally:
        door.close()
    assert journal.choices == loop.choices
    return Run(loop.choices, events, drafter.positions, wire, journal)


def one_by_one(cloud: Cloud, prompt: str, scorer: Any, policy: Policy, **more: Any) -> Run:
    """The text of one token per request."""
    return write(cloud, prompt, scorer, policy, block=1, draft_tokens=1, **more)


def parting(one: Run, other: Run) -> tuple[int, float] | None:
    """Where two texts part, and how much the server's own numbers differed there, in nats.

    None where they are the same. Up to that position the server was told the same, so where its
    numbers are the same too, the fault is costeer's.
    """
    pairs = zip(one.choices, other.choices, strict=False)
    index = next((i for i, (a, b) in enumerate(pairs) if a.text != b.text), None)
    if index is None:
        if len(one.choices) == len(other.choices):
            return None
        index = min(len(one.choices), len(other.choices))
    first, second = one.positions[index], other.positions[index]
    values = {c.text: c.logprob for c in first.candidates}
    shared = [abs(values[c.text] - c.logprob) for c in second.candidates if c.text in values]
    return index, max(shared, default=inf)


def alike(pairs: Iterable[tuple[str, Run, Run]], *, handful: int = 2, noise: float = 0.1) -> None:
    """Hold pairs of texts to the law; a handful may part where the server's own numbers did.

    Args:
        pairs: a prompt and two runs that are to write the same.
        handful: texts that may part.
        noise: most that the server's numbers for one text may differ, in nats.
    """
    parted = 0
    for prompt, one, other in pairs:
        found = parting(one, other)
        if found is None:
            assert one.receipt.finish_reason == other.receipt.finish_reason
            continue
        index, differed = found
        print(f"{prompt!r} parts at token {index}; the server's numbers differ by {differed:.2e}")
        assert 0.0 < differed <= noise, "the texts part where the server's numbers do not"
        parted += 1
    assert parted <= handful
