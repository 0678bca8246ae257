"""Outcomes brought together: one row for each system, with how sure each number is."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from costeer_cli.evaluation.metrics.style import (
    Background,
    background,
    burrows_delta,
    function_word_distance,
)
from costeer_cli.evaluation.outcome import Outcome
from costeer_cli.evaluation.people import Trial
from costeer_cli.evaluation.resampling import Interval, difference, interval, recovered

Number = Callable[[Outcome], float | None]


def _ratio(one: float | None, other: float | None) -> float | None:
    return None if one is None or not other else one / other


def _bits(outcome: Outcome) -> float | None:
    nats = _ratio(outcome.nats, outcome.gold_bytes)
    return None if nats is None else nats / math.log(2)


MEASURES: Mapping[str, tuple[str, Number, bool | None]] = {
    "nll": ("NLL per token", lambda o: _ratio(o.nats, o.gold_tokens), False),
    "bits_per_byte": ("bits per byte", _bits, False),
    "rouge_1": ("ROUGE-1", lambda o: o.rouge_1, True),
    "rouge_l": ("ROUGE-L", lambda o: o.rouge_l, True),
    "chrf": ("chrF", lambda o: o.chrf, True),
    "length_ratio": ("length", lambda o: o.length_ratio, None),
    "repetition": ("repetition", lambda o: o.repetition, False),
    "copied": ("copied", lambda o: _number(o.copied), False),
    "values": ("private values", lambda o: _number(o.values), False),
    "longest_run": ("longest run", lambda o: _number(o.longest_run), False),
    "requests_per_token": ("requests per token", lambda o: _ratio(o.requests, o.tokens), False),
    "steered_share": ("steered", lambda o: _ratio(o.steered, o.tokens), None),
    "seconds": ("seconds", lambda o: o.seconds, False),
}
"""By name: how it is called in a table, what it is of one outcome, whether more is better."""

_BASE = "cloud"
_BEST = "cloud+context"


@dataclass(frozen=True)
class Row:
    """One system.

    Attributes:
        system: its name.
        people: of whom it was measured; of how many texts, where all is of one person.
        means: by measure; those that were not measured are missing.
        gains: by measure, the difference from the cloud alone over the same people.
        recovered: share of the way, in NLL, from the cloud alone to the cloud told everything.
        function_words, burrows: distance of style from the person's own texts, over all that
            the system wrote for them.
    """

    system: str
    people: int
    means: dict[str, Interval] = field(default_factory=dict)
    gains: dict[str, Interval] = field(default_factory=dict)
    recovered: Interval | None = None
    function_words: Interval | None = None
    burrows: Interval | None = None


@dataclass(frozen=True)
class Summary:
    """A whole comparison.

    Attributes:
        about: what was compared: set, models, settings, versions, date.
        rows: in the order in which the systems were given.
        people: different people.
        trials: texts written again.
    """

    about: dict[str, Any]
    rows: tuple[Row, ...]
    people: int
    trials: int


def summarise(
    about: dict[str, Any], outcomes: Sequence[Outcome], trials: Sequence[Trial]
) -> Summary:
    """Bring outcomes together; people count alike, however many texts they have.

    Where all is of one person, it is texts that are counted and drawn anew.
    """
    people = {outcome.person for outcome in outcomes}
    if len(people) == 1:
        outcomes = [replace(outcome, person=outcome.trial) for outcome in outcomes]
        trials = [replace(trial, person=trial.id) for trial in trials]
    by_system: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        by_system.setdefault(outcome.system, []).append(outcome)
    golds = {trial.id: trial for trial in trials}
    own = {trial.person: _own_words(trial) for trial in trials}
    against = background(list(own.values())) if len(people) > 1 else None
    columns = {
        system: {name: _by_person(found, number) for name, (_, number, _) in MEASURES.items()}
        for system, found in by_system.items()
    }
    rows = [
        _row(system, columns, _style(found, own, against)) for system, found in by_system.items()
    ]
    done = {outcome.trial for outcome in outcomes} & golds.keys()
    return Summary(about, tuple(rows), len(people), len(done))


def _row(
    system: str,
    columns: Mapping[str, Mapping[str, dict[str, float]]],
    style: tuple[list[float], list[float]],
) -> Row:
    mine, plain = columns[system], columns.get(_BASE, {})
    best = columns.get(_BEST, {})
    means = {name: interval(list(v.values())) for name, v in mine.items() if v}
    gains = {}
    for name, values in mine.items():
        shared = [person for person in values if person in plain.get(name, {})]
        if shared and system != _BASE:
            others = plain[name]
            gains[name] = difference([values[p] for p in shared], [others[p] for p in shared])
    way = None
    ends = plain.get("nll", {}), mine.get("nll", {}), best.get("nll", {})
    shared = [person for person in ends[1] if all(person in end for end in ends)]
    if shared and system not in (_BASE, _BEST):
        start, now, goal = ([end[person] for person in shared] for end in ends)
        way = recovered(start, now, goal)
    words, delta = (interval(found) if found else None for found in style)
    people = max((len(values) for values in mine.values()), default=0)
    return Row(system, people, means, gains, way, words, delta)


def _by_person(outcomes: Sequence[Outcome], number: Number) -> dict[str, float]:
    """Mean of each person's texts."""
    found: dict[str, list[float]] = {}
    for outcome in outcomes:
        value = number(outcome)
        if value is not None and math.isfinite(value):
            found.setdefault(outcome.person, []).append(value)
    return {person: math.fsum(values) / len(values) for person, values in found.items()}


def _style(
    outcomes: Sequence[Outcome], own: Mapping[str, str], against: Background | None
) -> tuple[list[float], list[float]]:
    """Distances by person, of function words and of common words."""
    written: dict[str, list[str]] = {}
    for outcome in outcomes:
        if outcome.text and outcome.person in own:
            written.setdefault(outcome.person, []).append(outcome.text)
    words, delta = [], []
    for person, texts in written.items():
        whole = "\n".join(texts)
        found = function_word_distance(whole, own[person])
        if found is not None:
            words.append(found)
        moved = burrows_delta(whole, own[person], against) if against else None
        if moved is not None:
            delta.append(moved)
    return words, delta


def _own_words(trial: Trial) -> str:
    return "\n".join([*(document.text for document in trial.history), trial.gold])


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)
