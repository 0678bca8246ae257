"""What a service lists becomes one distribution over texts, or is refused."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.cloud.listing import (
    END_TEXTS,
    Listed,
    Naming,
    end,
    position,
    require_sense,
    whole,
)
from costeer_cli.errors import NotSteerableError
from costeer_cli.steering.position import Candidate, Position
from costeer_cli.steering.vocabulary import Vocabulary

BY_TEXT = Naming()
BIRD = "🐦".encode()
BY_ID = Naming(Vocabulary([b"", None, b" a", BIRD[:2], BIRD[2:], b"Deep", b" Deep"], 0))


def listed(*pairs: tuple[str, float]) -> list[Listed]:
    return [Listed(logprob, text) for text, logprob in pairs]


def read(chosen: Listed, others: list[Listed], naming: Naming = BY_TEXT) -> Position:
    found = position(chosen, others, naming)
    assert found is not None
    return found


def texts(found: Position) -> list[bytes]:
    return [c.text for c in found.candidates]


@pytest.mark.parametrize(
    ("token", "named"),
    [
        (Listed(-1.0, "é", "é".encode()), "é".encode()),
        (Listed(-1.0, "\ufffd", BIRD[:2]), BIRD[:2]),
        (Listed(-1.0, "", BIRD[:2]), BIRD[:2]),
        (Listed(-1.0, " \ufffd", b" \xf0\x9f"), b" \xf0\x9f"),
        (Listed(-1.0, "\ufffd", "\ufffd".encode()), None),
        (Listed(-1.0, " \ufffd", " \ufffd".encode()), None),
        (Listed(-1.0, "\ufffd"), None),
        (Listed(-1.0, chr(0xD83D)), None),
        (Listed(-1.0, ""), None),
        (Listed(-1.0, "", b""), None),
        (Listed(-1.0), None),
        (Listed(-1.0, "", None, 5), None),
    ],
)
def test_trap_01_pieces_of_characters_are_named_by_bytes_or_not_at_all(
    token: Listed, named: bytes | None
) -> None:
    assert BY_TEXT.bytes_of(token) == named


def test_trap_01_an_id_is_believed_before_bytes_and_text() -> None:
    assert BY_ID.bytes_of(Listed(-1.0, "\ufffd", "\ufffd".encode(), 3)) == BIRD[:2]
    assert BY_ID.bytes_of(Listed(-1.0, "", b"", 4)) == BIRD[2:]
    assert BY_ID.bytes_of(Listed(-1.0, "🐦", BIRD, 4)) == BIRD[2:]
    assert BY_ID.bytes_of(Listed(-1.0, "<tool>", None, 1)) is None
    assert BY_ID.bytes_of(Listed(-1.0, "x", None, 7)) is None


def test_trap_01_what_cannot_be_named_stays_in_the_tail() -> None:
    found = read(Listed(-0.7, " a"), listed((" a", -0.7), ("\ufffd", -1.0), (" b", -3.0)))
    assert texts(found) == [b" a", b" b"]
    assert found.unnamed == -1.0
    assert found.tail_mass == pytest.approx(1 - math.exp(-0.7) - math.exp(-3.0))
    assert found.tail_cap == pytest.approx(min(math.log(found.tail_mass), -1.0))


def test_trap_01_what_completes_a_character_is_not_steered() -> None:
    """llama-server's chat: the last token has the whole character, its twin in the list has not."""
    chosen = Listed(-0.1, "🐦", BIRD, 9)
    others = [Listed(-0.1, "", BIRD[2:], 9), Listed(-3.0, "", b"\xb1", 8)]
    found = read(chosen, others)
    assert found.candidates == (Candidate(BIRD, None, -0.1),) == (found.chosen,)


def test_trap_01_bytes_told_of_one_twin_only_are_no_whole_character() -> None:
    found = read(Listed(-0.1, " a", b" a", 9), [Listed(-0.1, " a", None, 9), Listed(-3, " b")])
    assert texts(found) == [b" a", b" b"]


def test_trap_02_tokens_that_differ_in_a_lost_space_are_one_candidate() -> None:
    """TGI decodes ids one by one: " Deep" and "Deep" are both shown as "Deep"."""
    others = [
        Listed(-0.5, "Deep", None, 5),
        Listed(-1.5, "Deep", None, 6),
        Listed(-3.0, "x", None, 7),
    ]
    found = read(others[0], others)
    assert texts(found) == [b"Deep", b"x"]
    assert found.chosen.logprob == pytest.approx(math.log(math.exp(-0.5) + math.exp(-1.5)))
    apart = read(others[0], others[:2], BY_ID)
    assert texts(apart) == [b"Deep", b" Deep"]


def test_trap_02_an_entry_listed_twice_counts_once() -> None:
    found = read(Listed(-0.5, " a"), listed((" a", -0.5), (" a", -0.5), (" b", -2.0), (" b", -2.0)))
    assert [(c.text, c.logprob) for c in found.candidates] == [(b" a", -0.5), (b" b", -2.0)]


