"""Placeholders are put back however they are split, and text like them stays what it is."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from costeer_cli.privacy.vault.kinds import Kind
from costeer_cli.privacy.vault.placeholders import Restorer, escape, placeholder, restore

KNOWN = {
    "NAME_3": "Mara Berg",
    "NAME_3_FIRST": "Mara",
    "NAME_3_LAST": "Berg",
    "NAME_3_FORM_2": "mara\u200bberg",
    "EMAIL_12": "mara@example.org",
    "NAME_4": "Jon [NAME_3] \\ Weiß",
}

pieces = st.sampled_from(
    [
        "[",
        "]",
        "\\",
        "\\[",
        "\\]",
        "~",
        "NAME",
        "name",
        "EMAIL",
        "PRIVATE",
        "ID",
        "_",
        " ",
        "-",
        "3",
        "12",
        "4",
        "FIRST",
        "_LAST",
        "CAPS",
        "FORM_2",
        "FORM 2",
        "[NAME_3]",
        "[~NAME_3]",
        "[NAME_3_FIRST]",
        "\\[NAME\\_3\\]",
        "[EMAIL 12",
        "🙂",
        "é",
        "é",
        "שלום",
        "\n",
        "KſK",
    ]
)
texts = st.lists(pieces | st.text(max_size=4), max_size=14).map("".join)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("[NAME_3]", "Mara Berg"),
        ("[name 3]", "Mara Berg"),
        ("[Name-3]'s", "Mara Berg's"),
        ("[NAME3]", "Mara Berg"),
        ("[ NAME_3 ]", "Mara Berg"),
        ("[NAME_03]", "Mara Berg"),
        ("[NAME\\_3]", "Mara Berg"),
        ("\\[NAME\\_3\\]", "Mara Berg"),
        ("\\[NAME_3]", "\\Mara Berg"),
        ("[NAME_3_FIRST]s [NAME_3_LAST]", "Maras Berg"),
        ("[NAME_3_CAPS] [name 3 last caps]", "MARA BERG BERG"),
        ("[NAME_3_FORM_2]", "mara\u200bberg"),
        ("[NAME_3_FORM_9]", "Mara Berg"),
        ("[NAME_3_MIDDLE]", "Mara Berg"),
        ("[EMAIL_12_FIRST]", "mara@example.org"),
        ("[[NAME_3]]", "[Mara Berg]"),
        ("[NAME_3] and [NAME_99]", "Mara Berg and [NAME_99]"),
        ("[~NAME_3] [~~NAME_99]", "[NAME_3] [~NAME_99]"),
        ("[NAME_4]", "Jon [NAME_3] \\ Weiß"),
        ("[NAME_4_CAPS]", "JON [NAME_3] \\ WEISS"),
        ("[NAME] [NAME_] NAME_3 [3] [NAME_3_FOURTH] [NAME_1234567]",) * 2,
        ("[ＮＡＭＥ_3] [NAME_３] [FIRſT_3]",) * 2,
    ],
)
def test_what_is_written_and_what_is_meant(written: str, meant: str) -> None:
    assert restore(written, KNOWN) == meant


def test_every_kind_has_its_word() -> None:
    for kind in Kind:
        name = placeholder(kind, 7)
        assert restore(f"a [{name}] b", {name: "x"}) == "a x b"
        assert restore(f"a [{name.lower()}] b", {name: "x"}) == "a x b"


@given(texts)
@example("\\[~NAME_3\\]")
@example("[[NAME_3]")
def test_escaped_text_comes_back_as_it_was(text: str) -> None:
    assert restore(escape(text), KNOWN) == text
    assert restore(restore(escape(escape(text)), KNOWN), KNOWN) == text


@given(texts, texts)
def test_what_stands_beside_a_placeholder_is_no_part_of_it(before: str, after: str) -> None:
    written = f"{escape(before)}[NAME_3_LAST]{escape(after)}"
    assert restore(written, KNOWN) == f"{before}Berg{after}"


@given(texts, st.lists(st.integers(0, 80)))
def test_pieces_are_restored_like_the_whole(text: str, cuts: list[int]) -> None:
    restorer, shown, last = Restorer(KNOWN), "", 0
    for cut in [*sorted(cuts), len(text)]:
        shown += restorer.feed(text[last:cut])
        last = max(last, cut)
        assert restore(text, KNOWN).startswith(shown)
    assert shown + restorer.close() == restore(text, KNOWN)
    assert restorer.close() == ""


@pytest.mark.parametrize("whole", ["[NAME_3_FIRST]", "\\[ name\\_3 - first \\]", "[~~NAME_3]"])
def test_every_way_to_split_one_placeholder(whole: str) -> None:
    text = f"To {whole}, [sic] \\o/ [N"
    for first in range(len(text)):
        for second in range(first, len(text)):
            restorer = Restorer(KNOWN)
            fed = [text[:first], text[first:second], text[second:]]
            shown = "".join(map(restorer.feed, fed)) + restorer.close()
            assert shown == restore(text, KNOWN)


@pytest.mark.parametrize("text", ["plain", "a [ b", "[see the list", "[x] y", "[12", "[NAMES", "]"])
def test_other_text_does_not_wait(text: str) -> None:
    assert Restorer(KNOWN).feed(text) == text


@pytest.mark.parametrize("text", ["[", "[NA", "[email", "[NAME_3", "[NAME 3 FIR", "\\", "\\[~"])
def test_what_may_become_a_placeholder_waits(text: str) -> None:
    restorer = Restorer(KNOWN)
    assert restorer.feed("so " + text) == "so "
    assert restorer.close() == text
