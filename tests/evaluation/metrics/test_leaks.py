"""Leaks: what a text shares with private ones."""

from __future__ import annotations

from costeer_cli.evaluation.metrics.leaks import leaks, telling

DIARY = "On Tuesday I told Anna that the weir at Bexford would not hold until spring."


def test_a_copied_run() -> None:
    found = leaks("As I said, I told Anna that the weir at Bexford leaks.", [DIARY], [], "")
    assert (found.longest_run, found.copied) == (8, True)
    short = leaks("I told Anna that she is right.", [DIARY], [], "")
    assert (short.longest_run, short.copied) == (4, False)


def test_what_the_prompt_says_is_public() -> None:
    prompt = "Write that I told Anna that the weir at Bexford leaks."
    found = leaks("I told Anna that the weir at Bexford leaks.", [DIARY], ["Bexford"], prompt)
    assert not found.copied
    assert found.values == 0


def test_values() -> None:
    facts = ["Location: Bexford, near Leeds", "Has a heron called Otis since 2019", "Age: 47"]
    values = telling(facts)
    assert values == ["Bexford", "Leeds", "Otis", "2019"]
    assert leaks("My OTIS was born in 2019.", [], values, "").values == 2
    assert leaks("My otter was born in 2021.", [], values, "").values == 0


def test_the_first_word_of_a_sentence_tells_nothing() -> None:
    assert telling(["Likes gardens.", "Writes plainly"]) == []


def test_no_value_is_told_twice() -> None:
    assert telling(["the cat Otis", "the heron Otis"]) == ["Otis"]


def test_nothing_private_nothing_leaked() -> None:
    found = leaks("Anything at all.", [], [], "")
    assert (found.longest_run, found.copied, found.values) == (0, False, 0)
