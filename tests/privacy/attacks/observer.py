"""What somebody learns who sees the wire, has the same models, and feeds the writer positions that
are made to tell two contexts apart."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from costeer_cli.privacy.allowance import Allowance
from costeer_cli.privacy.ledger import Ledger
from costeer_cli.steering.choice import Choice
from costeer_cli.steering.completion import Evidence
from costeer_cli.steering.policy import Policy
from costeer_cli.steering.position import Candidate, Position
from costeer_cli.writing.chooser import Chooser, Guard
from costeer_cli.writing.loop import Limits, Loop

Texts = list[list[bytes]]


def position(**probabilities: float) -> Position:
    """A position whose cloud lists all there is."""
    found = tuple(Candidate(n.encode(), None, math.log(p)) for n, p in probabilities.items())
    return Position(found[0], found)


def even(count: int = 8) -> Position:
    """A position at which the cloud does not care."""
    return position(**{chr(97 + i): 1 / count for i in range(count)})


@dataclass
class Mallory:
    """The service: drafts the worst position it can think of, and reads what is made of it."""

    where: Position
    source: str = "cloud"
    requests: int = 0
    outbound_bytes: int = 0
    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    flows: bool = False
    stride: int | None = None
    seen: list[bytes] = field(default_factory=list)

    def draft(self, accepted: Sequence[Choice], max_tokens: int) -> Iterator[Position]:
        self.requests += 1
        self.seen.append(b"".join(choice.text for choice in accepted))
        yield from [self.where] * max_tokens


@dataclass
class Leans:
    """A local model whose context pulls as hard as it can towards some tokens."""

    towards: bytes
    passes: int = 0

    def delta(self, where: Position) -> Evidence:
        signs = [
            9.0 if c.text in (bytes([b]) for b in self.towards) else -9.0 for c in where.candidates
        ]
        return Evidence(np.array(signs))

    def prepare(self) -> None:
        """Nothing is read ahead."""

    def score(self, positions: Sequence[Position], *, flowing: bool = False) -> list[Evidence]:
        self.passes += 1
        return [self.delta(where) for where in positions]

    def accept(self, choice: Choice) -> None:
        """Nothing is remembered."""


class Forgets:
    """A journal that keeps nothing."""

    def append(self, first_index: int, choices: Sequence[Choice]) -> None:
        """Nothing."""


@dataclass(frozen=True)
class Setting:
    """How the texts are written."""

    policy: Policy
    allowance: Allowance | None = None
    tokens: int = 20
    where: Position = field(default_factory=even)
    guard: Callable[[], Guard] | None = None

    def write(self, towards: bytes, seed: int) -> tuple[list[bytes], Loop, Mallory]:
        """One text under the context that leans towards these."""
        mallory = Mallory(self.where)
        loop = Loop(
            mallory,
            Leans(towards),
            replace(self.policy, seed=seed),
            Forgets(),
            Limits(max_tokens=self.tokens, allowance=self.allowance),
            guard=self.guard() if self.guard else None,
        )
        for _ in loop:
            pass
        return [choice.text for choice in loop.choices], loop, mallory

    def log_probability(self, text: Sequence[bytes], towards: bytes) -> float:
        """How likely the text is under a context, as who has the same models computes it."""
        chooser = Chooser(self.policy, None, Ledger(self.allowance, self.tokens))
        evidence, total = Leans(towards).delta(self.where), 0.0
        for token in text:
            steered = chooser.policy.distribution(self.where, evidence)
            place = [c.text for c in self.where.candidates].index(token)
            total += float(steered.logprob[place])
            choice = chooser.choose(self.where, evidence)
            chooser.accept(replace(choice, text=token))
        return total


@dataclass(frozen=True)
class Learned:
    """What two hundred texts told, half of them under each of two contexts.

    Attributes:
        accuracy: of naming the context of a text by its likelihood ratio.
        counted: of naming it by how often each token stands in it, learned on other texts.
        most, mean: of the log-odds that one text gives, in nats.
        empirical: the epsilon that the frequencies of the best test prove, in nats, with 95%
            confidence: the log of the ratio of the bounds on its two rates.
    """

    accuracy: float
    counted: float
    most: float
    mean: float
    empirical: float


def learn(setting: Setting, one: bytes, other: bytes, texts: int = 100) -> Learned:
    """Write so many texts under each of two contexts, and attack them."""
    first = [setting.write(one, 2 * n)[0] for n in range(texts)]
    second = [setting.write(other, 2 * n + 1)[0] for n in range(texts)]
    odds = (
        [
            setting.log_probability(t, one) - setting.log_probability(t, other)
            for t in (*first, *second)
        ]
        if setting.policy.temperature
        else [math.inf] * texts + [-math.inf] * texts
    )
    right = sum(o > 0 for o in odds[:texts]) + sum(o < 0 for o in odds[texts:])
    right += sum(o == 0 for o in odds) / 2
    finite = [abs(o) for o in odds]
    return Learned(
        accuracy=right / (2 * texts),
        counted=_counted(first, second, one, other),
        most=max(finite),
        mean=sum(finite) / len(finite),
        empirical=max(_proved(first, second, one, other), _proved(second, first, other, one)),
    )


def _score(text: Sequence[bytes], one: bytes, other: bytes) -> int:
    said = b"".join(text)
    return sum(said.count(b) for b in one) - sum(said.count(b) for b in other)


def _counted(first: Texts, second: Texts, one: bytes, other: bytes) -> float:
    half = len(first) // 2
    known = [_score(t, one, other) for t in (*first[:half], *second[:half])]
    cut = float(np.median(known))
    right = sum(_score(t, one, other) > cut for t in first[half:])
    right += sum(_score(t, one, other) <= cut for t in second[half:])
    return right / (len(first) + len(second) - 2 * half)


def _proved(first: Texts, second: Texts, one: bytes, other: bytes) -> float:
    """The largest log of true against false alarms over all cuts, by their bounds."""
    count = len(first)
    scores = [[_score(t, one, other) for t in texts] for texts in (first, second)]
    found = 0.0
    for cut in sorted({*scores[0], *scores[1]}):
        alarms = [sum(s >= cut for s in some) for some in scores]
        low, high = _bounds(alarms[0], count)[0], _bounds(alarms[1], count)[1]
        found = max(found, math.log(low / high)) if low > 0 else found
    return found


def _bounds(hits: int, count: int, z: float = 2.24) -> tuple[float, float]:
    """Wilson's interval for a rate; with 97.5% each, 95% for two of them."""
    rate, square = hits / count, z * z
    middle = (rate + square / (2 * count)) / (1 + square / count)
    width = z * math.sqrt(rate * (1 - rate) / count + square / (4 * count * count))
    width /= 1 + square / count
    return max(middle - width, 0.0), min(middle + width, 1.0)
