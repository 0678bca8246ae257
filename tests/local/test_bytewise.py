"""Deltas by bytes: equal to plain enumeration, and a function of the bytes alone."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.local.byte_index import ByteIndex
from costeer_cli.local.bytewise import Bytewise
from costeer_cli.local.covers import ExhaustiveCovers
from costeer_cli.local.scorer import PairedScorer
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.steering.choice import Choice
from costeer_cli.steering.completion import Evidence
from costeer_cli.steering.position import Candidate, Position
from costeer_cli.steering.vocabulary import Vocabulary
from tests.local.table import Table, TableReader

PUBLIC = [{"role": "user", "content": "Write one line to a friend."}]
PRIVATE = [{"role": "system", "content": "Writes curtly; keeps a horse called Moss."}, *PUBLIC]

pieces = st.text("abc", min_size=2, max_size=3)
vocabularies = st.sets(pieces, max_size=6).map(
    lambda more: Vocabulary((b"", b"a", b"b", b"c", None, *sorted(m.encode() for m in more)), 0)
)
texts = st.text("abc", max_size=5).map(str.encode)
tokens = st.text("abc", min_size=1, max_size=4).map(str.encode)


def positioned(drafted: bytes, *others: bytes) -> Position:
    """A position whose cloud drafted some bytes, listing others beside them."""
    listed = list(dict.fromkeys([drafted, *others]))
    share = math.log(0.9 / len(listed))
    candidates = tuple(Candidate(text, None, share) for text in listed)
    return Position(candidates[0], candidates)


def scoring(table: Table) -> tuple[Bytewise, TableReader]:
    index, reader = ByteIndex(table.vocabulary), TableReader(table)
    return Bytewise(cast(Any, reader), ExhaustiveCovers(index), index), reader


@given(vocabularies, texts, st.lists(tokens, min_size=1, max_size=4), st.integers(0, 99))
def test_it_is_what_enumeration_gives(
    vocabulary: Vocabulary, text: bytes, candidates: list[bytes], seed: int
) -> None:
    table = Table(vocabulary, seed)
    scorer, _ = scoring(table)
    position = positioned(*candidates, b"")
    (evidence,) = scorer.score(text, [position])
    before = table.prefix(text)
    for candidate, delta in zip(position.candidates, evidence.listed, strict=True):
        whole = text + candidate.text
        after = table.exactly(whole) if candidate.ends else table.prefix(whole)
        with_context, without = after - before
        # The table is float64 and what is read from a model float32: 1e-7 of each of some terms.
        assert delta == pytest.approx(with_context - without, abs=5e-6)


@given(vocabularies, texts, st.lists(tokens, min_size=2, max_size=4), st.integers(0, 99))
def test_a_block_is_scored_as_its_positions_one_by_one(
    vocabulary: Vocabulary, text: bytes, drafted: list[bytes], seed: int
) -> None:
    table = Table(vocabulary, seed)
    block = [positioned(piece, b"a", b"cb") for piece in drafted]
    at_once = scoring(table)[0].score(text, block)
    one_by_one, start = [], text
    single, _ = scoring(table)
    for position in block:
        one_by_one += single.score(start, [position])
        start += position.chosen.text
    same(at_once, one_by_one, 1e-9)


@given(vocabularies, texts, st.integers(0, 99), st.data())
def test_how_the_cloud_cuts_the_text_changes_nothing(
    vocabulary: Vocabulary, text: bytes, seed: int, data: st.DataObject
) -> None:
    table = Table(vocabulary, seed)
    cuts = sorted(data.draw(st.sets(st.integers(1, max(len(text) - 1, 1)))))
    edges = [0, *(cut for cut in cuts if cut < len(text)), len(text)]
    drafted = [text[a:b] for a, b in itertools.pairwise(edges) if b > a]
    asked = positioned(b"ab", b"c", b"")
    whole = scoring(table)[0].score(text, [asked])
    cut, _ = scoring(table)
    *_, last = cut.score(b"", [*(positioned(piece) for piece in drafted), asked])
    same(whole, [last], 1e-9)


@given(vocabularies, st.integers(0, 99))
def test_two_tokenizers_of_one_language_steer_alike(vocabulary: Vocabulary, seed: int) -> None:
    """A cloud that writes letters, steered by bytes, gives the language of letters steered."""
    table = Table(vocabulary, seed)
    scorer, _ = scoring(table)
    letters = [b"a", b"b", b"c", b""]
    cloud = np.log([0.4, 0.3, 0.2, 0.1])
    position = Position(
        Candidate(b"a", None, cloud[0]),
        tuple(Candidate(t, None, p) for t, p in zip(letters, cloud, strict=True)),
    )
    (evidence,) = scorer.score(b"ab", [position])
    steered = cloud + 0.5 * evidence.listed
    direct = []
    for letter in letters:
        after = table.prefix(b"ab" + letter) if letter else table.exactly(b"ab")
        one, two = after - table.prefix(b"ab")
        direct.append(math.log(cloud_of(letter, letters, cloud)) + 0.5 * (one - two))
    np.testing.assert_allclose(normalised(steered), normalised(np.array(direct)), atol=1e-6)


def cloud_of(letter: bytes, letters: list[bytes], cloud: Any) -> float:
    return math.exp(cloud[letters.index(letter)])


def normalised(scores: Any) -> Any:
    return scores - np.logaddexp.reduce(scores)


def same(one: Sequence[Evidence], other: Sequence[Evidence], atol: float) -> None:
    for a, b in zip(one, other, strict=True):
        np.testing.assert_allclose(a.listed, b.listed, atol=atol, rtol=0)
        assert (a.tail is None) == (b.tail is None)
        if a.tail is not None and b.tail is not None:
            np.testing.assert_allclose(a.tail.delta, b.tail.delta, atol=atol, rtol=0)


def accepted(scorer: PairedScorer, *texts: bytes) -> PairedScorer:
    for text in texts:
        scorer.accept(Choice(text, None, "cloud", -0.1, None, -0.1, 0))
    return scorer


class TestOnTheRealModel:
    """The tokenizer's own covers, token trees and KV caches."""

    pytestmark = pytest.mark.model
    TEXT = "Moss says hello 🐴; the plums are ripe — 熟れた.\r\n  Yours, naïve Ana".encode()

    @pytest.fixture
    def scorer(self, model: LanguageModel) -> PairedScorer:
        return PairedScorer(model, PRIVATE, PUBLIC)

    @pytest.mark.parametrize("seed", range(2))
    def test_any_cutting_gives_the_same_numbers(
        self, model: LanguageModel, scorer: PairedScorer, seed: int
    ) -> None:
        random = np.random.default_rng(seed)
        cuts = sorted(random.choice(np.arange(1, len(self.TEXT)), 25, replace=False).tolist())
        edges = [0, *cuts, len(self.TEXT)]
        drafted = [self.TEXT[a:b] for a, b in itertools.pairwise(edges)]
        ask = positioned(b" Moss", b" and", b"", b"\xf0\x9f", b" Philadelphia")
        block = [positioned(piece, b" horse", b"") for piece in drafted]
        evidence = scorer.score([*block, ask])
        other = accepted(PairedScorer(model, PRIVATE, PUBLIC), self.TEXT)
        same([evidence[-1]], other.score([ask]), 5e-3)
        third = PairedScorer(model, PRIVATE, PUBLIC)
        found = []
        for i in range(0, len(block), 4):
            found += third.score(block[i : i + 4])
            accepted(third, *drafted[i : i + 4])
        same(evidence[:-1], found, 5e-3)

    def test_the_next_byte_is_a_distribution(self, scorer: PairedScorer) -> None:
        """All bytes and the end share the mass of what may follow, but for covers the tokenizer
        would not make."""
        text = b"Moss says hel"
        accepted(scorer, text)
        position = positioned(*(bytes([byte]) for byte in range(256)))
        scorer.score([position])
        bytewise = scorer._bytewise
        asked = bytewise._asked(text, position)
        anchor = min(len(cover.path) for cover in asked.covers)
        before = bytewise._total(asked.before, anchor)
        total = np.logaddexp.reduce(
            [bytewise._total(covers, anchor) for covers in asked.candidates]
            + [bytewise._total(asked.whole, anchor, ends=True)]
        )
        np.testing.assert_allclose(total - before, 0.0, atol=0.02)

    def test_a_word_cut_in_the_middle_is_still_that_word(self, scorer: PairedScorer) -> None:
        """The name is in the context: its last letters are likelier for that, cut wherever."""
        accepted(scorer, b"My horse is called M")
        (evidence,) = scorer.score([positioned(b"oss", b"ary", b"ax")])
        assert evidence.listed[0] > 1.0
        assert evidence.listed[0] > evidence.listed[1:].max() + 1.0

    def test_the_text_is_read_once(
        self, model: LanguageModel, scorer: PairedScorer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = model.encode("The plums are ripe, and the jam has set. " * 4)
        pieces = [model.vocabulary.text(i) for i in text]
        scorer.score([positioned(pieces[0], b" x")])
        reader, read = scorer._reader, []
        branch = reader.branch

        def counted(tokens: Sequence[int], parents: Sequence[int]) -> Any:
            read.append(len(tokens))
            return branch(tokens, parents)

        monkeypatch.setattr(reader, "branch", counted)
        for i in range(0, len(pieces), 4):
            scorer.score([positioned(piece, b" x") for piece in pieces[i : i + 4]])
            accepted(scorer, *pieces[i : i + 4])
        assert sum(read) < 1.6 * len(pieces)
        assert max(read) <= 12
