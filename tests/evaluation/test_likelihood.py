"""Likelihood: sums that come out right, and laws of steering seen through them."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import pytest

from costeer_cli.errors import TooLongError, UsageError
from costeer_cli.evaluation.likelihood import Likelihood, Reading, read, weighed
from costeer_cli.local.scorer import PairedScorer
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.models.reader import Reader
from costeer_cli.steering.policy import Policy

CHAT = [{"role": "user", "content": "Write a short note."}]
PRIVATE = [{"role": "system", "content": "The kettle sings."}, *CHAT]
TEXT = "The kettle sings before the house is awake, and it rained both ways."


@pytest.fixture
def reading(one_model: LanguageModel) -> Reading:
    return read(one_model, CHAT, TEXT)


def test_it_is_the_sum_over_the_tokens(one_model: LanguageModel, reading: Reading) -> None:
    ids = one_model.encode(TEXT)
    reader = Reader(one_model, [one_model.render(CHAT)])
    nats = -float(reader.first[0][ids[0]])
    for token, following in pairwise(ids):
        nats -= float(reader.read([token])[0, -1][following])
    assert reading.cloud.nats == pytest.approx(nats, rel=1e-4)
    assert (reading.cloud.tokens, reading.cloud.bytes) == (len(ids), len(TEXT.encode()))


def test_every_position_lists_what_stands_there(reading: Reading) -> None:
    assert b"".join(p.chosen.text for p in reading.positions) == TEXT.encode()
    for position in reading.positions:
        assert position.chosen in position.candidates
        assert 20 <= len(position.candidates) <= 21
        assert len({c.id for c in position.candidates}) == len(position.candidates)


def test_units() -> None:
    found = Likelihood(nats=math.log(2) * 12, tokens=4, bytes=6)
    assert found.nll == pytest.approx(3 * math.log(2))
    assert found.bits_per_byte == pytest.approx(2.0)


def test_strength_0_is_the_cloud(one_model: LanguageModel, reading: Reading) -> None:
    both = weighed(reading, PairedScorer(one_model, PRIVATE, CHAT))
    assert both.steered(Policy(0.0)).nats == pytest.approx(both.cloud.nats)


def test_full_strength_with_itself_is_the_model_with_context(one_model: LanguageModel) -> None:
    reading = read(one_model, CHAT, TEXT, listed=len(one_model.vocabulary))
    both = weighed(reading, PairedScorer(one_model, PRIVATE, CHAT))
    told = read(one_model, PRIVATE, TEXT)
    steered = both.steered(Policy(1.0, clip=math.inf))
    assert steered.nats == pytest.approx(told.cloud.nats, rel=1e-4)
    assert steered.nats != pytest.approx(both.cloud.nats, rel=0.001)


def test_the_clip_bounds_the_gain(
    one_model: LanguageModel, other_model: LanguageModel, reading: Reading
) -> None:
    both = weighed(reading, PairedScorer(other_model, PRIVATE, CHAT))
    for clip in (0.0, 0.1, 1.0):
        moved = both.steered(Policy(3.0, clip=clip)).nats - both.cloud.nats
        assert abs(moved) <= clip * both.cloud.tokens + 1e-6


def test_bytes_and_ids_say_much_the_same(one_model: LanguageModel, reading: Reading) -> None:
    bare = tuple(
        replace(p, chosen=cs[0], candidates=cs)
        for p in reading.positions
        if (cs := tuple(replace(c, id=None) for c in p.candidates))
    )
    by_ids = weighed(reading, PairedScorer(one_model, PRIVATE, CHAT)).steered(Policy(0.5))
    scorer = PairedScorer(one_model, PRIVATE, CHAT)
    by_bytes = weighed(replace(reading, positions=bare), scorer).steered(Policy(0.5))
    assert scorer.shares_tokens is False
    assert by_bytes.tokens == by_ids.tokens
    assert by_bytes.nll == pytest.approx(by_ids.nll, abs=0.3)


def test_evidence_is_for_every_position(other_model: LanguageModel, reading: Reading) -> None:
    both = weighed(reading, PairedScorer(other_model, PRIVATE, CHAT))
    assert len(both.evidence) == len(both.positions) > 8
    for position, evidence in zip(both.positions, both.evidence, strict=True):
        assert len(evidence.listed) == len(position.candidates)


def test_without_evidence_there_is_nothing_to_steer(reading: Reading) -> None:
    with pytest.raises(ValueError, match="zip"):
        reading.steered(Policy(0.5))


def test_a_text_of_one_token(one_model: LanguageModel) -> None:
    found = read(one_model, CHAT, "T")
    assert found.cloud.tokens == 1


def test_an_empty_text(one_model: LanguageModel) -> None:
    with pytest.raises(UsageError, match="empty"):
        read(one_model, CHAT, "")


def test_a_text_that_does_not_fit(one_model: LanguageModel) -> None:
    with pytest.raises(TooLongError):
        read(one_model, CHAT, "kettle " * 3000)
