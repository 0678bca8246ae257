"""What sent text shares with private text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costeer_cli.privacy.overlap import RUN, Overlap, overlap

relaxed = settings(deadline=None)  # a busy machine is no finding

TEXT = "Ánte rang at four. One of his reindeer has put a hoof through the ski."
WORDS = st.lists(st.sampled_from(["snow", "char", "ski", "four", "ån", "e"]), max_size=14)


def run(sent: str, private: str, public: str = "") -> int:
    return overlap(sent, [private], [], public).longest_run


def longest_common(said: list[str], private: list[str]) -> int:
    """The slow way."""
    return max(
        (
            end - start
            for start in range(len(private))
            for end in range(start + 1, len(private) + 1)
            if any(
                said[at : at + end - start] == private[start:end]
                for at in range(len(said) - (end - start) + 1)
            )
        ),
        default=0,
    )


@pytest.mark.parametrize(
    ("sent", "longest"),
    [
        (TEXT, 15),
        (TEXT.upper(), 15),
        ("ánte\nrang, at -- FOUR!", 4),
        ("it rang at four o'clock; one of his dogs", 3),
        ("A\u0301nte rang", 2),
        ("Ánte Ánte Ánte", 1),
        ("nothing like it here", 0),
        ("reindeers", 0),
        ("", 0),
    ],
)
def test_the_longest_run_of_shared_words(sent: str, longest: int) -> None:
    assert run(sent, TEXT) == longest


def test_the_longest_run_over_all_private_texts() -> None:
    found = overlap("b c d x y", ["a b c", "x y z", "b c d"], [], "")
    assert found == Overlap(values=0, longest_run=3)


def test_a_run_is_within_one_text_and_in_order() -> None:
    assert overlap("a b c d", ["a b", "c d"], [], "").longest_run == 2
    assert run("d c b a", "a b c d") == 1
    assert run("a x b x c", "a b c") == 1


@pytest.mark.parametrize(("words", "copied"), [(RUN - 1, False), (RUN, True), (RUN + 1, True)])
def test_six_words_in_a_row_are_copied(words: int, copied: bool) -> None:
    assert overlap(" ".join(TEXT.split()[:words]), [TEXT], [], "").copied is copied


def test_what_the_prompt_says_is_not_private() -> None:
    prompt = "Tell Ánte, who rang at four, to wait."
    assert run("Ánte who rang at four", "ánte who rang at four", prompt) == 0
    assert run("rang at four. One of his", TEXT, prompt) == 6
    assert run("rang at four one", "four one", prompt) == 2


@pytest.mark.parametrize(
    ("value", "sent", "counted"),
    [
        ("070-174 06 31", "call 070 174 06-31 now", 1),
        ("070-174 06 31", "call 070 174 06 3", 0),
        ("mara@example.org", "to MARA@EXAMPLE.ORG.", 1),
        ("Skogsbrynet 9", "skogsbrynet 9", 1),
        ("Skogsbrynet 9", "Skogsbrynet 90", 0),
        ("Skogsbrynet 9", "Skogsbrynet", 0),
        ("Ann", "Anna and Joann", 0),
        ("Straße 1", "STRASSE 1", 1),
        ("José", "Jose\u0301", 1),
        ("ﬁsh", "fish", 1),
        ("№5", "No5", 1),
        ("...", "... and so on", 0),
        ("", "anything", 0),
    ],
)
def test_a_protected_value_is_found_however_it_is_spelt(
    value: str, sent: str, counted: int
) -> None:
    assert overlap(sent, [], [value], "").values == counted


def test_each_protected_value_counts_once() -> None:
    assert overlap("a a b", [], ["a", "a", "b", "c"], "").values == 2


def test_a_protected_value_of_the_prompt_is_not_counted() -> None:
    values = ["Skogsbrynet 9", "070-174 06 31"]
    sent = "Skogsbrynet 9, 070-174 06 31"
    assert overlap(sent, [], values, "Write to skogsbrynet 9.").values == 1


@relaxed
@given(WORDS, WORDS)
def test_it_agrees_with_the_slow_way(said: list[str], private: list[str]) -> None:
    assert run(" ".join(said), " ".join(private)) == longest_common(said, private)


@relaxed
@given(WORDS, WORDS)
def test_it_does_not_matter_who_copied_from_whom(said: list[str], private: list[str]) -> None:
    one, other = " ".join(said), " ".join(private)
    assert run(one, other) == run(other, one)


@relaxed
@given(st.text())
def test_a_text_shares_all_of_itself_and_nothing_once_it_is_public(text: str) -> None:
    whole = run(text, text)
    assert run(f"before {text} after", f"{text}") >= whole
    assert run(text, text, text) == 0
    assert overlap(text, [], [text], text).values == 0
    assert overlap(text, [], [text], "").values == (1 if whole else 0)


@relaxed
@given(WORDS, WORDS, st.text(" \n\t.,;-—!?\"'()", min_size=1))
def test_case_spacing_and_punctuation_do_not_matter(
    said: list[str], private: list[str], between: str
) -> None:
    plain = run(" ".join(said), " ".join(private))
    other = unicodedata.normalize("NFD", f" {between}".join(private).upper())
    assert run(" ".join(said), other) == plain


@relaxed
@given(WORDS, WORDS, WORDS)
def test_more_that_is_public_never_finds_more(
    said: list[str], private: list[str], public: list[str]
) -> None:
    one, other = " ".join(said), " ".join(private)
    assert run(one, other, " ".join(public)) <= run(one, other)


def test_nothing_of_the_private_text_is_in_what_it_says() -> None:
    assert "reindeer" not in repr(overlap(TEXT, [TEXT], ["reindeer"], ""))


def test_long_texts_take_no_time() -> None:
    # Every word is in every place: the worst case of the table.
    assert run("a " * 1500, "a " * 1500) == 1500
