"""Runs that drafts share with profiles and with a history of any size."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.privacy.audit.copies import Copies
from costeer_cli.privacy.audit.private import PrivateText
from costeer_cli.privacy.audit.said import Said
from costeer_cli.store.document import Document

HERON = "seven grey herons stood on one leg in the rain"
SENT = f"Dear Ana, {HERON}. Yours, Jon"
BEGAN = "2026-01-02T00:00:00+00:00"


def compared(
    sent: str,
    documents: list[Document],
    *,
    prompt: str = "Write a note.",
    texts: list[PrivateText] | None = None,
    read: tuple[str, ...] = (),
) -> Copies:
    copies = Copies(["Write the text the user asks for."])
    copies.add("d", prompt, [sent], BEGAN, read)
    copies.compare(texts or [])
    copies.compare_documents(documents, len(documents), lambda *_: None)
    return copies


def shared(copies: Copies, sent: str = SENT) -> dict[str, int]:
    return {copy.source: copy.words for copy in copies.within("d", Said(sent))}


def document(number: int, text: str, **more: str) -> Document:
    return Document(text=text, id=number, **more)  # type: ignore[arg-type]


def test_a_run_in_the_history_is_found_with_its_document() -> None:
    documents = [document(1, "nothing here"), document(17, f"Then {HERON.upper()} and left.")]
    copies = compared(SENT, documents)
    assert shared(copies) == {"document 17": 10}
    (copy,) = copies.within("d", Said(SENT))
    assert Said(SENT).quote(copy.first, copy.first + copy.words - 1) == HERON


@pytest.mark.parametrize("field", ["title", "prompt", "signature"])
def test_every_field_of_a_document_counts(field: str) -> None:
    assert shared(compared(SENT, [document(3, "x", **{field: HERON})])) == {"document 3": 10}


def test_five_words_of_the_history_are_not_told() -> None:
    assert shared(compared(SENT, [document(1, "grey herons stood on one hill")])) == {}


def test_but_of_what_was_read_three_are() -> None:
    documents = [document(1, "grey herons stood on one hill"), document(2, "grey herons stood")]
    assert shared(compared(SENT, documents, read=("history:1",))) == {"document 1": 5}
    texts = [PrivateText("profile jon", "herons stood on")]
    assert shared(compared(SENT, documents, texts=texts)) == {"profile jon": 3}


def test_what_the_prompt_says_is_public() -> None:
    documents = [document(1, HERON)]
    assert shared(compared(SENT, documents, prompt=f"Write: {HERON}")) == {}
    partly = compared(SENT, documents, prompt="seven grey herons stood on one leg")
    assert shared(partly) == {"document 1": 8}  # from the third word on


def test_our_own_instructions_are_public() -> None:
    said = "Write the text the user asks for."
    assert shared(compared(said, [document(1, said)]), said) == {}


def test_a_later_document_is_a_copy_of_the_text_and_not_the_other_way() -> None:
    later = [document(1, HERON, created_at="2026-01-03T00:00:00+00:00")]
    copies = compared(SENT, later)
    assert shared(copies) == {}
    assert copies.later("d") == 1
    read = compared(SENT, later, read=("history:1",))
    assert shared(read) == {"document 1": 10}
    assert read.later("d") == 0


def test_each_request_is_told_for_itself() -> None:
    copies = compared(SENT, [document(1, HERON)])
    half = SENT[: SENT.index(" leg")]
    assert shared(copies, half) == {"document 1": 6}
    assert shared(copies, "Dear Ana, seven grey") == {}


def test_drafts_do_not_mix() -> None:
    copies = Copies([])
    copies.add("one", "", [SENT], "", ())
    copies.add("two", HERON, [SENT], "", ())
    copies.compare_documents([document(1, HERON)], 1, lambda *_: None)
    assert [copy.words for copy in copies.within("one", Said(SENT))] == [10]
    assert list(copies.within("two", Said(SENT))) == []


def test_the_longest_is_kept_however_many_share_words() -> None:
    few = [document(n, f"x{n} seven grey herons stood on one") for n in range(1, 300)]
    copies = compared(SENT, [*few[:150], document(999, HERON), *few[150:]])
    found = shared(copies)
    assert max(found.values()) == found["document 999"] == 10
    assert len(found) == 100


def test_look_alikes_and_scripts_without_blanks_do_not_help() -> None:
    cyrillic = HERON.replace("o", "о").replace("e", "е")
    assert shared(compared(SENT, [document(1, cyrillic)])) == {"document 1": 10}
    said = "昨日は雨が降りました。"
    assert shared(compared(said, [document(1, f"私は{said}")]), said) == {"document 1": 10}


def test_what_was_read_is_compared_with_its_placeholders_too() -> None:
    def mask(text: str) -> str:
        return text.replace("Otis", "[NAME_3]")

    sent = "On Monday I told [NAME_3] that the weir was up."
    kept = document(1, "I told Otis that the weir was down, and up.")
    for read, found in ((("history:1",), {"document 1": 8}), ((), {})):
        copies = Copies([], mask)
        copies.add("d", "Write.", [sent], BEGAN, read)
        copies.compare_documents([kept], 1, lambda *_: None)
        assert shared(copies, sent) == found
    copies = Copies([], mask)
    copies.add("d", "Write.", [sent], BEGAN, ())
    copies.compare([PrivateText("profile jon", "I told Otis that the weir was up.")])
    assert shared(copies, sent) == {"profile jon": 9}


def test_it_says_how_far_it_is() -> None:
    seen: list[tuple[str, int, int]] = []
    copies = Copies([])
    copies.add("d", "", [SENT], "", ())
    copies.compare_documents(
        (document(n, "x") for n in range(2_500)), 2_500, lambda *step: seen.append(step)
    )
    assert seen == [("Comparing", n, 2_500) for n in (0, 1_000, 2_000)]


@given(st.integers(0, 2**32), st.integers(6, 12))
def test_a_planted_run_is_always_found(seed: int, length: int) -> None:
    dice = random.Random(seed)
    words = [f"w{dice.randrange(40)}" for _ in range(60)]
    documents = [
        document(n, " ".join(dice.choice("abcdefgh") for _ in range(30))) for n in range(1, 20)
    ]
    start = dice.randrange(60 - length)
    planted = f"x {' '.join(words[start : start + length])} y"
    at = dice.randrange(19)
    documents[at] = document(at + 1, planted)
    sent = " ".join(words)
    found = shared(compared(sent, documents), sent)
    assert found[f"document {at + 1}"] >= length
