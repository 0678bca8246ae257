"""Finds out whether and how a service can be steered, by a few requests of public words.

One request decides: the model is asked to repeat a list, and its answer is begun for it and
broken off inside a word. A service that goes on exactly gives the rest of that word nearly all of
the probability; one that closes the answer and begins another, or mends the word, does not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice

from costeer_cli.accounts.account import Account
from costeer_cli.cloud.attempts import attempts
from costeer_cli.cloud.capability import Capability, Kind
from costeer_cli.cloud.identify import Server, end_id, identify, template_of
from costeer_cli.cloud.line import Line
from costeer_cli.cloud.listing import require_sense
from costeer_cli.cloud.provider import DraftSettings, PublicText
from costeer_cli.cloud.remote import RemoteProvider
from costeer_cli.cloud.speech import Tokens
from costeer_cli.cloud.template import Template, named_template
from costeer_cli.errors import NotSteerableError, ProviderError
from costeer_cli.steering.position import Position

INSTRUCTIONS = "Repeat the list exactly, nothing else."
PROMPT = "alpha bravo charlie delta echo foxtrot golf hotel"
BEGUN, REST = b"alpha bravo charlie delta echo foxt", b"rot"
ENOUGH = 0.5
_AGREES = 0.05  # nats between two answers to the same request
_POSITIONS = 4
_REFUSED = {400, 404, 405, 415, 422, 501}

Announce = Callable[[str, bytes], object]
"""Writes an address and a body down before it is sent."""


@dataclass(frozen=True)
class Trial:
    """One way that was tried.

    Attributes:
        capability: as it was tried, with what was learned.
        works: whether it is proved.
        found: what was found, in one line.
    """

    capability: Capability
    works: bool
    found: str


class Probe:
    """Looks at one account's model."""

    def __init__(
        self, account: Account, line: Line, announce: Announce, tokens: Tokens | None = None
    ) -> None:
        self._account = account
        self._line = line
        self._announce = announce
        self._tokens = tokens
        self.trials: list[Trial] = []

    def run(self) -> Capability:
        """Identify the service for free, then try what may work until something does.

        Returns:
            The verdict; `trials` has the way to it.

        Raises:
            ProviderError: the service cannot be reached, or refuses the key.
        """
        server = identify(self._line, self._account.wire)
        model = self._account.model or server.model
        template = self._template(server, model)
        end = end_id(self._post, server)
        for attempt in attempts(
            server, self._account.wire, template, end, tokenizer=self._tokens is not None
        ):
            trial = self._try(attempt, model)
            self.trials.append(trial)
            if trial.works:
                return self._at_zero(trial, model)
        return self._verdict(server, template)

    def _template(self, server: Server, model: str) -> Template | None:
        if self._account.template is not None:
            return named_template(self._account.template)
        return template_of(self._post, server, model)

    def _post(self, path: str, body: bytes) -> object:
        self._announce(self._line.url(path), body)
        return self._line.post(path, body)

    def _try(self, attempt: Capability, model: str) -> Trial:
        """Try one way; where the service says that it lists fewer candidates, with fewer."""
        try:
            return self._judge(attempt, self._ask(attempt, model))
        except ProviderError as error:
            fewer = _limit(error.detail)
            if error.status == 400 and fewer is not None and fewer < attempt.most_listed:
                return self._try(replace(attempt, most_listed=fewer), model)
            if isinstance(error, NotSteerableError) or error.status in _REFUSED:
                return Trial(attempt, False, str(error).rstrip("."))
            raise

    def _ask(self, attempt: Capability, model: str, most: int = _POSITIONS) -> list[Position]:
        provider = RemoteProvider(self._account.name, model, self._line, attempt, self._tokens)
        request = provider.encode(self._text(attempt), DraftSettings(most, attempt.most_listed))
        self._announce(request.endpoint, request.body)
        with closing(provider.stream(request)) as positions:
            found = list(islice(positions, most))
        self._answering = provider.traffic.model
        return found

    def _text(self, attempt: Capability) -> PublicText:
        if attempt.ids and self._tokens is not None:
            ids = self._tokens.encode(BEGUN.decode())
            texts = self._tokens.vocabulary.texts
            return PublicText(INSTRUCTIONS, PROMPT, tuple((texts[i] or b"", i) for i in ids))
        return PublicText(INSTRUCTIONS, PROMPT, ((BEGUN, None),))

    def _judge(self, attempt: Capability, positions: Sequence[Position]) -> Trial:
        if not positions:
            return Trial(attempt, False, "it listed nothing")
        require_sense(positions)
        written = b"".join(p.chosen.text for p in positions)
        mass = _mass(positions[0], REST)
        answering = replace(attempt, model=self._answering)
        if mass > ENOUGH:
            listed = max(len(p.candidates) for p in positions)
            return Trial(answering, True, f"goes on exactly, {listed} candidates")
        if _mass(positions[0], BEGUN) > ENOUGH:
            if attempt.wire == "chat" and not attempt.echoes:
                return self._try(replace(attempt, echoes=True), self._account.model)
            return Trial(answering, False, "it begins the answer anew")
        if written.lstrip().startswith((b"golf", b"foxtrot")):
            return Trial(answering, False, "it mends the broken word first")
        return Trial(answering, False, "it does not go on where the text ends")

    def _at_zero(self, trial: Trial, model: str) -> Capability:
        """The verdict; drafts at temperature 0 where that changes no listed value."""
        capability = trial.capability
        if capability.temperature > 0.0:
            cold = replace(capability, temperature=0.0)
            try:
                one, other = (self._ask(c, model, 1)[:1] for c in (capability, cold))
            except ProviderError:
                one = other = []
            if one and other and _differ(one[0], other[0]) < _AGREES:
                capability = cold
        return replace(capability, reason=trial.found)

    def _verdict(self, server: Server, template: Template | None) -> Capability:
        raw = server.name in {"ollama", "tgi", "llama-cpp-python", "fireworks"}
        if raw and template is None:
            reason = "its prompt format is not known; name it with --template"
        elif self.trials:
            reason = "; ".join(dict.fromkeys(trial.found for trial in self.trials))
        else:
            reason = f"it cannot be spoken to as {self._account.wire}"
        return Capability(Kind.NOT_STEERABLE, server=server.name, reason=reason)


def _mass(position: Position, expected: bytes) -> float:
    """Probability of the candidates that agree with `expected`."""
    return math.fsum(
        math.exp(c.logprob)
        for c in position.candidates
        if c.text and (expected.startswith(c.text) or c.text.startswith(expected))
    )


def _differ(one: Position, other: Position) -> float:
    """Most that two lists differ where both have the same token, in nats."""
    values = {c.text: c.logprob for c in one.candidates}
    pairs = [(values[c.text], c.logprob) for c in other.candidates if c.text in values]
    return max((abs(a - b) for a, b in pairs), default=math.inf) if len(pairs) > 1 else math.inf


def _limit(detail: str) -> int | None:
    """How many candidates a service says it lists at most, where it complains of too many."""
    if "logprobs" not in detail:
        return None
    numbers = [int(n) for n in re.findall(r"(?<![\d.\w])(\d{1,2})(?![\d.\w])", detail)]
    fit = [n for n in numbers if 0 < n < 20]
    return max(fit) if fit else None
