"""Tuning: it finds what the texts were made with, and knows when it does not know."""

from __future__ import annotations

import numpy as np
import pytest

from costeer_cli.errors import UsageError
from costeer_cli.evaluation.likelihood import Reading
from costeer_cli.evaluation.tuning import KNOBS, Tuned, held, thinned
from costeer_cli.evaluation.tuning import tune as search
from costeer_cli.steering.completion import Evidence, Tail
from costeer_cli.steering.policy import Policy
from costeer_cli.steering.position import Candidate, Position
from costeer_cli.steering.vocabulary import Vocabulary

WORDS = [f"w{n}".encode() for n in range(30)]


def reading(strength: float, seed: int, length: int = 60) -> Reading:
    """A text drawn from a cloud that is steered with a known strength."""
    rng = np.random.default_rng(seed)
    positions, evidence = [], []
    for _ in range(length):
        cloud = np.log(rng.dirichlet(np.full(len(WORDS), 0.5)) + 1e-9)
        cloud -= np.log(np.exp(cloud).sum())
        delta = rng.normal(0.0, 1.0, len(WORDS))
        steered = np.exp(cloud + strength * delta)
        chosen = int(rng.choice(len(WORDS), p=steered / steered.sum()))
        candidates = tuple(
            Candidate(word, n, float(value))
            for n, (word, value) in enumerate(zip(WORDS, cloud, strict=True))
        )
        positions.append(Position(candidates[chosen], candidates))
        evidence.append(Evidence(delta))
    return Reading(tuple(positions), tuple(evidence))


def texts(strength: float, many: int = 10) -> list[Reading]:
    return [reading(strength, seed) for seed in range(many)]


STRENGTH = {"strength": (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)}


def tune(readings, usual, progress, knobs=STRENGTH):  # type: ignore[no-untyped-def]
    """The strength alone, where nothing else is said."""
    return search(readings, usual, progress, knobs)


def silent(_done: int, _total: int) -> None:
    pass


@pytest.mark.parametrize("truth", [0.0, 0.4, 0.8, 1.3])
def test_it_finds_what_the_texts_were_made_with(truth: float) -> None:
    found = tune(texts(truth, 16), Policy(0.5), silent)
    assert found.values["strength"] == pytest.approx(truth, abs=0.15)
    low, high = found.ranges["strength"]
    assert low <= found.values["strength"] <= high
    assert low - 0.1 <= truth <= high + 0.1
    assert high - low < 0.6


def test_it_is_sure_where_the_settings_are_far_off() -> None:
    found = tune(texts(1.0), Policy(0.0), silent)
    assert found.sure
    assert found.gain.value < -0.1
    assert found.tuned < found.usual == pytest.approx(found.alone)


def test_it_is_not_sure_where_the_settings_are_right() -> None:
    found = tune(texts(0.5), Policy(0.5), silent)
    assert not found.sure
    assert abs(found.gain.value) < 0.02


def test_it_judges_by_texts_that_had_no_say() -> None:
    mixed = [reading(0.0 if n % 2 else 1.5, n) for n in range(8)]
    found = tune(mixed, Policy(0.75), silent)
    assert found.tuned > found.usual + 0.1  # each half is judged by what suits the other
    assert 0.4 < found.values["strength"] < 1.1


def test_texts_that_nothing_personal_explains() -> None:
    rng = np.random.default_rng(1)
    shuffled = [
        Reading(one.positions, tuple(Evidence(rng.permutation(e.listed)) for e in one.evidence))
        for one in texts(1.0)
    ]
    found = tune(shuffled, Policy(1.0), silent)
    assert found.values["strength"] == pytest.approx(0.0, abs=0.2)
    assert found.sure


def test_more_texts_make_it_surer() -> None:
    def width(found: Tuned) -> float:
        low, high = found.ranges["strength"]
        return high - low

    assert width(tune(texts(0.8, 24), Policy(), silent)) < width(
        tune(texts(0.8, 4), Policy(), silent)
    )


def test_all_but_the_knobs_is_kept() -> None:
    found = tune(texts(3.0, 6), Policy(0.5, clip=0.01), silent)
    assert found.alone - found.tuned <= 0.01 + 1e-9


