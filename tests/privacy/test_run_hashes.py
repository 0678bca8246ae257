"""Keys of runs: the same however they are found, and other ones with another salt."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.privacy.folding import RUN, runs, words
from costeer_cli.privacy.run_hashes import KEY_BITS, RunHashes

SALT = b"s" * 32
TEXTS = st.lists(
    st.lists(st.sampled_from(["a", "b", "don't", "Ж", "我", "김", "x1", "\u0301"])).map(" ".join)
)


@given(TEXTS)
def test_the_keys_of_texts_are_those_of_their_runs(texts: list[str]) -> None:
    hashes = RunHashes(SALT)
    keys = {hashes.key(run) for text in texts for run in runs(words(text))}
    assert set(hashes.keys(texts).tolist()) == keys


def test_every_word_counts_and_its_place() -> None:
    hashes = RunHashes(SALT)
    run = ["one", "two", "three", "four", "five", "six"]
    keys = {hashes.key(run), hashes.key(run[::-1]), hashes.key([*run[1:], run[0]])}
    for i in range(RUN):
        keys.add(hashes.key([*run[:i], "other", *run[i + 1 :]]))
    assert len(keys) == 3 + RUN
    assert all(0 <= key < 1 << KEY_BITS for key in keys)


def test_another_salt_gives_other_keys() -> None:
    text = ["as soon as you can get there"]
    one, other = (set(RunHashes(salt).keys(text).tolist()) for salt in (SALT, b"t" * 32))
    assert one == set(RunHashes(SALT).keys(text).tolist())
    assert not one & other


def test_keys_fill_all_their_bits() -> None:
    keys = RunHashes(SALT).keys([" ".join(map(str, range(20_000)))])
    assert len(set(keys.tolist())) == 20_000 - RUN + 1
    for bit in range(KEY_BITS):
        assert 0.45 < float((keys >> bit & 1).mean()) < 0.55


def test_words_of_any_kind_have_a_number() -> None:
    hashes = RunHashes(SALT)
    hashes.keys(["", "\ud800 \x00", "x" * 100_000])
    assert hashes.keys([]).tolist() == []
