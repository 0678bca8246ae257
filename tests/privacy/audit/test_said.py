"""A text in folded words, and the runs that two texts share."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.privacy.audit.said import RUN, Said, runs, shared_run
from costeer_cli.privacy.folding import folded, words

NONE: frozenset[tuple[str, ...]] = frozenset()
WORDS = st.lists(st.sampled_from("abcd"), max_size=30)
TEXTS = st.text(st.sampled_from("abЖéА1 2-'’.\u200b\n漢"), max_size=40)


def split(text: str) -> list[str]:
    return text.split()


def naive(said: list[str], private: list[str], public: set[tuple[str, ...]], least: int) -> int:
    """The longest shared run without a public piece, found by looking at every pair of places."""
    best = 0
    for i in range(len(said)):
        for j in range(len(private)):
            length = 0
            while said[i + length : i + length + 1] == private[j + length : j + length + 1] != []:
                length += 1
                pieces = {tuple(said[k : k + least]) for k in range(i, i + length - least + 1)}
                if length >= least and not pieces & public:
                    best = max(best, length)
    return best


@given(TEXTS)
def test_words_and_letters_are_those_of_the_folding(text: str) -> None:
    said = Said(text)
    assert said.words == words(text)
    assert said.letters == folded(text)
    assert "".join(said.words) == said.letters


@given(TEXTS)
def test_every_word_can_be_quoted_and_says_itself(text: str) -> None:
    said = Said(text)
    for number, word in enumerate(said.words):
        quoted = said.quote(number, number)
        assert quoted in text
        assert folded(quoted) == word
    if said.words:
        assert folded(said.quote(0, len(said.words) - 1)) == said.letters


def test_a_letter_belongs_to_its_word() -> None:
    said = Said("Two grey herons")
    assert [said.word_at(place) for place in range(len(said.letters))] == [0] * 3 + [1] * 4 + [
        2
    ] * 6
    assert said.quote(1, 2) == "grey herons"


def test_nothing_has_no_words() -> None:
    for text in ("", " .,- \n", "\u200b"):
        assert Said(text).words == []
        assert list(runs(Said(text).words)) == []


def test_what_hides_a_word_does_not_part_it() -> None:
    assert Said("He\u200bron Gr\u0435y").words == ["heron", "grey"]
    assert Said("HERON grey").words == ["heron", "grey"]


def test_the_longest_run_and_where_it_begins() -> None:
    said = split("x the grey heron stood on one leg y")
    private = split("we saw the grey heron stood on one leg again")
    assert shared_run(said, private, NONE) == (1, 7)
    assert shared_run(said[:6], private, NONE) == (0, 0)
    assert shared_run(said[:6], private, NONE, 3) == (1, 5)


def test_a_run_must_be_in_a_row_in_both() -> None:
    said = split("a b c d e f g h")
    assert shared_run(said, split("a b c d e x f g h"), NONE) == (0, 0)
    assert shared_run(said, split("a b c d e x f g h"), NONE, 3) == (0, 5)


def test_what_is_public_is_cut_off() -> None:
    line = split("a b c d e f g h i j")
    public = frozenset(runs(line[:8]))
    assert shared_run(line, line, public) == (3, 7)  # two of its runs are not public
    assert shared_run(line, line, frozenset(runs(line))) == (0, 0)


def test_repeated_words_do_not_make_it_longer() -> None:
    assert shared_run(split("a a a a a a a"), split("a a a a a a"), NONE) == (0, 6)


@given(WORDS, WORDS, st.sampled_from([1, 2, 3, RUN]))
def test_it_finds_what_looking_everywhere_finds(
    said: list[str], private: list[str], least: int
) -> None:
    first, length = shared_run(said, private, NONE, least)
    assert length == naive(said, private, set(), least)
    run = said[first : first + length]
    assert len(run) == length
    assert not length or any(
        private[j : j + length] == run for j in range(len(private) - length + 1)
    )


@given(WORDS, WORDS, WORDS)
def test_nothing_public_is_in_a_run(said: list[str], private: list[str], public: list[str]) -> None:
    known = set(runs(public, 3))
    first, length = shared_run(said, private, frozenset(known), 3)
    assert length == naive(said, private, known, 3)
    assert not known & set(runs(said[first : first + length], 3))
