"""What is found in texts, held to a labelled set; and that looking costs next to nothing."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.privacy.vault.detecting import apart, found_in
from costeer_cli.privacy.vault.kinds import Kind, Span
from tests.privacy.vault import heldout, labelled

PROSE = (
    "The old harbour was quiet in the morning, and nobody who lived there had expected the letter"
    " that came with the first boat of 2024. We walked along the water and talked about the plans"
    " for the house; it would cost 5,000 more than in May, or so the man from the council said. "
)


def marked(text: str) -> tuple[str, set[tuple[str, str]]]:
    values = set(re.findall("«(.*?)»", text, re.DOTALL))
    return re.sub("[«»]", "", text), values


def found(text: str) -> set[tuple[str, str]]:
    return {(span.kind.value, span.text) for span in found_in(text)}


@pytest.mark.parametrize("which", [labelled, heldout], ids=["labelled", "heldout"])
def test_precision_and_recall(which: object) -> None:
    right, missed, wrong = 0, [], []
    for kind, texts in which.POSITIVES.items():  # type: ignore[attr-defined]
        for text in texts:
            plain, values = marked(text)
            wanted, got = {(kind, value) for value in values}, found(plain)
            right += len(wanted & got)
            missed += [(plain, one) for one in wanted - got]
            wrong += [(plain, one) for one in got - wanted]
    for text in which.NEGATIVES:  # type: ignore[attr-defined]
        wrong += [(text, one) for one in found(text)]
    recall, precision = right / (right + len(missed)), right / (right + len(wrong))
    assert recall >= 0.98, missed
    assert precision >= 0.98, wrong


def test_the_sets_are_large_enough() -> None:
    assert sum(map(len, labelled.POSITIVES.values())) >= 80
    assert len(labelled.NEGATIVES) >= 80
    assert set(labelled.POSITIVES) == {kind.value for kind in Kind} - {"private"}


@pytest.mark.parametrize("which", [labelled, heldout], ids=["labelled", "heldout"])
def test_values_are_found_within_longer_texts(which: object) -> None:
    """A paragraph around a value changes nothing, wherever the windows of a detector end."""
    for kind in ("email", "iban", "card", "url", "id"):
        for text in which.POSITIVES[kind]:  # type: ignore[attr-defined]
            plain, values = marked(text)
            assert {(kind, value) for value in values} <= found(f"{PROSE}\n{plain}\n{PROSE}"), plain


def test_a_span_is_where_it_says() -> None:
    for text in (marked(t)[0] for texts in labelled.POSITIVES.values() for t in texts):
        for span in found_in(text):
            assert text[span.start : span.end] == span.text


def test_none_is_within_another() -> None:
    spans = [Span(Kind.ADDRESS, 0, "12 Elm St"), Span(Kind.ADDRESS, 0, "12 Elm St, Leeds")]
    assert apart(spans) == spans[1:]
    assert (
        apart([Span(Kind.URL, 0, "abcdef"), Span(Kind.SECRET, 2, "cdefghij")])[0].kind is Kind.URL
    )


@given(st.text(max_size=300))
def test_no_text_is_too_odd(text: str) -> None:
    for span in found_in(text):
        assert text[span.start : span.end] == span.text


@given(
    st.lists(
        st.sampled_from(
            [
                "0",
                "1",
                "49",
                "+",
                " ",
                "-",
                ".",
                "(",
                ")",
                "/",
                "A",
                "DE",
                "@",
                "://",
                "?token=",
                "Dr. ",
                "Anna",
                "Straße",
                "\n",
                "born",
                ":",
                "password",
                "IBAN",
                "passport",
                "é",
                "½",
                "١",
                "²",
            ]
        ),
        max_size=40,
    ).map("".join)
)
def test_nothing_that_looks_like_numbers_breaks_a_detector(text: str) -> None:
    for span in found_in(text):
        assert text[span.start : span.end] == span.text


@pytest.mark.parametrize(
    "piece", ["1 ", "a1-", "A.", "0(", "Anna ", "Dear Anna ", "@a.", "12 Elm "]
)
def test_a_long_row_of_what_it_looks_for_takes_no_time(piece: str) -> None:
    started = time.process_time()
    found_in(piece * 5000)
    assert time.process_time() - started < 5


def test_a_thousand_words_with_nothing_in_them_take_milliseconds() -> None:
    text = PROSE * 20
    assert len(text.split()) > 1000
    assert found_in(text) == []
    times = []
    for _ in range(5):
        started = time.process_time()
        found_in(text)
        times.append(time.process_time() - started)
    assert min(times) < 0.05  # ten times what it takes on a quiet machine