def test_other_knobs() -> None:
    knobs = {"strength": (0.0, 0.5, 1.0), "clip": (0.5, 4.0)}
    found = tune(texts(1.0, 6), Policy(), silent, knobs)
    assert found.values.keys() == found.ranges.keys() == knobs.keys()
    assert found.values["clip"] > 0.5


@pytest.mark.parametrize("many", [0, 1, 3])
def test_too_few_texts(many: int) -> None:
    with pytest.raises(UsageError, match=f"there are {many}"):
        tune(texts(0.5, many), Policy(), silent)


def test_progress() -> None:
    told: list[tuple[int, int]] = []
    tune(texts(0.5, 4), Policy(), lambda *said: told.append(said))
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_the_same_texts_the_same_answer() -> None:
    assert tune(texts(0.7, 6), Policy(), silent) == tune(texts(0.7, 6), Policy(), silent)


def test_thinning_changes_next_to_nothing() -> None:
    rng = np.random.default_rng(5)
    size = 6000
    vocabulary = Vocabulary(tuple(f"t{n}".encode() for n in range(size)), 0)
    shape = np.sort(rng.normal(-12.0, 3.0, size))[::-1].copy()
    shape -= np.log(np.exp(shape).sum())
    tail = Tail(vocabulary, np.arange(size), shape, rng.normal(0, 0.5, size), shared=False)
    listed = tuple(Candidate(w, None, float(np.log(0.03))) for w in WORDS[:20])
    one = Reading((Position(listed[0], listed),), (Evidence(np.linspace(-1, 1, 20), tail),))
    thin = thinned(one, 1000)
    kept = thin.evidence[0].tail
    assert kept is not None
    assert len(kept.ids) == len(kept.shape) == len(kept.delta) == 1000
    assert (np.diff(kept.ids) > 0).all()
    whole, less = one.steered(Policy(1.0)).nats, thin.steered(Policy(1.0)).nats
    assert less == pytest.approx(whole, abs=0.02)
    assert thinned(thin, 1000).evidence[0] is thin.evidence[0]
    nearer = thinned(one, 4000).steered(Policy(1.0)).nats
    assert abs(nearer - whole) < abs(less - whole)


def test_without_a_tail_nothing_is_thinned() -> None:
    one = reading(0.5, 1, 3)
    assert thinned(one, 5).evidence == one.evidence


def softened(strength: float, soften: float, seed: int, length: int = 60) -> Reading:
    """A text from a cloud that is less sure than it says."""
    rng = np.random.default_rng(seed)
    one = reading(strength, seed, length)
    positions = []
    for position, evidence in zip(one.positions, one.evidence, strict=True):
        cloud = np.array([c.logprob for c in position.candidates])
        steered = np.exp((1 - soften) * cloud + strength * evidence.listed)
        chosen = int(rng.choice(len(WORDS), p=steered / steered.sum()))
        positions.append(Position(position.candidates[chosen], position.candidates))
    return Reading(tuple(positions), one.evidence)


def test_all_knobs_are_found_together() -> None:
    made = [softened(0.8, 0.2, seed) for seed in range(12)]
    found = search(made, Policy(0.8), silent)
    assert found.values.keys() == KNOBS.keys()
    assert found.values["strength"] == pytest.approx(0.8, abs=0.2)
    assert found.values["soften"] == pytest.approx(0.2, abs=0.1)
    assert found.sure


def test_every_knob_is_one_of_the_policy_and_of_a_profile() -> None:
    from dataclasses import fields  # noqa: PLC0415

    from costeer_cli.personal.profile import parse_profile  # noqa: PLC0415

    assert KNOBS.keys() <= {field.name for field in fields(Policy)}
    toml = 'name = "jo"\n[defaults]\n' + "".join(f"{name} = 0.1\n" for name in KNOBS)
    assert parse_profile(toml, "jo").defaults.keys() == KNOBS.keys()


def test_what_is_held_fits_into_memory() -> None:
    assert held(0) == held(10) == held(2000) == 6000
    for positions in (2500, 10_000, 10**6, 10**9):
        assert 1 <= held(positions) < 6000
        assert positions * held(positions) * 24 < 300e6 or held(positions) == 1
