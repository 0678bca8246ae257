"""A run: every system on every trial, nothing twice, nothing sent that must not be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from costeer_cli.errors import ProviderUnreachableError, UsageError
from costeer_cli.evaluation.outcome import Notebook, Outcome
from costeer_cli.evaluation.people import Trial, of_file
from costeer_cli.evaluation.run import Bench, Settings, one_shot, run, weigh
from costeer_cli.evaluation.systems import Kind, System, systems
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.personal.context import Example, PrivateContext
from costeer_cli.privacy.outbound.door import embedded_cloud
from costeer_cli.steering.policy import Policy
from tests.evaluation.conftest import prose

Made = Callable[..., Bench]
SETTINGS = Settings(max_tokens=6, gold_tokens=12, context_tokens=500)
ALL = systems(Policy(0.5), [1.0], send_context=True)


@pytest.fixture
def trials(dataset: Path) -> tuple[Trial, ...]:
    return of_file(dataset).all[:2]


@pytest.fixture
def sent() -> list[tuple[Any, ...]]:
    return []


@pytest.fixture
def bench(
    one_model: LanguageModel, other_model: LanguageModel, sent: list[tuple[Any, ...]]
) -> Bench:
    def log(*request: Any) -> None:
        sent.append(request)

    return Bench(one_model, embedded_cloud(other_model), other_model, log, SETTINGS)


def silent(_done: int, _total: int, _what: str) -> None:
    pass


def outcomes(
    bench: Bench, trials: Sequence[Trial], chosen: Sequence[System], root: Path
) -> list[Outcome]:
    return list(run(bench, trials, chosen, Notebook(root, bench.describe()), silent))


def test_every_system_on_every_trial(bench: Bench, trials: Sequence[Trial], tmp_path: Path) -> None:
    found = outcomes(bench, trials, ALL, tmp_path)
    assert [(o.trial, o.system) for o in found] == [(t.id, s.name) for t in trials for s in ALL]
    for outcome in found:
        assert outcome.nats is not None
        assert outcome.nats > 0
        assert outcome.gold_tokens is not None
        assert 10 <= outcome.gold_tokens <= 14
        assert outcome.tokens is not None
        assert outcome.tokens <= 6
        assert outcome.rouge_l is not None
        assert outcome.text is not None


def test_all_read_the_same_piece_of_the_text(
    bench: Bench, trials: Sequence[Trial], tmp_path: Path
) -> None:
    found = outcomes(bench, trials[:1], ALL, tmp_path)
    assert len({(o.gold_tokens, o.gold_bytes) for o in found}) == 1
    assert len({o.nats for o in found}) == len(ALL)


def test_it_goes_on_where_it_was_broken_off(
    bench: Bench, trials: Sequence[Trial], tmp_path: Path, sent: list[tuple[Any, ...]]
) -> None:
    notes = Notebook(tmp_path, bench.describe())
    running = run(bench, trials, ALL, notes, silent)
    first = [next(running) for _ in range(3)]
    running.close()  # Ctrl-C
    before = len(sent)
    again = outcomes(bench, trials, ALL, tmp_path)
    assert again[:3] == first
    assert len(sent) > before
    before = len(sent)
    assert outcomes(bench, trials, ALL, tmp_path) == again
    assert len(sent) == before


def test_what_changed_is_measured_anew(
    bench: Bench, trials: Sequence[Trial], tmp_path: Path
) -> None:
    (steered,) = [s for s in ALL if s.name == "steered s=1"]
    one = outcomes(bench, trials[:1], [steered], tmp_path)
    clipped = replace(steered, policy=replace(steered.policy, clip=0.1))
    other = outcomes(bench, trials[:1], [clipped], tmp_path)
    assert one[0].nats != other[0].nats
    fewer = replace(trials[0], history=trials[0].history[:1])
    assert outcomes(bench, [fewer], [steered], tmp_path)[0].nats != one[0].nats


def test_the_cloud_sees_nothing_private(
    bench: Bench, trials: Sequence[Trial], tmp_path: Path, sent: list[tuple[Any, ...]]
) -> None:
    chosen = [s for s in ALL if s.kind is not Kind.EVERYTHING]
    outcomes(bench, trials, chosen, tmp_path)
    said = b"".join(request[-1] for request in sent).decode()
    assert "about day 1" in said
    assert "Otis" not in said
    assert "Mara Roe" not in said
    assert prose(10)[:60] not in said


def test_what_this_process_is_told_is_not_sent(
    bench: Bench, trials: Sequence[Trial], tmp_path: Path, sent: list[tuple[Any, ...]]
) -> None:
    outcomes(bench, trials, [s for s in ALL if s.kind is Kind.EVERYTHING], tmp_path)
    assert not sent


def test_a_cloud_that_is_told_everything_is_sent_it(
    bench: Bench, trials: Sequence[Trial], tmp_path: Path, sent: list[tuple[Any, ...]]
) -> None:
    elsewhere = replace(bench, scoring=None)
    (told,) = [s for s in ALL if s.kind is Kind.EVERYTHING]
    (outcome,) = outcomes(elsewhere, trials[:1], [told], tmp_path)
    said = b"".join(request[-1] for request in sent).decode()
    assert "Otis" in said
    assert outcome.nats is None
    assert outcome.text


def test_likelihood_alone_and_texts_alone(
    bench: Bench, trials: Sequence[Trial], tmp_path: Path, sent: list[tuple[Any, ...]]
) -> None:
    scores = replace(bench, settings=replace(SETTINGS, max_tokens=0))
    (outcome, *_) = outcomes(scores, trials[:1], ALL, tmp_path / "a")
    assert not sent
    assert outcome.text is None
    assert outcome.nats is not None
    texts = replace(bench, settings=replace(SETTINGS, gold_tokens=0))
    (outcome, *_) = outcomes(texts, trials[:1], ALL[:1], tmp_path / "b")
    assert outcome.nats is None
    assert outcome.text is not None


def test_strength_0_writes_what_the_cloud_writes(
    bench: Bench, trials: Sequence[Trial], tmp_path: Path
) -> None:
    nothing = System("steered s=0", Kind.STEERED, Policy(0.0))
    plain, steered = outcomes(bench, trials[:1], [ALL[0], nothing], tmp_path)
    assert plain.text == steered.text
    assert steered.nats == pytest.approx(plain.nats)
    assert steered.steered == 0


def test_a_cloud_that_stays_away_loses_nothing(
    bench: Bench, trials: Sequence[Trial], tmp_path: Path
) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise ProviderUnreachableError("Nobody answers.")

    broken = replace(bench, cloud=replace(bench.cloud, open=fails))
    notes = Notebook(tmp_path, bench.describe())
    local_first = [ALL[1], ALL[0]]
    running = run(broken, trials, local_first, notes, silent)
    kept = next(running)
    with pytest.raises(ProviderUnreachableError):
        next(running)
    assert outcomes(bench, trials, local_first, tmp_path)[0] == kept


def test_progress_is_told(bench: Bench, trials: Sequence[Trial], tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    notes = Notebook(tmp_path, {})
    list(run(bench, trials, ALL[:2], notes, lambda *said: told.append(said)))
    assert [done for done, _, _ in told] == [0, 1, 2, 3, 4]
    assert {total for _, total, _ in told} == {4}


def test_one_prompt_with_everything() -> None:
    context = PrivateContext("About: Otis.", (Example("Asked 1", "One"), Example("Asked 2", "Two")))
    said = one_shot(context, "Write.")
    assert said.index("Otis") < said.index("Two") < said.index("One") < said.index("Write.")
    assert one_shot(PrivateContext(), "Write.") == "Write."


def test_a_text_is_weighed_as_it_is_measured(
    bench: Bench, trials: Sequence[Trial], tmp_path: Path
) -> None:
    reading = weigh(bench, trials[0])
    (steered,) = [s for s in ALL if s.name == "steered s=1"]
    (outcome,) = outcomes(bench, trials[:1], [steered], tmp_path)
    assert reading.steered(steered.policy).nats == pytest.approx(outcome.nats)
    assert len(reading.evidence) == len(reading.positions) == outcome.gold_tokens


def test_a_cloud_elsewhere_weighs_nothing(bench: Bench, trials: Sequence[Trial]) -> None:
    with pytest.raises(UsageError, match="without being sent"):
        weigh(replace(bench, scoring=None), trials[0])
