"""BM25 over a few documents, against the index's own ranking where that can be asked."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.store.database import open_memory
from costeer_cli.store.document import Document, tidy
from costeer_cli.store.ranking import Ranking, folded, read, tokens, weight


def scores(query: dict[str, int], total: int, *documents: Document) -> list[float]:
    texts = [read(document) for document in documents]
    ranking = Ranking(query, total, texts)
    return [ranking.score(text) for text in texts]


def test_a_known_score() -> None:
    one, other = scores({"mare": 1}, 2, Document(text="a mare here"), Document(text="no such one"))
    norm = 1.2  # of a text of the usual length
    assert one == pytest.approx(math.log(1 + 1.5 / 1.5) * 1 * 2.2 / (1 + norm))
    assert other == 0.0


def test_rare_words_titles_and_short_texts_count_more() -> None:
    words = {"mare": 2, "rain": 90}
    rare, common, titled, long = scores(
        words,
        100,
        Document(text="the mare stood"),
        Document(text="the rain fell"),
        Document(text="stood there", title="mare"),
        Document(text="the mare stood " + "and then some more of it " * 9),
    )
    assert titled > rare > common > 0
    assert rare > long > 0


@pytest.mark.parametrize("total", [0, 1, 5, 10**6])
def test_every_word_is_worth_something(total: int) -> None:
    weights = [weight(many, total) for many in range(total + 3 if total < 9 else 9)]
    assert all(value > 0 for value in weights)
    assert weights == sorted(weights, reverse=True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't _stop_ e-mail", ["don", "t", "stop", "e", "mail"]),
        ("Café TROMSØ straße", ["cafe", "tromsø", "strasse"]),
        ("今天 2024-05-01 🐴", ["今天", "2024", "05", "01"]),
        ("", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert tokens(folded(text)) == words


def test_no_documents() -> None:
    assert scores({"mare": 0}, 0) == []


LETTERS = st.text(st.sampled_from("abcdéÉßøΣς 今7_-'.\n"), max_size=12)


@given(LETTERS)
def test_words_are_the_indexs_words(text: str) -> None:
    """What the index finds by a word of a text is found again by ours."""
    with open_memory() as store:
        store.documents.add([Document(text=f"{text} x")])
        for word in tokens(tidy(text)):
            assert [hit.document.id for hit in store.documents.search(word)] == [1]


@given(st.lists(st.sampled_from(["mare", "rain", "the"]), max_size=9))
def test_a_text_scores_where_it_shares_a_word(words: list[str]) -> None:
    (score,) = scores({"mare": 3, "rain": 5}, 9, Document(text=" ".join(words)))
    assert (score > 0) == bool({"mare", "rain"} & set(words))
