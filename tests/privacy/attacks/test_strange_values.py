"""Protected values that are made to break what protects them."""

from __future__ import annotations

import time

import pytest

from costeer_cli.errors import BadInputError
from costeer_cli.privacy.guard import Guard
from costeer_cli.privacy.vault import filling
from costeer_cli.store.database import Store

VALUES = [
    "[NAME_1]", "[NAME_2]", "NAME_1", "[~NAME_1]", "[PRIVATE_1_FORM_2]", "PRIVATE 3", "]", "[[",
    "(a+)+$", "(a|a)*b" * 9, "a" * 5000, "((((((((((x" * 40, ".*", "\\", "%s", "{0}",
    "x" * 100_000, "Anna", "Anna Maria", "Anna Maria Schmidt", "Annabell", "Ann", "annam",
    "Anna Maria Schmidt-Anna", "1", "11", "111111", "1111112", "0" * 40, "@", "a@b.example",
    "\u200b\u200b", "\u0301", "Ǆ", "ß", "SS", "ŉ", "İi", "ﬃ", "\U0001f1e6\U0001f1e7",
    "山田", "山田太郎",
    "\x00null", "a\nb", "  spaced  out  ", "'; DROP TABLE vault; --",
]  # fmt: skip


@pytest.fixture
def full(store: Store) -> Store:
    for value in VALUES:
        try:
            filling.add(store, value)
        except BadInputError:
            continue
    return store


TEXTS = [
    *VALUES,
    " ".join(VALUES[:16]),
    " ".join(VALUES[17:]),
    "Anna Maria Schmidt met Annabell and Ann; Annas annam.",
    "[NAME_1] [~NAME_1] [PRIVATE_1] [PRIVATE_2]: NAME_1",
    "a" * 60_000,
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!" * 50,
    "1" * 10_000,
    "x" * 100_001,
    "[" * 20_000,
    "[NAME_" * 5000,
    "[ ~~~~~NAME   1   FORM   2" * 500,
]


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_masking_is_lossless_and_ends(full: Store, number: int) -> None:
    text = TEXTS[number]
    vault = filling.open_vault(full)
    begun = time.process_time()
    masked = vault.mask(text).text
    assert vault.restore(masked) == text
    assert time.process_time() - begun < 8
    restorer = vault.restorer()
    pieces = [masked[i : i + 7] for i in range(0, min(len(masked), 3000), 7)]
    said = "".join([*map(restorer.feed, pieces), restorer.close()])
    assert said == vault.restore(masked[: 7 * len(pieces)])


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_guarding_ends_whatever_is_protected(full: Store, number: int) -> None:
    vault = filling.open_vault(full)
    guard = Guard(vault.values(), [TEXTS[number]], "Write a note.")
    begun = time.process_time()
    for piece in (b" Anna", b" x", b"xx" * 500, b" Maria", b" 111", b" [", b"\xf0\x9f\x87"):
        if guard.refuses(piece) is None:
            guard.accept(piece)
    assert time.process_time() - begun < 8


@pytest.mark.parametrize(
    "said", ["Anna", "anna maria", "Anna Maria Schmidt", "a@b.example", "山田太郎", "(a+)+$aaaa"]
)
def test_what_is_protected_still_is_beside_strange_values(full: Store, said: str) -> None:
    vault = filling.open_vault(full)
    masked = vault.mask(f"So {said} said.").text
    if said != "(a+)+$aaaa":
        assert said.lower() not in masked.lower()
    guard = Guard(vault.values(), [], "")
    if said != "(a+)+$aaaa":
        assert guard.refuses(f"So {said} said".encode()) is not None


def test_the_longest_of_values_that_begin_alike_is_taken(store: Store) -> None:
    for value in ("Ann", "Anna", "Anna Maria", "Anna Maria Schmidt"):
        filling.add(store, value)
    vault = filling.open_vault(store)
    said = "Ann, Anna, Anna Maria and Anna Maria Schmidt"
    masked = vault.mask(said)
    assert masked.replaced == 4
    assert "Maria" not in masked.text
    assert vault.restore(masked.text) == said


def test_many_values_take_no_longer_for_a_choice(store: Store) -> None:
    values = [f"Person{n:05} Surname{n:05}" for n in range(20_000)]
    guard = Guard(values, [], "")
    guard.accept(b"Person00001 Surname")
    begun = time.process_time()
    for _ in range(500):
        assert guard.refuses(b"00001") is not None
        assert guard.refuses(b"s of people") is None
    assert time.process_time() - begun < 4
