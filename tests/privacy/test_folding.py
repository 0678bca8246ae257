"""Folding: what hides a word makes no difference, and where a text is cut neither."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.privacy.folding import RUN, Folded, Gap, folded, forms, runs, words

TEXTS = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from("aB1' -\u200b\u0301\u0308Øß김か\u3099\u1100\u1161กิनि"),
    )
)


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("John Smith", "johnsmith"),
        ("J\u043ehn", "john"),  # Cyrillic о
        ("\u0392\u043e\u042c", "bob"),  # Greek Β, Cyrillic о, Ь
        ("\u039dina", "nina"),  # Greek Ν
        ("\u03bdera", "vera"),  # Greek ν
        ("ＪＯＨＮ", "john"),
        ("𝐉𝑜𝔥𝕟", "john"),
        ("🇯🇴🇭🇳", "john"),
        ("🅹🅾🅷🅽", "john"),
        ("Jᴏʜɴ", "john"),
        ("J\u200bo\u00adh\u2060n\ufe0f", "john"),
        ("J\u3164ohn\U000e0041", "john"),
        ("Müller", "muller"),
        ("Mu\u0308ller", "muller"),
        ("Søren Łukasz Đorđe", "sorenlukaszdorde"),
        ("Straße ŒUVRE", "strasseoeuvre"),
        ("İıI", "iii"),
        ("O’Neil", "oneil"),
        ("+49 (151) 234-567", "49151234567"),
        ("٠١٢٣٤٥٦٧٨٩", "0123456789"),
        ("۰۱०१０１𝟎𝟏①²", "01010101" + "12"),
        ("😀 — …", ""),
        ("", ""),
    ],
)
def test_what_hides_a_word_is_taken_off(text: str, letters: str) -> None:
    assert folded(text) == letters


@pytest.mark.parametrize(
    ("one", "other"),
    [("नीता", "नेता"), ("กา", "กิ"), ("か", "が"), ("김", "강"), ("Петров", "Петрух"), ("O", "0")],
)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert folded(one) != folded(other)


def test_vowel_points_and_accents_make_no_difference() -> None:
    assert folded("שָׁלוֹם") == folded("שלום")
    assert folded("مُحَمَّد") == folded("محمد")
    assert folded("Nguyễn") == "nguyen"


@given(TEXTS)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(TEXTS)
def test_every_normal_form_folds_alike(text: str) -> None:
    # A mark may stand elsewhere in a normal form: they are letters of two words there.
    for form in ("NFC", "NFD"):
        assert sorted(folded(unicodedata.normalize(form, text))) == sorted(folded(text))


@given(TEXTS)
def test_case_is_a_matter_of_forms(text: str) -> None:
    assert {folded(text.upper()), folded(text.lower())} - {""} <= forms(text)


def test_a_value_has_one_form_unless_its_capitals_look_otherwise() -> None:
    assert forms("Anna Müller") == {"annamuller"}
    assert forms("Петрова") == {folded("ПЕТРОВА")}
    assert folded("ΓΙΑΝΝΗΣ") in forms("Γιάννης")
    assert forms("...") == set()


@given(TEXTS, st.data())
def test_where_a_text_is_cut_makes_no_difference(text: str, data: st.DataObject) -> None:
    cuts = data.draw(st.lists(st.integers(0, len(text))).map(sorted))
    whole, grown = Folded(text), Folded()
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        grown.append(text[start:end])
    assert vars(grown) == vars(whole)


@given(TEXTS, TEXTS)
def test_what_was_only_tried_leaves_no_trace(text: str, tried: str) -> None:
    one = Folded(text)
    with one.trying(tried) as known:
        assert known == len(folded(text))
        assert vars(one) == vars(Folded(text + tried))
    assert vars(one) == vars(Folded(text))


@given(TEXTS)
def test_the_letters_know_their_places(text: str) -> None:
    one = Folded(text)
    assert one.letters == folded(text)
    assert len(one.places) == len(one.gaps) == len(one.letters)
    assert one.places == sorted(one.places)
    for i, place in enumerate(one.places):
        assert one.letters[i] in folded(text[place])
        first, last = one.span(i, i)
        assert first == place
        assert last <= len(text)
        assert folded(text[first:last]) == folded(text[first])


@given(TEXTS)
def test_words_are_the_same_however_they_are_found(text: str) -> None:
    assert words(text) == Folded(text).words()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I don't know Anna-Maria.", ["i", "dont", "know", "anna", "maria"]),
        ("the boys\u2019 dog", ["the", "boys", "dog"]),
        ("un\u00adseen\u200b words", ["unseen", "words"]),
        ("a1 b_c d…e f\x00g", ["a1", "b", "c", "d", "e", "fg"]),
        ("Ça va\u00a0bien ?", ["ca", "va", "bien"]),
        ("我叫Anna。", ["我", "叫", "anna"]),
        ("John는", ["john", folded("는")]),
        ("が", ["か\u3099"]),
        ("", []),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert words(text) == found
    assert Folded(text).words() == found


def test_gaps_say_what_parts_the_letters() -> None:
    one = Folded("Jo-h'n\u200ba b. c")
    assert one.letters == "johnabc"
    assert one.gaps == [
        Gap.BLANK,
        Gap.NONE,
        Gap.MARK,
        Gap.APOSTROPHE,
        Gap.NONE,
        Gap.BLANK,
        Gap.BLANK,
    ]


def test_words_and_numbers_begin_and_end() -> None:
    one = Folded("Ann2 x")
    assert [one.begins(i) for i in range(5)] == [True, False, False, True, True]
    assert [one.ends(i) for i in range(5)] == [False, False, True, True, True]


def test_a_span_takes_the_accents_along() -> None:
    text = "by Andre\u0301\u200b, twice"
    one = Folded(text)
    start = one.letters.index("andre")
    assert text[slice(*one.span(start, start + 4))] == "Andre\u0301\u200b"


def test_runs_are_all_words_in_a_row() -> None:
    said = words("one two three four five six seven")
    assert runs(said) == {tuple(said[:RUN]), tuple(said[1:])}
    assert runs(said[:5]) == runs([]) == set()


def test_runs_of_characters_are_twice_as_long() -> None:
    said = words("我的医生昨天告诉我左膝需要")
    assert runs(said) == {tuple(said[:12]), tuple(said[1:])}
    mixed = words("我的医生昨天告诉我左膝 MRT")
    assert runs(mixed) == {tuple(mixed[-RUN:])}