def test_trap_03_llama_servers_special_token_is_an_end() -> None:
    special = Listed(-1.0, "", b"", 2)
    assert BY_TEXT.bytes_of(special) == b""
    found = read(Listed(-0.6, " a", b" a", 9), [Listed(-0.6, " a", b" a", 9), special])
    assert found.end_logprob == -1.0


def test_trap_03_an_empty_text_without_an_id_is_no_candidate() -> None:
    found = read(Listed(-0.6, " a"), listed((" a", -0.6), ("", -1.0)))
    assert texts(found) == [b" a"]
    assert (found.end_logprob, found.unnamed) == (None, -1.0)
    assert position(Listed(-0.6, ""), listed(("", -0.6), (" a", -1.0)), BY_TEXT) is None


@pytest.mark.parametrize("text", sorted(END_TEXTS))
def test_trap_03_an_end_that_is_shown_is_known(text: str) -> None:
    found = read(Listed(-0.6, text, text.encode()), listed((text, -0.6), (" a", -1.0)))
    assert found.chosen.ends
    assert found.end_logprob == -0.6


def test_trap_03_the_end_that_a_server_named_is_known_by_its_id() -> None:
    assert Naming(ends=frozenset({7})).bytes_of(Listed(-1.0, "<odd>", b"<odd>", 7)) == b""
    assert BY_ID.bytes_of(Listed(-1.0, "<odd>", b"<odd>", 0)) == b""


def test_trap_04_an_end_that_is_not_listed_is_certain() -> None:
    assert end().chosen.ends
    assert end().tail_mass == 0.0


@pytest.mark.parametrize("absent", [None, -9999.0, -3.4028234663852886e38, -math.inf, math.nan])
def test_trap_05_stand_ins_for_zero_are_absent(absent: float | None) -> None:
    others = [Listed(-0.1, " a"), Listed(absent, " b"), Listed(-4.0, " c")]
    found = read(others[0], others)
    assert texts(found) == [b" a", b" c"]


@pytest.mark.parametrize("absent", [None, -9999.0, -math.inf, math.nan])
def test_trap_05_an_own_token_beyond_the_list_is_no_likelier_than_the_listed(
    absent: float | None,
) -> None:
    found = read(Listed(absent, " z"), listed((" a", -0.1), (" b", -4.0)))
    assert found.chosen.text == b" z"
    assert found.chosen.logprob <= -4.0
    alone = read(Listed(absent, " z"), listed((" a", -0.05)))
    assert math.isfinite(alone.chosen.logprob)
    assert math.fsum(math.exp(c.logprob) for c in alone.candidates) <= 1.0 + 1e-9


def test_trap_05_an_own_token_without_a_number_takes_its_entrys() -> None:
    assert read(Listed(None, " a"), listed((" a", -0.3), (" b", -2.0))).chosen.logprob == -0.3


@pytest.mark.parametrize(
    "values",
    [[5.0, -1.0], [0.5, -1.0], [-0.1, -0.1], [-0.5] * 4, [math.inf, -1.0], [math.inf, math.inf]],
)
def test_trap_06_numbers_that_are_no_logprobs_are_refused(values: list[float]) -> None:
    others = [Listed(value, f" {n}", None, n) for n, value in enumerate(values)]
    with pytest.raises(NotSteerableError, match="no log-probabilities") as raised:
        position(others[0], others, BY_TEXT)
    assert "--logprobs-mode" in (raised.value.hint or "")


def test_trap_06_a_doubled_positive_number_is_refused_too() -> None:
    others = [Listed(math.inf, "a", None, 1), Listed(math.inf, "a", None, 2)]
    with pytest.raises(NotSteerableError):
        position(others[0], others, BY_TEXT)


def test_trap_06_more_than_all_for_one_text_is_refused() -> None:
    with pytest.raises(NotSteerableError):
        position(Listed(-0.1, "a", None, 1), [Listed(-0.1, "a", None, n) for n in (1, 2)], BY_TEXT)


def places(*lists: list[tuple[str, float]]) -> list[Position]:
    return [read(Listed(pairs[0][1], pairs[0][0]), listed(*pairs)) for pairs in lists]


def test_trap_06_the_same_list_everywhere_makes_no_sense() -> None:
    same = places(*[[(" a", -0.5), (" b", -1.0)]] * 3)
    with pytest.raises(NotSteerableError, match="same candidates"):
        require_sense(same)
    require_sense([*same[:2], *places([(" a", -0.5), (" b", -1.1)])])


def test_trap_06_zero_and_absent_alone_make_no_sense() -> None:
    """DeepSeek V3.2: 0 for the own token, -9999 or nothing for all others."""
    broken = places([(" a", 0.0), (" b", -9999.0)], [(" b", 0.0)], [(" c", 0.0), (" d", -9999.0)])
    with pytest.raises(NotSteerableError, match="no candidates beside its own"):
        require_sense(broken)
    require_sense(broken[:2])
    require_sense([*broken, *places([(" a", -0.5), (" b", -1.0)])])


