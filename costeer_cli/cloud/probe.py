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

from costeer_cli.accounts.account import Account, is_loopback
from costeer_cli.cloud.attempts import attempts
from costeer_cli.cloud.capability import Capability, Kind
from costeer_cli.cloud.forwarding import forwards_to, told_by
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
SPACED = BEGUN + REST + b" "
ENOUGH = 0.5
_AGREES = 0.05  # nats between two answers to the same request
_POSITIONS = 4
_SILENT = {"chat", "completions"}
_REFUSED = {400, 404, 405, 415, 422, 501}
_RAW = {"ollama", "tgi", "llama-cpp-python", "fireworks"}
_CORRECTED = {400, 422}
_NUMBER = re.compile(r"(?<![\d.\w])\d{1,2}(?!\w|\.\d)")

Announce = Callable[[str, bytes], object]
"""Writes an address and a body down before it is sent."""

Permit = Callable[[str], object]
"""Raises where a server must not be asked that passes all on to whom is named; '' for nobody."""


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
        self,
        account: Account,
        line: Line,
        announce: Announce,
        tokens: Tokens | None = None,
        permit: Permit = str,
    ) -> None:
        self._account = account
        self._line = line
        self._announce = announce
        self._tokens = tokens
        self._permit = permit
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
        nearby = is_loopback(self._account.host)
        forwards = forwards_to(self._line, self._post, server.name, model) if nearby else ""
        self._permit(forwards)
        capability = self._examine(server, model)
        forwards = forwards or (told_by(self._line.seen) if nearby else "")
        reason = f"{capability.reason}; it passes all on to {forwards}" if forwards else ""
        return replace(capability, forwards=forwards, reason=reason or capability.reason)

    def _examine(self, server: Server, model: str) -> Capability:
        """The verdict on what the server does itself."""
        template = self._template(server, model)
        end = end_id(self._post, server)
        broken: ProviderError | None = None
        for attempt in attempts(
            server, self._account.wire, template, end, tokenizer=self._tokens is not None
        ):
            try:
                trial = self._try(attempt, model)
            except ProviderError as error:
                if error.status != 500:
                    raise
                broken = error  # some services break where others refuse
                trial = Trial(attempt, False, str(error).rstrip("."))
            self.trials.append(trial)
            if trial.works:
                return replace(self._finished(trial, model), served=server.model)
        if broken is not None:
            raise broken
        return self._verdict(server, template, model)

    def _template(self, server: Server, model: str) -> Template | None:
        if self._account.template is not None:
            return named_template(self._account.template)
        return template_of(self._post, server, model)

    def _post(self, path: str, body: bytes) -> object:
        self._announce(self._line.url(path), body)
        return self._line.post(path, body)

    def _try(self, attempt: Capability, model: str) -> Trial:
        """Try one way; where the service names a limit, within it."""
        try:
            return self._judge(attempt, self._ask(attempt, model), model)
        except ProviderError as error:
            within = _within(attempt, error.detail) if error.status in _CORRECTED else None
            if within is not None:
                return self._try(within, model)
            if isinstance(error, NotSteerableError) or error.status in _REFUSED:
                return Trial(attempt, False, str(error).rstrip("."))
            raise

    def _ask(
        self, attempt: Capability, model: str, begun: bytes = BEGUN, most: int = _POSITIONS
    ) -> list[Position]:
        provider = RemoteProvider(self._account.name, model, self._line, attempt, self._tokens)
        settings = DraftSettings(most, attempt.most_listed)
        request = provider.encode(self._text(attempt, begun), settings)
        self._announce(request.endpoint, request.body)
        with closing(provider.stream(request)) as positions:
            found = list(positions)
        self._answering = provider.traffic.model
        return found

    def _text(self, attempt: Capability, begun: bytes) -> PublicText:
        if attempt.ids and self._tokens is not None:
            ids = self._tokens.encode(begun.decode())
            texts = self._tokens.vocabulary.texts
            return PublicText(INSTRUCTIONS, PROMPT, tuple((texts[i] or b"", i) for i in ids))
        return PublicText(INSTRUCTIONS, PROMPT, ((begun, None),))

    def _judge(self, attempt: Capability, positions: Sequence[Position], model: str) -> Trial:
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
            if attempt.marker and not attempt.echoes:
                return self._try(replace(attempt, echoes=True), model)
            return Trial(answering, False, "it begins the answer anew")
        if written.lstrip().startswith((b"golf", b"foxtrot")):
            return Trial(answering, False, "it mends the broken word first")
        return Trial(answering, False, "it does not go on where the text ends")

    def _finished(self, trial: Trial, model: str) -> Capability:
        """The verdict, with what else has to be known of a way that works."""
        capability = replace(trial.capability, reason=trial.found)
        if capability.wire == "chat":
            capability = replace(capability, trims=self._trims(capability, model))
        cold = replace(capability, temperature=0.0)
        return cold if cold != capability and self._same(capability, cold, model) else capability

    def _trims(self, capability: Capability, model: str) -> bool:
        """Whether blank space at the end of the text is cut off: then it is written again."""
        try:
            positions = self._ask(capability, model, SPACED, 1)
        except ProviderError:
            return True
        blank = (c for c in positions[0].candidates if c.text[:1].isspace()) if positions else ()
        return not positions or math.fsum(math.exp(c.logprob) for c in blank) > ENOUGH

    def _same(self, one: Capability, other: Capability, model: str) -> bool:
        """Whether both ways list the same values."""
        try:
            lists = [self._ask(capability, model, most=1)[:1] for capability in (one, other)]
        except ProviderError:
            return False
        return all(lists) and _differ(lists[0][0], lists[1][0]) < _AGREES

    def _verdict(self, server: Server, template: Template | None, model: str) -> Capability:
        wire = self._account.wire
        reasons = [trial.found for trial in self.trials]
        if template is None and (server.name in _RAW or wire in {"completions", *_RAW}):
            reasons.append("its prompt format is not known; name it with --template")
        reason = "; ".join(dict.fromkeys(reasons)) or f"it cannot be spoken to as {wire}"
        for trial in self.trials:
            if trial.capability.wire in _SILENT and self._prefills(trial.capability, model):
                reason += "; but it continues a text: --proposals steers it by trial"
                return replace(_silent(trial.capability), kind=Kind.NOT_STEERABLE, reason=reason)
        return Capability(Kind.NOT_STEERABLE, server=server.name, reason=reason)

    def _prefills(self, attempt: Capability, model: str) -> bool:
        """Whether a service goes on exactly when it is asked for no candidates."""
        provider = RemoteProvider(
            self._account.name, model, self._line, _silent(attempt), self._tokens
        )
        request = provider.encode(self._text(attempt, BEGUN), DraftSettings(_POSITIONS))
        self._announce(request.endpoint, request.body)
        try:
            with closing(provider.propose(request)) as pieces:
                return b"".join(pieces).startswith(REST)
        except ProviderError:
            return False


def _silent(attempt: Capability) -> Capability:
    """The same way of speaking, without asking for candidates."""
    return replace(attempt, prefills=True, temperature=1.0)


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


def _within(attempt: Capability, detail: str) -> Capability | None:
    """The attempt within the limit that a refusal names; None where it names none.

    Services limit how many candidates they list, and some how few tokens they are asked for.
    """
    numbers = [int(n) for n in _NUMBER.findall(detail)]
    if "logprobs" in detail or "top_n_tokens" in detail:
        fit = [n for n in numbers if 0 < n < attempt.most_listed]
        return replace(attempt, most_listed=max(fit)) if fit else None
    if re.search(r"max_\w*tokens", detail):
        fit = [n for n in numbers if n > max(attempt.fewest, _POSITIONS)]
        return replace(attempt, fewest=min(fit)) if fit else None
    return None
