"""Runs every system on every trial, and goes on where it was broken off."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from costeer_cli.errors import UsageError
from costeer_cli.evaluation.likelihood import Likelihood, Reading, read, weighed
from costeer_cli.evaluation.metrics.leaks import leaks, telling
from costeer_cli.evaluation.metrics.likeness import likeness
from costeer_cli.evaluation.metrics.shape import length_ratio, repetition
from costeer_cli.evaluation.outcome import Notebook, Outcome
from costeer_cli.evaluation.people import Trial
from costeer_cli.evaluation.systems import Kind, System
from costeer_cli.local.scorer import PairedScorer
from costeer_cli.personal.context import PrivateContext
from costeer_cli.privacy.outbound.door import INSTRUCTIONS
from costeer_cli.steering.policy import Policy
from costeer_cli.writing.assignment import Assignment, Mode
from costeer_cli.writing.desk import Desk, Writing

if TYPE_CHECKING:
    from costeer_cli.models.language_model import LanguageModel
    from costeer_cli.privacy.outbound.door import Cloud, OutboundDoor, Record
    from costeer_cli.store.database import Store

_MODES = {
    Kind.CLOUD: Mode.PLAIN,
    Kind.LOCAL: Mode.OFFLINE,
    Kind.STEERED: Mode.STEERED,
    Kind.EVERYTHING: Mode.OFFLINE,
}

Progress = Callable[[int, int, str], None]
"""Told what is done, of how much, and what is next."""


@dataclass(frozen=True)
class Settings:
    """How to measure.

    Attributes:
        max_tokens: longest text that is written; 0 writes none.
        gold_tokens: how much of the person's text is read for its likelihood; 0 for nothing.
        context_tokens: most the local model reads of the person.
    """

    max_tokens: int = 200
    gold_tokens: int = 200
    context_tokens: int = 1000


@dataclass(frozen=True)
class Bench:
    """The models that are measured.

    Attributes:
        local: reads the private context.
        cloud: writes.
        scoring: the cloud's model where it runs in this process, so that it can score a given
            text and be told everything without anything being sent; else None.
        record: writes a request to the wire log.
        settings: how to measure.
    """

    local: LanguageModel
    cloud: Cloud
    scoring: LanguageModel | None
    record: Record
    settings: Settings

    def describe(self) -> dict[str, Any]:
        """What all outcomes depend on, as JSON values."""
        from importlib.metadata import version  # noqa: PLC0415

        return {
            "local": self.local.name,
            "provider": self.cloud.name,
            "cloud": self.cloud.model,
            "costeer": version("costeer"),
            **asdict(self.settings),
        }


def run(
    bench: Bench,
    trials: Sequence[Trial],
    systems: Sequence[System],
    notebook: Notebook,
    progress: Progress,
) -> Iterator[Outcome]:
    """Outcomes, trial by trial; each is kept before it is yielded.

    Raises:
        ProviderError: the cloud stays away; what was measured is kept.
    """
    total, done = len(trials) * len(systems), 0
    for trial in trials:
        with trial.store() as store:
            case = _Case(bench, trial, store)
            for system in systems:
                progress(done, total, f"{trial.id}, {system.name}")
                key = [_identity(trial), system.name, str(system.kind), asdict(system.policy)]
                outcome = notebook.get(key)
                if outcome is None:
                    outcome = case.outcome(system)
                    notebook.put(key, outcome)
                done += 1
                yield outcome
    progress(done, total, "")


def weigh(bench: Bench, trial: Trial) -> Reading:
    """The person's text as the cloud reads it, with the local model's evidence.

    Raises:
        UsageError: the cloud is elsewhere, and scores no given text.
    """
    if bench.scoring is None:
        raise UsageError(
            f"{bench.cloud.name} cannot score your texts without being sent them.",
            hint="Name a model of this machine that stands in for it: --cloud MODEL",
        )
    with trial.store() as store:
        return _Case(bench, trial, store).weighed


class _Case:
    """One trial under all systems; what they share is done once."""

    def __init__(self, bench: Bench, trial: Trial, store: Store) -> None:
        self._bench = bench
        self._trial = trial
        self._desk = Desk(store, bench.local, _logged(bench.cloud, bench.record))

    def outcome(self, system: System) -> Outcome:
        """What a system does with it."""
        plain = Outcome(trial=self._trial.id, person=self._trial.person, system=system.name)
        found: dict[str, Any] = {}
        if self._bench.settings.gold_tokens and self._bench.scoring is not None:
            known = self._likelihood(system)
            found |= {"nats": known.nats, "gold_tokens": len(self._reading.positions)}
            found |= {"gold_bytes": len(self._excerpt.encode())}
        if self._bench.settings.max_tokens:
            found |= self._written(system)
        return replace(plain, **found)

    def _assignment(self, system: System, mode: Mode, prompt: str) -> Assignment:
        settings = self._bench.settings
        return Assignment(
            prompt,
            self._trial.profile,
            system.policy,
            mode,
            max(settings.max_tokens, 1),
            settings.context_tokens,
        )

    @cached_property
    def _context(self) -> PrivateContext:
        plain = System("", Kind.STEERED, Policy())
        return self._desk.context(self._assignment(plain, Mode.STEERED, self._trial.prompt))

    @cached_property
    def _private(self) -> list[dict[str, str]]:
        return self._context.messages(INSTRUCTIONS, self._trial.prompt)

    @cached_property
    def _public(self) -> list[dict[str, str]]:
        return PrivateContext().messages(INSTRUCTIONS, self._trial.prompt)

    @cached_property
    def _excerpt(self) -> str:
        """The same piece of the person's text for all systems, whatever their tokens are."""
        assert self._bench.scoring is not None
        model, most = self._bench.scoring, self._bench.settings.gold_tokens
        texts = (model.vocabulary.texts[i] for i in model.encode(self._trial.gold)[:most])
        return b"".join(text or b"" for text in texts).decode("utf-8", "ignore")

    @cached_property
    def _reading(self) -> Reading:
        return self._read(self._bench.scoring, self._public)

    @cached_property
    def weighed(self) -> Reading:
        """The person's text with the local model's evidence."""
        scorer = PairedScorer(self._bench.local, self._private, self._public)
        return weighed(self._reading, scorer)

    def _read(self, model: LanguageModel | None, messages: Sequence[dict[str, str]]) -> Reading:
        assert model is not None
        return read(model, messages, self._excerpt)

    def _likelihood(self, system: System) -> Likelihood:
        if system.kind is Kind.CLOUD:
            return self._reading.cloud
        if system.kind is Kind.LOCAL:
            return self._read(self._bench.local, self._private).cloud
        if system.kind is Kind.EVERYTHING:
            return self._read(self._bench.scoring, self._private).cloud
        return self.weighed.steered(system.policy)

    def _written(self, system: System) -> dict[str, Any]:
        writing = self._writing(system)
        for _ in writing:
            pass
        text = b"".join(choice.text for choice in writing.choices).decode("utf-8", "replace")
        receipt, trial = writing.receipt, self._trial
        assert receipt is not None
        facts = trial.profile.facts if trial.profile else ()
        private = (*(example.wrote for example in self._context.examples), *facts)
        return {
            "text": text,
            **asdict(likeness(text, trial.gold)),
            **asdict(leaks(text, private, telling(facts), trial.prompt)),
            "length_ratio": length_ratio(text, trial.gold),
            "repetition": repetition(text),
            "tokens": receipt.usage.tokens,
            "requests": receipt.usage.requests,
            "drafted": receipt.usage.drafted_tokens,
            "seconds": receipt.usage.seconds,
            "local_seconds": receipt.usage.local_seconds,
            "outbound_bytes": receipt.privacy.outbound_bytes,
            "steered": receipt.privacy.steered_tokens,
        }

    def _writing(self, system: System) -> Writing:
        desk, mode, prompt = self._desk, _MODES[system.kind], self._trial.prompt
        if system.kind is Kind.EVERYTHING and self._bench.scoring is None:
            mode, prompt = Mode.PLAIN, one_shot(self._context, prompt)
        elif system.kind is Kind.EVERYTHING and self._bench.scoring is not None:
            desk = Desk(desk.store, self._bench.scoring, desk.cloud)
        return desk.begin(self._assignment(system, mode, prompt))


def _logged(cloud: Cloud, log: Record) -> Cloud:
    """`cloud`, with every request in the person's own wire log before it goes."""

    def open_(prompt: str, record: Record, *more: Any, **named: Any) -> OutboundDoor:
        def both(*sent: Any) -> None:
            log(*sent)
            record(*sent)

        return cloud.open(prompt, both, *more, **named)

    return replace(cloud, open=open_)


def one_shot(context: PrivateContext, prompt: str) -> str:
    """The private context and the request as one prompt, for a cloud that is told everything."""
    texts = [f"Asked: {one.asked}\nWrote:\n{one.wrote}" for one in reversed(context.examples)]
    return "\n\n".join(part for part in (context.about, *texts, prompt) if part)


def _identity(trial: Trial) -> Mapping[str, Any]:
    """All that an outcome depends on, but for models and system."""
    return {
        "trial": trial.id,
        "prompt": trial.prompt,
        "gold": trial.gold,
        "profile": [trial.profile.title, trial.profile.facts, trial.profile.voice]
        if trial.profile
        else None,
        "history": [document.digest for document in trial.history],
    }
