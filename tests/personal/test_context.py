"""The private context, packed into a budget."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import TooLongError
from costeer_cli.personal.context import describe, pack
from costeer_cli.personal.profile import parse_profile
from costeer_cli.personal.retrieval import Excerpt
from costeer_cli.store.document import Document

MARA = parse_profile(
    'name = "mara"\ntitle = "Mara, a vet"\nfacts = ["Has a dog.", "Has\\na mare."]\n'
    '[voice]\ndescription = "Short and dry."\n',
    "mara",
)
TERSE = parse_profile(
    'name = "terse"\ntitle = "Terse"\nkind = "preference"\n[voice]\ndescription = "Say less."\n',
    "terse",
)


def words(text: str) -> int:
    return len(text.split())


def excerpt(text: str, **fields: object) -> Excerpt:
    return Excerpt(Document(text=text, **fields), 1.0, "match")  # type: ignore[arg-type]


def test_a_person_and_their_texts() -> None:
    excerpts = [
        excerpt("No dinner.\n\nMara", prompt="Cancel\na dinner.", id=7),
        excerpt("Rain.", title="Weather", source="profile:mara", native_id="2"),
        excerpt("Only text.", id=9),
    ]
    context = pack(MARA, excerpts, 200, words)
    assert context.text == (
        "The writer: Mara, a vet\n\n"
        "About the writer:\n- Has a dog.\n- Has a mare.\n\n"
        "How the writer writes: Short and dry.\n\n"
        "Texts by the writer:\n\n"
        "Asked: Cancel a dinner.\nWrote:\nNo dinner.\n\nMara\n\n"
        "Asked: Weather\nWrote:\nRain.\n\n"
        "Wrote:\nOnly text."
    )
    assert context.tokens == words(context.text)
    assert context.sources == ("profile:mara", "history:7", "profile:mara:2", "history:9")


def test_a_preference_speaks_of_no_writer() -> None:
    context = pack(TERSE, [excerpt("Less.")], 100, words)
    assert "writer" not in context.text
    assert context.text.startswith("How to write: Terse\n\nIn detail: Say less.\n\nExamples:")


def test_no_profile_and_nothing_at_all() -> None:
    assert pack(None, [excerpt("Rain.", id=1)], 50, words).text == (
        "Texts by the writer:\n\nWrote:\nRain."
    )
    empty = pack(None, [], 0, words)
    assert (empty.text, empty.tokens, empty.sources) == ("", 0, ())


def test_a_profile_over_the_budget_says_by_how_much() -> None:
    needed = words(describe(MARA))
    assert pack(MARA, [], needed, words).tokens == needed
    with pytest.raises(TooLongError, match=f"needs {needed} tokens, 3 more than") as caught:
        pack(MARA, [], needed - 3, words)
    assert "dog" not in str(caught.value)
    assert "profile edit" in (caught.value.hint or "")


SENTENCE = "Here is one sentence with nine words in it."


def test_a_long_text_is_cut_at_a_sentence_end() -> None:
    text = " ".join([SENTENCE] * 50)
    context = pack(None, [excerpt(text, id=1)], 100, words)
    assert context.text.endswith("words in it.")
    assert 90 < context.tokens <= 100
    assert context.sources == ("history:1",)


@pytest.mark.parametrize("end", [". ", "! ", "? ", "… ", '." ', ".) ", "\n", "\n\n", "。", "！」"])
def test_what_ends_a_sentence(end: str) -> None:
    piece = "mare and goat and rain and snow and all the other things of a day"
    context = pack(None, [excerpt((piece + end) * 20)], 100, words)
    assert context.text.rstrip('.!?…")。！」').endswith("a day")


def test_a_text_without_a_sentence_end_that_fits_is_left_out() -> None:
    endless = " ".join(["mare"] * 300)
    context = pack(MARA, [excerpt(endless, id=1), excerpt("Short.", id=2)], 60, words)
    assert context.sources == ("profile:mara", "history:2")


def test_a_scrap_is_not_worth_reading() -> None:
    text = "Hi Jo. " + " ".join(["mare"] * 300) + "."
    assert pack(None, [excerpt(text, id=1)], 50, words).sources == ()


def test_one_long_text_leaves_room_for_another() -> None:
    long = " ".join([SENTENCE] * 200)
    context = pack(None, [excerpt(long, id=1), excerpt(long, id=2)], 200, words)
    assert context.sources == ("history:1", "history:2")
    first, second = context.text.split("Wrote:")[1:]
    assert words(first) > 60
    assert words(second) > 60


def test_the_order_is_that_of_the_excerpts() -> None:
    excerpts = [excerpt(f"Text {n}.", id=n) for n in (3, 1, 2)]
    assert pack(None, excerpts, 99, words).sources == ("history:3", "history:1", "history:2")


def characters(text: str) -> int:
    return len(text)


def crooked(text: str) -> int:
    """A counter that is not quite monotonic, as tokenizers are not."""
    return len(text) - text.count("a ") * 2


@given(
    st.lists(st.text(st.sampled_from("ab. \n!漢。")), max_size=6),
    st.integers(0, 400),
    st.sampled_from([words, characters, crooked]),
    st.sampled_from([None, TERSE, MARA]),
)
def test_never_over_the_budget_and_always_the_same(
    bodies: list[str], budget: int, count: object, profile: object
) -> None:
    excerpts = [excerpt(body * 9, id=n) for n, body in enumerate(bodies)]
    try:
        context = pack(profile, excerpts, budget, count)  # type: ignore[arg-type]
    except TooLongError:
        assert profile is not None
        return
    assert context.tokens <= budget
    assert context == pack(profile, excerpts, budget, count)  # type: ignore[arg-type]
    if context.text:
        assert count(context.text) == context.tokens  # type: ignore[operator]
    if profile is not None:
        assert context.text.startswith(describe(profile))  # type: ignore[arg-type]