def test_trap_07_unsorted_and_k_plus_one() -> None:
    """vLLM lists its own token first, whatever its rank, and one more than it was asked for."""
    pairs = [(" own", -3.0), (" a", -0.4), (" b", -1.6), (" c", -4.0)]
    found = read(Listed(-3.0, " own"), listed(*pairs))
    assert texts(found) == [b" a", b" b", b" own", b" c"]
    assert found.chosen == Candidate(b" own", None, -3.0)
    fewer = read(Listed(-3.0, " own"), listed(*pairs[:2]))
    assert texts(fewer) == [b" a", b" own"]


def test_trap_07_an_own_token_that_is_not_listed_is_added() -> None:
    found = read(Listed(-5.0, " own"), listed((" a", -0.4), (" b", -1.6)))
    assert texts(found) == [b" a", b" b", b" own"]


@pytest.mark.parametrize("step", [1 / 16, 1 / 256])
def test_trap_09_values_on_a_grid_are_taken(step: float) -> None:
    """Half-precision servers round; the sum is then a little off one."""
    exact = [0.62, 0.2, 0.1, 0.05, 0.02, 0.005]
    size = min(step, 1 / 64)
    rounded = [round(math.log(p) / size) * size for p in exact]
    found = read(
        Listed(rounded[0], " 0"), [Listed(v, f" {n}") for n, v in enumerate(rounded)], BY_TEXT
    )
    assert len(found.candidates) == 6
    assert 0.0 <= found.tail_mass < 0.02


def test_trap_09_a_number_just_above_zero_is_zero() -> None:
    found = read(Listed(5e-4, " a"), listed((" a", 5e-4), (" b", -8.0)))
    assert found.chosen.logprob == 0.0


def test_the_draft_goes_on_from_the_id_that_was_chosen() -> None:
    others = [Listed(-0.5, "Deep", None, 5), Listed(-1.5, "Deep", None, 6)]
    assert read(others[1], others).chosen.id == 6


def test_what_stands_in_the_text_can_be_told_from_outside() -> None:
    found = position(Listed(-0.5, "\ufffd"), listed(("\ufffd", -0.5), (" a", -1.0)), BY_TEXT, BIRD)
    assert found is not None
    assert found.chosen == Candidate(BIRD, None, -0.5)
    assert texts(found) == [BIRD, b" a"]


@given(st.text())
def test_a_text_is_bytes_where_nothing_of_it_was_lost(text: str) -> None:
    broken = any(c == "\ufffd" or "\ud800" <= c <= "\udfff" for c in text)
    assert whole(text) == (b"" if broken else text.encode())


PIECES = [b" a", b" b", b"a", b"", BIRD, BIRD[:2], BIRD[2:], "é".encode(), b"!", b"\xc3"]
TEXT = st.sampled_from([" a", " b", "a", "", "\ufffd", "🐦", "</s>", "é", "\ud83d"])
TOKEN = st.builds(
    Listed,
    logprob=st.none() | st.sampled_from([-9999.0, -math.inf, math.nan]) | st.floats(-12.0, -1.0),
    text=st.none() | TEXT,
    raw=st.none() | st.sampled_from(PIECES),
    id=st.none() | st.integers(0, 8),
)


def thinned(tokens: list[Listed]) -> list[Listed]:
    """The same tokens, so unlikely that they fit in one distribution."""
    less = math.log(len(tokens) + 1)
    return [
        Listed(None if t.logprob is None else t.logprob - less, t.text, t.raw, t.id) for t in tokens
    ]


@given(st.lists(TOKEN, min_size=1, max_size=12), st.data(), st.sampled_from([BY_TEXT, BY_ID]))
def test_any_list_becomes_one_distribution(tokens: list[Listed], data: Any, naming: Naming) -> None:
    chosen, *others = thinned(tokens)
    if data.draw(st.booleans()):
        others.append(chosen)
    found = position(chosen, others, naming)
    if found is None:
        assert naming.bytes_of(chosen) is None
        return
    assert len(set(texts(found))) == len(found.candidates)
    assert all(math.isfinite(c.logprob) and c.logprob <= 0.0 for c in found.candidates)
    assert found.chosen in found.candidates
    assert found.chosen.text == naming.bytes_of(chosen)
    assert math.fsum(math.exp(c.logprob) for c in found.candidates) <= 1.0 + 1e-2
    assert 0.0 <= found.tail_mass <= 1.0
    again = position(chosen, data.draw(st.permutations(others)), naming)
    assert again is not None
    assert {c.text for c in again.candidates} == set(texts(found))
    for one in found.candidates:
        other = next(c for c in again.candidates if c.text == one.text)
        assert other.logprob == pytest.approx(one.logprob)
    assert again.unnamed == found.unnamed
