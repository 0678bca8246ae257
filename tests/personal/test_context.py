"""The private context, packed into a budget."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import TooLongError
from costeer_cli.personal.context import (
    Example,
    Message,
    PrivateContext,
    describe,
    pack,
    sentence_ends,
)
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


def words(messages: Sequence[Message]) -> int:
    return sum(len(message["content"].split()) for message in messages)


def excerpt(text: str, **fields: object) -> Excerpt:
    return Excerpt(Document(text=text, **fields), 1.0, "match")  # type: ignore[arg-type]


def test_a_person_and_their_texts() -> None:
    excerpts = [
        excerpt("No dinner.\n\nMara", prompt="Cancel\na dinner.", id=7),
        excerpt("Rain.", title="Weather", source="profile:mara", native_id="2"),
        excerpt("Only text.", id=9),
    ]
    context = pack(MARA, excerpts, 200, words)
    assert context.about == (
        "The writer: Mara, a vet\n\n"
        "About the writer:\n- Has a dog.\n- Has a mare.\n\n"
        "How the writer writes: Short and dry."
    )
    assert context.examples == (
        Example("Cancel a dinner.", "No dinner.\n\nMara"),
        Example("Weather", "Rain."),
        Example("Write a text.", "Only text."),
    )
    assert context.tokens == words(context.messages("", ""))
    assert context.sources == ("profile:mara", "history:7", "profile:mara:2", "history:9")


def test_the_chat_ends_with_the_best_example_and_the_prompt() -> None:
    context = pack(MARA, [excerpt("Best.", id=1), excerpt("Second.", id=2)], 200, words)
    chat = context.messages("Write what is asked.", "A note.")
    assert [message["role"] for message in chat] == [
        "system",
        "user",
        "assistant",
        "user",
        "assistant",
        "user",
    ]
    assert chat[0]["content"] == f"Write what is asked.\n\n{describe(MARA)}"
    assert [chat[i]["content"] for i in (2, 4, 5)] == ["Second.", "Best.", "A note."]


def test_without_anything_personal_the_chat_is_the_public_one() -> None:
    assert pack(None, [], 0, words).messages("Write.", "A note.") == [
        {"role": "system", "content": "Write."},
        {"role": "user", "content": "A note."},
    ]


def test_a_preference_speaks_of_no_writer() -> None:
    context = pack(TERSE, [excerpt("Less.")], 100, words)
    assert context.about == "How to write: Terse\n\nIn detail: Say less."


def test_no_profile_and_nothing_at_all() -> None:
    alone = pack(None, [excerpt("Rain.", id=1)], 50, words)
    assert (alone.about, alone.examples) == ("", (Example("Write a text.", "Rain."),))
    assert pack(None, [], 0, words) == PrivateContext()


def test_a_profile_over_the_budget_says_by_how_much() -> None:
    needed = len(describe(MARA).split())
    assert pack(MARA, [], needed, words).tokens == needed
    with pytest.raises(TooLongError, match=f"needs {needed} tokens, 3 more than") as caught:
        pack(MARA, [], needed - 3, words)
    assert "dog" not in str(caught.value)
    assert "profile edit" in (caught.value.hint or "")


SENTENCE = "Here is one sentence with nine words in it."


def test_a_long_text_is_cut_at_a_sentence_end() -> None:
    text = " ".join([SENTENCE] * 50)
    context = pack(None, [excerpt(text, id=1)], 100, words)
    assert context.examples[0].wrote.endswith("words in it.")
    assert 90 < context.tokens <= 100
    assert context.sources == ("history:1",)


@pytest.mark.parametrize("end", [". ", "! ", "? ", "… ", '." ', ".) ", "\n", "\n\n", "。", "！」"])
def test_what_ends_a_sentence(end: str) -> None:
    piece = "mare and goat and rain and snow and all the other things of a day"
    context = pack(None, [excerpt((piece + end) * 20)], 100, words)
    assert context.examples[0].wrote.rstrip('.!?…")。！」').endswith("a day")


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
    assert all(len(example.wrote.split()) > 50 for example in context.examples)


def test_the_order_is_that_of_the_excerpts() -> None:
    excerpts = [excerpt(f"Text {n}.", id=n) for n in (3, 1, 2)]
    assert pack(None, excerpts, 99, words).sources == ("history:3", "history:1", "history:2")


def characters(messages: Sequence[Message]) -> int:
    return sum(len(message["content"]) for message in messages)


def crooked(messages: Sequence[Message]) -> int:
    """A counter that is not quite monotonic, as tokenizers are not."""
    return sum(len(m["content"]) - m["content"].count("a ") * 2 for m in messages)


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
    if context.about or context.examples:
        assert count(context.messages("", "")) == context.tokens  # type: ignore[operator]
    if profile is not None:
        assert context.about == describe(profile)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("I saw Dr. Lee. He left.", ["I saw Dr. Lee.", "He left."]),
        (
            "Take e.g. the mare. Or (cf. above) J. Berg.",
            ["Take e.g. the mare.", "Or (cf. above) J. Berg."],
        ),
        ("Am 3. Mai war z.B. Regen. Gut.", ["Am 3. Mai war z.B. Regen.", "Gut."]),
        ("It rained ... and rained. Then not.", ["It rained ... and rained.", "Then not."]),
        ("One\n- two\nThree!? Four", ["One", "- two", "Three!?"]),
        ("At 3.5 km. In 2024. Yes.", ["At 3.5 km.", "In 2024.", "Yes."]),
        ("雨。雪！", ["雨。", "雪！"]),
        ("", []),
    ],
)
def test_sentences_end_where_a_reader_says_so(text: str, pieces: list[str]) -> None:
    found, start = [], 0
    for end in sentence_ends(text + "\n"):
        if piece := text[start:end].strip():
            found.append(piece)
        start = end
    assert [piece for piece in found if piece != "Four"] == pieces


@given(st.text(st.sampled_from("abD. \n!漢。3"), max_size=60))
def test_the_ends_of_sentences_are_in_order_and_inside(text: str) -> None:
    ends = sentence_ends(text)
    assert ends == sorted(set(ends))
    assert all(0 <= end <= len(text) for end in ends)


def test_the_numbers_of_the_stored_texts_in_it() -> None:
    excerpts = [excerpt("One.", id=7), excerpt("Two.", source="profile:mara", native_id="1")]
    assert pack(MARA, excerpts, 99, words).documents == (7,)
