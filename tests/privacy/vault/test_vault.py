"""What goes round comes back unchanged, nobody turns into somebody else, and nothing slips by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import StoreError
from costeer_cli.privacy.folding import folded
from costeer_cli.privacy.vault.kinds import Kind
from costeer_cli.privacy.vault.vault import Vault
from costeer_cli.store.vault import Kept

VALUES = [
    ("name", "Anna Müller"), ("name", "Anna Lou Schmidt"), ("name", "Will Smith"),
    ("name", "Muller"), ("name", "Иван Петров"), ("name", "Анна"), ("name", "王小明"),
    ("name", "דנה לוי"), ("name", "Jean-Luc O'Neill"), ("name", "Zoë"), ("name", "May"),
    ("email", "anna@example.org"), ("phone", "+49 170 1234567"),
    ("iban", "DE89 3704 0044 0532 0130 00"),
    ("address", "Lange Straße 5a, 10115 Berlin"), ("url", "https://x.org/?token=abc123def"),
    ("secret", "hunter2!"), ("private", "🦊 Bluebird [x]"), ("private", "[NAME_1]"),
    ("private", "ﬁnch"),
]  # fmt: skip


def vault(*values: tuple[str, str], origin: str = "added") -> Vault:
    numbers: dict[str, int] = {}
    kept = []
    for index, (kind, text) in enumerate(values or VALUES, 1):
        numbers[kind] = numbers.get(kind, 0) + 1
        kept.append(Kept(index, kind, numbers[kind], text, origin))
    return Vault(kept)


def masked(text: str, *values: tuple[str, str]) -> str:
    known = vault(*values)
    done = known.mask(text)
    assert known.restore(done.text) == text
    return done.text


written = st.sampled_from([text for _, text in VALUES]).flatmap(
    lambda text: st.sampled_from(
        [
            text, text.upper(), text.lower(), f"{text}s", f"{text}'s", f"{text}ov",
            "\u200b".join(text), " ".join(text), text.replace(" ", "\n"),
            text.replace("a", "а"), text.partition(" ")[0],
            text.rpartition(" ")[2], text.partition(" ")[0].upper(), text[:-1], text + "\u0301",
            "\u2067" + text + "\u2069", text.replace(" ", ""),
        ]
    )
)  # fmt: skip
other = st.sampled_from(
    [
        "Dear ",
        "[",
        "]",
        "~",
        "[NAME_1]",
        "[~NAME_1]",
        "[NAME_2_FIRST]",
        "[EMAIL_99]",
        "\\[NAME\\_1\\]",
        "NAME_1",
        "🙂",
        "é",
        "\u200d",
        "שלום",
        " ",
        "\n",
        ".",
        "-",
        "s",
        "ſ",
        "½",
        "_1]",
        "[PRIVATE_1_FORM_2]",
        "�",
        "\x00",
    ]
)
texts = st.lists(written | other | st.text(max_size=5), max_size=9).map("".join)


@given(texts)
def test_what_goes_round_comes_back_unchanged(text: str) -> None:
    known = vault()
    once = known.mask(text)
    assert known.restore(once.text) == text
    twice = known.mask(once.text)
    assert known.restore(known.restore(twice.text)) == text
    assert known.mask(text).text == once.text


@given(st.text())
def test_text_without_values_is_left_alone(text: str) -> None:
    if "[" not in text:
        assert Vault().mask(text).text == text
    assert Vault().restore(Vault().mask(text).text) == text


@given(texts, st.lists(st.integers(0, 60)))
def test_the_text_may_come_back_in_pieces(text: str, cuts: list[int]) -> None:
    known = vault()
    done = known.mask(text).text
    restorer, shown, last = known.restorer(), "", 0
    for cut in [*sorted(cuts), len(done)]:
        shown += restorer.feed(done[last:cut])
        last = max(cut, last)
    assert shown + restorer.close() == text


@given(texts)
def test_a_placeholder_never_means_two_things(text: str) -> None:
    known = vault()
    before = dict(known._known)
    known.mask(text)
    assert before.items() <= known._known.items()


names = st.lists(
    st.tuples(
        st.sampled_from(["Anna", "Annabel", "Ann", "Jan", "Jana", "Müller", "Muller", "May", "Li"]),
        st.sampled_from(["", " Berg", " Bergmann", " Müller", " Jan", " Anna", " von Berg"]),
    ).map("".join),
    min_size=2,
    max_size=8,
    unique=True,
)


@given(names, st.data())
def test_two_people_never_swap(people: list[str], data: st.DataObject) -> None:
    known = vault(*(("name", name) for name in people))
    order = data.draw(st.permutations(people))
    text = ", ".join(order) + "."
    done = known.mask(text).text
    assert known.restore(done) == text
    for name, placed in zip(order, done.removesuffix(".").split(", "), strict=True):
        assert known.restore(placed) == name
        number = 1 + people.index(name)
        if " " in name:
            assert placed == f"[NAME_{number}]"
        assert known.restore(f"[NAME_{number}]") == name


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Anna Müller", "[NAME_1]"),
        ("ANNA MÜLLER!", "[NAME_1_CAPS]!"),
        ("Anna Müller's and Müllers", "[NAME_1]'s and [NAME_1_LAST]s"),
        ("Annas Haus, Schmidts Hof", "[NAME_1_FIRST]s Haus, [NAME_2_LAST]s Hof"),
        ("Müller, Anna", "[NAME_1_LAST], [NAME_1_FIRST]"),
        ("Lou war da", "[NAME_2_MIDDLE] war da"),
        ("anna and annals, Annapolis, Hanna", "anna and annals, Annapolis, Hanna"),
        ("will you, Will you; Dear Will,", "will you, Will you; Dear [NAME_3_FIRST],"),
        ("I saw Will. Will you?", "I saw Will. Will you?"),
        ("Will Smith: will Will go? Will he?", "[NAME_3]: will [NAME_3_FIRST] go? Will he?"),
        ("Mr Smith\nWill", "Mr [NAME_3_LAST]\n[NAME_3_FIRST]"),
        ("In May, Zoës May", "In May, [NAME_6]s May"),
        ("Ивана Петрова, Петровой", "[NAME_4_FIRST]а [NAME_4_LAST]а, [NAME_4_LAST]ой"),
        ("с Анной", "с [NAME_5_FORM_2]"),
        ("I, an Nan, a n n", "I, an Nan, a n n"),
        ("A n n a", "[NAME_1_FORM_2]"),
        ("Аnnа\u200b Mül\u00adler", "[NAME_1_FORM_2]"),
        ("Anna\nMüller", "[NAME_1_FORM_2]"),
        ("call 0170 1234567, +491701234567", "call [PHONE_1_FORM_2], [PHONE_1_FORM_3]"),
        ("(+49 170 1234567)", "([PHONE_1])"),
        ("to anna@example.org.", "to [EMAIL_1]."),
        ("[NAME_1] [NAME_77]", "[~NAME_1] [~NAME_77]"),
    ],
)
def test_what_is_masked_and_how(text: str, hidden: str) -> None:
    people = ["Anna Müller", "Anna Lou Schmidt", "Will Smith", "Иван Петров", "Анна", "Zoë", "May"]
    values = [("name", name) for name in people]
    values += [("phone", "+49 170 1234567"), ("email", "anna@example.org")]
    assert masked(text, *values) == hidden


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("I an Ian, I. An, i-an", "I an [NAME_1], I. An, i-an"),
        ("mar iabe rg", "mar iabe rg"),
        ("Maria-Berg, Ma-ria Berg", "[NAME_2_FORM_2], [NAME_2_FORM_3]"),
        ("M a r i a B e r g", "[NAME_2_FORM_2]"),
        ("M. Aria Berg", "M. Aria Berg"),
    ],
)
def test_letters_that_only_follow_each_other_are_no_name(text: str, hidden: str) -> None:
    assert masked(text, ("name", "Ian"), ("name", "Maria Berg")) == hidden


def test_the_longest_value_is_taken() -> None:
    values = [("name", "Anna"), ("name", "Anna Müller"), ("address", "Anna-Müller-Straße 5, Ulm")]
    assert masked("Anna-Müller-Straße 5, Ulm: Anna Müller, Anna", *values) == (
        "[ADDRESS_1]: [NAME_2], [NAME_1]"
    )


@pytest.mark.parametrize("text", [text for _, text in VALUES if len(folded(text)) > 4])
@pytest.mark.parametrize(
    "disguise",
    [
        str.upper,
        "\u200b".join,
        " ".join,
        lambda text: text.replace("a", "а").replace("e", "е"),
        lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
    ],
    ids=["capitals", "zero-width", "spaced", "cyrillic", "full-width"],
)
def test_no_disguise_gets_a_value_through(text: str, disguise: object) -> None:
    known = vault()
    hidden = known.mask(f"so {disguise(text)} it is").text  # type: ignore[operator]
    assert folded(text) not in folded(hidden)
    assert "[" in hidden


def test_what_was_replaced_is_counted() -> None:
    done = vault().mask("Anna Müller and Will Smith, anna@example.org")
    assert done.replaced == 3
    assert done.kinds == {Kind.NAME: 2, Kind.EMAIL: 1}


def test_values_are_everything_that_must_not_be_written() -> None:
    known = vault(
        ("name", "Will Smith"), ("name", "Anna von Berg"), ("name", "May"),
        ("phone", "+49 170 1234567"),
    )  # fmt: skip
    known.mask("A n n a")
    values = known.values()
    assert {"Will Smith", "Smith", "Anna von Berg", "Anna", "A n n a"} <= set(values)
    assert {"+49 170 1234567", "0170 1234567", "+491701234567"} <= set(values)
    assert not {"Will", "May", "Berg", "von"} & set(values)


def test_new_ways_to_write_a_value_are_remembered_once() -> None:
    asked: list[tuple[int, str]] = []

    def remember(value_id: int, text: str) -> int:
        asked.append((value_id, text))
        return 6 + len(asked)

    known = Vault([Kept(9, "name", 1, "Anna Müller", "added", ("anna müller",))], remember)
    done = known.mask("anna müller, aNNa MülleR, anna MÜLLER, aNNa MülleR").text
    assert done == "[NAME_1_FORM_2], [NAME_1_FORM_7], [NAME_1_FORM_8], [NAME_1_FORM_7]"
    assert asked == [(9, "aNNa MülleR"), (9, "anna MÜLLER")]


def test_a_value_of_an_unknown_kind_stops_everything() -> None:
    with pytest.raises(StoreError) as caught:
        Vault([Kept(1, "riddle", 1, "zyxwvut", "added")])
    assert "zyxwvut" not in str(caught.value)
