"""Ranks and bits, decoys, and texts under contexts of a small random model."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.models.language_model import LanguageModel, load_model
from costeer_cli.models.reader import Reader
from costeer_cli.privacy.audit.decoys import decoys, kind_of
from costeer_cli.privacy.audit.exposure import Score, exposure
from costeer_cli.privacy.audit.likelihood import Likelihood
from costeer_cli.steering.choice import Choice
from costeer_cli.steering.policy import Policy
from tests.models import tiny

SCORES = st.floats(-50, 50, allow_nan=False)


def scores(*values: float) -> list[Score]:
    return [Score(value, -value) for value in values]


def test_the_best_of_sixteen_is_four_bits() -> None:
    found = exposure(Score(3.0, 0.0), scores(*range(-13, 2)))
    assert (found.contexts, found.rank_steered, found.rank) == (16, 1, 1)
    assert (found.bits, found.most, found.margin) == (4.0, 4.0, 2.0)
    assert "would pick the true value" in found.meaning
    assert "1 in 16" in found.meaning


def test_the_better_adversary_counts() -> None:
    found = exposure(Score(0.0, 9.0), [Score(1.0, 1.0)] * 3)
    assert (found.rank_steered, found.rank_local, found.bits) == (4, 1, 2.0)
    assert found.margin == -1.0


def test_a_tie_tells_nothing() -> None:
    found = exposure(Score(0.0, 0.0), [Score(0.0, 0.0)] * 15)
    assert (found.rank, found.bits) == (16, 0.0)
    assert found.posterior == pytest.approx(1 / 16)
    assert "does not give the fact away" in found.meaning


def test_in_between() -> None:
    found = exposure(Score(0.0, -9.0), [Score(1.0, 0.0), *[Score(-1.0, 0.0)] * 6])
    assert (found.rank_steered, found.rank_local, found.bits) == (2, 8, 2.0)
    assert "2 in 8" in found.meaning


def test_nothing_to_compare_with_is_an_error() -> None:
    with pytest.raises(ValueError, match="nothing"):
        exposure(Score(0, 0), [])


@given(st.tuples(SCORES, SCORES), st.lists(st.tuples(SCORES, SCORES), min_size=1, max_size=30))
def test_bits_lie_between_none_and_all(
    true: tuple[float, float], others: list[tuple[float, float]]
) -> None:
    found = exposure(Score(*true), [Score(*other) for other in others])
    assert 0.0 <= found.bits <= found.most == math.log2(len(others) + 1)
    assert 0.0 <= found.posterior <= 1.0
    assert found.as_dict()["rank"] == min(found.rank_steered, found.rank_local)
    assert (found.margin > 1e-9) == (found.rank_steered == 1)


@pytest.mark.parametrize(
    ("fact", "kind"),
    [
        ("Otis", "name"),
        ("Mara Lindqvist", "name"),
        ("Oslo", "city"),
        ("oslo", "city"),
        ("nurse", "profession"),
        ("Nurse", "profession"),
        ("beekeeper", "profession"),
        ("4711", "number"),
        ("+46 70 555", "number"),
        ("2024-05-17", "number"),
    ],
)
def test_decoys_are_of_the_same_kind_and_others(fact: str, kind: str) -> None:
    assert kind_of(fact) == kind
    found = decoys(fact, 15)
    assert len(found) == len({value.casefold() for value in found}) == 15
    assert fact.casefold() not in {value.casefold() for value in found}
    assert found == decoys(fact, 15)
    assert {value.islower() for value in found} == {fact.islower()}
    if kind == "number":
        assert {len(value) for value in found} == {len(fact)}
        shapes = {"".join("0" if c.isdigit() else c for c in v) for v in [fact, *found]}
        assert len(shapes) == 1
    if kind == "name":
        assert {len(value.split()) for value in found} == {len(fact.split())}


def test_a_short_number_has_few_others() -> None:
    assert len(decoys("7", 15)) == 9


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> LanguageModel:
    network = tiny.llama(max_position_embeddings=400)
    folder = tiny.save(tmp_path_factory.mktemp("exposure") / "m", network, tiny.tokenizer())
    return load_model(folder, "small", "cpu")


PUBLIC = [{"role": "user", "content": "Write a short note."}]


def private(fact: str) -> list[dict[str, str]]:
    return [{"role": "system", "content": f"The writer has a {fact}."}, *PUBLIC]


def text(model: LanguageModel, said: str, *, ends: bool = False) -> list[Choice]:
    found = [
        Choice(model.vocabulary.text(i), i, "cloud", -1.5, 0.1, -1.4, 0) for i in model.encode(said)
    ]
    return [*found, Choice(b"", None, "cloud", -0.5, 0.1, -0.4, 0)] if ends else found


def rows(model: LanguageModel, prompt: list[dict[str, str]], ids: list[int]) -> list[list[float]]:
    """Log-probabilities before each token, read one by one."""
    reader = Reader(model, [model.render(prompt)])
    found = [reader.first[0].tolist()]
    for token in ids[:-1]:
        found.append(reader.read([token])[0, -1].tolist())
    return found


@pytest.mark.parametrize("length", [1, 12])
def test_the_local_score_is_the_models_own(small: LanguageModel, length: int) -> None:
    choices = text(small, "The kettle sings before the house. " * length)
    ids = [choice.id or 0 for choice in choices]
    assert length == 1 or len(ids) > 60  # several blocks
    score = Likelihood(small, PUBLIC, choices, Policy(1.0)).score(private("heron"))
    own = [row[token] for row, token in zip(rows(small, private("heron"), ids), ids, strict=True)]
    assert score.local == pytest.approx(math.fsum(own), abs=1e-2)


def test_the_steered_score_is_the_ratio_of_the_policy(small: LanguageModel) -> None:
    import numpy as np  # noqa: PLC0415

    choices = [replace(c, cloud_logprob=None) for c in text(small, "Dear Ana", ends=True)]
    ids = [small.vocabulary.end if c.ends else c.id or 0 for c in choices]
    with_it, without = (np.array(rows(small, prompt, ids)) for prompt in (private("heron"), PUBLIC))
    strength, wanted = 0.8, 0.0
    possible = np.isfinite(without[0])
    for a, b, token in zip(with_it[:, possible], without[:, possible], ids, strict=True):
        place = int(possible[:token].sum())
        level = math.log(np.exp(b + strength * (a - b)).sum())
        wanted += strength * float((a - b)[place]) - level
    policy = Policy(strength, clip=math.inf)
    assert Likelihood(small, PUBLIC, choices, policy).score(private("heron")).steered == (
        pytest.approx(wanted, abs=1e-3)
    )


def test_a_clip_bounds_each_token(small: LanguageModel) -> None:
    choices = text(small, "Dear Ana, thank you for the plums.")
    score = Likelihood(small, PUBLIC, choices, Policy(50.0, clip=0.25)).score(private("heron"))
    assert abs(score.steered) <= 0.25 * len(choices) + 1e-6


def test_what_no_context_could_move_tells_nothing(small: LanguageModel) -> None:
    choices = text(small, "Dear Ana, thank you.")
    sure = [replace(choice, delta=None) for choice in choices]
    free = [replace(choice, cost=0.0) for choice in choices]
    for quiet in (sure, free):
        assert Likelihood(small, PUBLIC, quiet, Policy(1.0)).score(private("x")) == Score(0, 0)
    assert Likelihood(small, PUBLIC, choices, Policy(0.0)).score(private("x")).steered == 0.0


def test_a_budget_narrows_what_a_sampled_token_could_move(small: LanguageModel) -> None:
    choices = [replace(c, cost=0.02) for c in text(small, "Dear Ana, thank you.")]
    sampled = Policy(50.0, temperature=1.0)
    score = Likelihood(small, PUBLIC, choices, sampled).score(private("heron"))
    assert abs(score.steered) <= 0.01 * len(choices) + 1e-6


def test_tokens_of_another_model_are_read_as_text(small: LanguageModel) -> None:
    said = "Dear Ana, thank you."
    foreign = [Choice(c.encode(), 9_999, "cloud", -1.0, 0.1, -1.0, 0) for c in said]
    known = Likelihood(small, PUBLIC, text(small, said), Policy(1.0))
    other = Likelihood(small, PUBLIC, foreign, Policy(1.0))
    assert len(known) == len(other) == len(small.encode(said))
    assert known.score(private("x")).local == pytest.approx(other.score(private("x")).local)


def test_the_context_that_wrote_the_text_fits_it_best(small: LanguageModel) -> None:
    """Text drawn greedily from the model under one context is likeliest under that one."""
    reader = Reader(small, [small.render(private("heron"))])
    row, ids = reader.first[0], []
    for _ in range(60):
        ids.append(int(row.argmax()))
        if ids[-1] == small.vocabulary.end:
            break
        row = reader.read([ids[-1]])[0, -1]
    choices = [Choice(small.vocabulary.text(i), i, "local", None, None, None, 0) for i in ids]
    likelihood = Likelihood(small, PUBLIC, choices, Policy(1.0))
    found = exposure(
        likelihood.score(private("heron")),
        [likelihood.score(private(f)) for f in ("cat", "plum", "house by the weir", "jam")],
    )
    assert found.rank == 1
