"""The guard: values and runs are refused however they are written and wherever they are cut."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.privacy.folding import RUN
from costeer_cli.privacy.guard import Guard, Refusal

VALUE, COPY = Refusal("value"), Refusal("run")
LETTER = (
    "Dear Tom, the doctor said on Monday that my left knee needs an operation before winter, "
    "and I don't want anybody at work to hear about it."
)


def guard(*values: str, private: Sequence[str] = (), public: str = "", said: str = "") -> Guard:
    one = Guard(values, private, public)
    one.accept(said.encode())
    return one


def refused(one: Guard, text: str) -> bool:
    return one.refuses(text.encode()) is not None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Ann", " Ann"),
        ("Ann", "Ann."),
        ("Ann", "ANN"),
        ("Ann", "by Ann's house"),
        ("Ann", "J-Ann"),
        ("Ann", "Ann1985"),
        ("John", "J\u043ehn"),
        ("John", "J\u200bo\u00adh\u2060n"),
        ("John", "J o h n"),
        ("John", "J. o. h. n."),
        ("John", "J-o-h-n"),
        ("John", "Jo-hn"),
        ("John", "J\no\nh\nn"),
        ("John", "ＪＯＨＮ"),
        ("John", "**J**ohn"),
        ("John", "𝕵𝖔𝖍𝖓 said"),
        ("Johannes", "Jo ha nn es"),
        ("Smith", "the Smiths"),
        ("Petrov", "Petrovu"),
        ("Müller", "Muller"),
        ("Müller", "Mu\u0308ller"),
        ("Γιάννης", "ΓΙΑΝΝΗΣ"),
        ("O'Neil", "ONeil"),
        ("O'Neil", "O\u2019Neil"),
        ("Anna Smith", "AnnaSmith"),
        ("Anna Smith", "anna.smith@example.org"),
        ("Anna Smith", "xAnnaSmithx"),
        ("Anna Smith", "Anna\u00a0\n Smith"),
        ("Jo Li", "Jo Li"),
        ("anna@example.org", "ANNA@EXAMPLE.ORG"),
        ("anna@example.org", "anna @ example . org"),
        ("12 Mill Lane", "12, Mill Lane"),
        ("张伟", "我叫张伟。"),
        ("Anna", "我叫Anna。"),
        ("김철수", "김철수는"),
        ("สมชาย", "คุณสมชายครับ"),
        ("+49 151 2345678", "0151 2345678"),
        ("+49 151 2345678", "01512345678"),
        ("+49 151 2345678", "(+49) 151/234 5678"),
        ("+49 151 2345678", "٤٩١٥١٢٣٤٥٦٧٨"),
        ("+49 151 2345678", "4 9 1 5 1 2 3 4 5"),
        ("4111 1111 1111 1234", "4111-1111-1111"),
        ("4111 1111 1111 1234", "...1111 1111 1234"),
        ("DE89 3704 0044 0532 0130 00", "de89 3704.0044.0532.01"),
        ("1980-05-17", "1980.05.17"),
        ("PIN 4711", "pin: 4711"),
        ("4711", "4711"),
    ],
)
def test_values_are_refused(value: str, text: str) -> None:
    assert guard(value).refuses(text.encode()) == VALUE
    assert refused(guard(value, said="Well, "), text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Ann", "Announcement"),
        ("Ann", "Ann\u00ada ran"),
        ("Ann", "Susann"),
        ("Ann", "an n"),
        ("Smith", "Smithson"),
        ("Asa", "as a result"),
        ("Theresa", "there's a problem"),
        ("Isa", "is a"),
        ("Al", "AI and also"),
        ("A", "a b c"),
        ("...", "..."),
        ("", "x"),
        ("Jo Li", "jolie"),
        ("4711", "14711"),
        ("4711", "47110"),
        ("10115", "1011523"),
        ("+49 151 2345678", "+49 151 99"),
        ("+49 151 2345678", "in 2345 or 678"),
        ("1980-05-17", "1980 and 17"),
        ("4111 1111 1111 1234", "ends in 1234"),
        ("Anna Smith", "Anna Jones and Tom Smith"),
        ("김철수", "강철수"),
    ],
)
def test_other_words_are_not(value: str, text: str) -> None:
    assert guard(value).refuses(text.encode()) is None


def test_a_value_is_refused_where_it_becomes_whole() -> None:
    one = guard("Johannes Kraut", said="He is Johannes Kr")
    assert refused(one, "aut")
    assert refused(one, "AUT!")
    assert not refused(one, "amer")
    one.accept(b"a")
    assert refused(one, "ut")


def test_what_was_refused_is_not_remembered() -> None:
    one = guard("Ann", said="by")
    assert refused(one, " Ann")
    assert not refused(one, "pass")
    one.accept(b"pass")
    assert not refused(one, "es")


def test_a_token_may_end_inside_a_character() -> None:
    one = guard("Zoë", said="by ")
    data = "Zoë".encode()
    assert one.refuses(data) == VALUE
    one.accept(data[:-1])
    assert one.refuses(data[-1:]) == VALUE
    assert one.refuses(b"\xb6") is None


def test_bytes_that_are_no_text_part_words() -> None:
    one = guard("Ann")
    one.accept(b"\xff\xc3")
    assert refused(one, "Ann")
    one.accept(b"ou")
    assert not refused(one, "Announce")


@pytest.mark.parametrize(
    ("public", "value", "text", "allowed"),
    [
        ("Write to Anna Smith.", "Anna Smith", "Anna Smith", True),
        ("Write to ANNA SMITH.", "Anna Smith", "Anna Smith", True),
        ("Write to Anna.", "Anna Smith", "Anna Smith", False),
        ("Write to Anna.", "Anna", "Anna", True),
        ("An announcement", "Ann", "Ann", False),
        ("Call 0151 2345678", "+49 151 2345678", "0151 2345678", True),
        ("Call 0151", "+49 151 2345678", "0151 2345678", False),
        ("Card 4111 1111 1111 1234", "4111 1111 1111 1234", "4111 1111 1111", True),
    ],
)
def test_what_the_prompt_says_may_be_said(
    public: str, value: str, text: str, allowed: bool
) -> None:
    assert refused(guard(value, public=public), text) is not allowed


def test_a_run_of_private_words_is_refused_with_its_last_word() -> None:
    one = guard(private=[LETTER], said="the doctor said on Monday")
    assert one.refuses(b" that") == COPY
    assert one.refuses(b" THAT,") == COPY
    assert one.refuses(" th\u0430t".encode()) == COPY
    assert not refused(one, " and")
    assert not refused(one, " tha")
    one.accept(b" tha")
    assert one.refuses(b"t") == COPY
    assert not refused(one, "i")


def test_a_run_within_one_token_is_refused() -> None:
    assert refused(guard(private=[LETTER]), "my left knee needs an operation before")
    assert not refused(guard(private=[LETTER]), "my left knee needs an injection before winter")


def test_an_apostrophe_parts_no_words() -> None:
    one = guard(private=[LETTER], said="I dont want anybody at")
    assert refused(one, " work")
    assert not refused(guard(private=[LETTER], said="don't want anybody at"), " work")


def test_a_run_that_the_prompt_has_may_be_said() -> None:
    public = "Say that the doctor said on Monday that it is well."
    one = guard(private=[LETTER], public=public, said="the doctor said on Monday")
    assert not refused(one, " that")
    one.accept(b" that")
    assert refused(one, " my")


def test_where_a_script_has_no_blanks_a_run_is_twice_as_long() -> None:
    private = ["我的医生昨天告诉我左膝需要做手术 and that is all there is"]
    one = guard(private=private, said="的医生昨天告诉我左膝需")
    assert not refused(one, "，")
    assert one.refuses("要".encode()) == COPY
    assert not refused(one, "求")
    assert refused(guard(private=private, said="手术 and that is"), " all")


def test_a_run_that_was_told_stops_nothing_that_comes_after() -> None:
    one = guard(private=[LETTER], said="my left knee needs an operation")
    assert refused(one, " before")
    assert not refused(one, " and then")


def test_runs_do_not_reach_over_two_texts() -> None:
    halves = ["the doctor said", "on Monday that"]
    assert not refused(guard(private=halves), "the doctor said on Monday that")


class _Recorder:
    def __init__(self, known: tuple[str, ...]) -> None:
        self.known = known
        self.asked: list[tuple[str, ...]] = []

    def holds(self, words: Sequence[str]) -> bool:
        self.asked.append(tuple(words))
        return tuple(words) == self.known


def test_further_runs_are_asked_for_once_each() -> None:
    runs = _Recorder(("b", "c", "d", "e", "f", "g"))
    one = Guard([], [], "a b c d e f", runs)
    one.accept("A b. C d e\u200b".encode())
    assert one.refuses(b" f") is None  # the prompt has it, so that it is not asked for
    one.accept(b" f")
    assert one.refuses(b" ,") is None
    assert one.refuses(b" g") == COPY
    assert runs.asked == [("b", "c", "d", "e", "f", "g")]


def test_a_refusal_does_not_say_what_was_refused() -> None:
    refusal = guard("Ann").refuses(b"Ann")
    assert "Ann" not in repr(refusal)


WORDS = st.sampled_from(["anna", "ann", "an", "a", "n", "na", "smith", "s", "as", "jo", "12", "34"])
TEXTS = st.lists(st.tuples(WORDS, st.sampled_from([" ", " ", "-", ", ", "", "'", "\u200b"]))).map(
    lambda parts: "".join(word + gap for word, gap in parts)
)
VALUES = ["Ann", "Smith", "Asa", "Anna Smith", "Jo", "3412"]


def _told(text: str) -> set[int]:
    """Where values end that a text tells, found with regular expressions."""
    text = text.replace("\u200b", "").lower()
    found = set()
    for value, pattern in PATTERNS.items():
        for start in range(len(text)):
            if (match := pattern.match(text, start)) and _as_one(value, match[1]):
                found.add(match.end(1))
    return found


def _as_one(value: str, said: str) -> bool:
    """Whether blanks stand only between the words of a value, or it is spaced out."""
    pieces = re.findall("[a-z0-9]+", said)
    if max(map(len, pieces)) <= (1 if len(value) < 5 else 2):
        return True
    said = re.sub("[-,']", "", said)
    return " " not in said or re.sub(" +", " ", said) == value.lower()


def _pattern(value: str) -> re.Pattern[str]:
    plain = value.lower().replace(" ", "")
    letters = "(" + "[-, ']*".join(plain) + ")"
    if " " in value:
        return re.compile(letters)
    kind = "0-9" if plain.isdigit() else "a-z"
    ending = "" if len(plain) < 5 else "[a-z]{0,2}"
    return re.compile(f"(?<![{kind}]){letters}{ending}(?![{kind}])")


PATTERNS = {value: _pattern(value) for value in VALUES}


@given(TEXTS, st.data())
def test_any_cut_is_refused_where_a_value_becomes_whole(text: str, data: st.DataObject) -> None:
    raw = text.encode()
    cuts = data.draw(st.lists(st.integers(0, len(raw))).map(sorted))
    one = Guard(VALUES, [], "")
    for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True):
        before, after = (raw[:n].decode("utf-8", "ignore") for n in (start, end))
        known = len(before.replace("\u200b", ""))
        told = any(place > known for place in _told(after))
        assert (one.refuses(raw[start:end]) is not None) is told
        one.accept(raw[start:end])


PRIVATE = "a b a b c a b c d a b a c a b d"


@given(
    st.lists(st.sampled_from(["a", "b", "c", "d", "ab"])),
    st.sampled_from([" ", ", ", "\u200b \n"]),
    st.data(),
)
def test_any_cut_is_refused_where_a_run_becomes_whole(
    said: list[str], gap: str, data: st.DataObject
) -> None:
    raw = gap.join(said).encode()
    cuts = data.draw(st.lists(st.integers(0, len(raw))).map(sorted))
    one = Guard([], [PRIVATE], "")
    for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True):
        before, after = (
            re.findall("[a-z]+", raw[:n].decode("utf-8", "ignore")) for n in (start, end)
        )
        first = (
            len(before) if not before or before[-1] == after[len(before) - 1] else len(before) - 1
        )
        told = any(
            i >= first and f" {' '.join(after[i + 1 - RUN : i + 1])} " in f" {PRIVATE} "
            for i in range(RUN - 1, len(after))
        )
        assert (one.refuses(raw[start:end]) is not None) is told
        one.accept(raw[start:end])


HIDING = st.sampled_from(["", "\u200b", "\u00ad", "\u0301", "\ufe0f", "-", "."])
LOOKS = {"a": "аαａ𝐚", "o": "оοｏ𝗼", "e": "еｅ𝑒", "n": "ｎ𝓃", "s": "ѕｓ", "m": "ｍ𝔪"}


@given(st.text(string.ascii_letters, min_size=2, max_size=12), st.data())
def test_no_disguise_helps(value: str, data: st.DataObject) -> None:
    pieces = []
    for letter in value:
        look = data.draw(
            st.sampled_from([letter, letter.swapcase(), *LOOKS.get(letter.lower(), "")])
        )
        pieces.append(look + data.draw(HIDING))
    raw = f"so {''.join(pieces)}".encode()
    cuts = data.draw(st.lists(st.integers(0, len(raw))).map(sorted))
    one = Guard([value], [], "")
    tokens = [raw[i:j] for i, j in zip([0, *cuts], [*cuts, len(raw)], strict=True)]
    found = []
    for token in tokens:
        found.append(one.refuses(token))
        one.accept(token)
    assert VALUE in found


@given(st.binary(), st.lists(st.binary(max_size=3)))
def test_any_bytes_can_be_said(text: bytes, tokens: list[bytes]) -> None:
    one = Guard(["Ann", text.decode("latin-1")], [text.decode("utf-8", "replace")], "public")
    for token in tokens:
        one.refuses(token)
        one.accept(token)
