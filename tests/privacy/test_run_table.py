"""The table of keys: what was put in is found, and nothing else; half a file is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.privacy.run_hashes import KEY_BITS
from costeer_cli.privacy.run_table import RunTable, made

SEAL = bytes(range(16))
KEYS = st.lists(
    st.one_of(
        st.integers(0, (1 << KEY_BITS) - 1),
        st.sampled_from([0, 1, (1 << 32) - 1, 1 << 32, (1 << KEY_BITS) - 1]),
        st.integers(0, 3).map(lambda n: (7 << 32) + n),
    )
)


def of(*keys: list[int]) -> RunTable:
    return RunTable(made([np.array(some, dtype=np.uint64) for some in keys], 7, SEAL))


@given(KEYS, KEYS, KEYS)
def test_it_holds_what_was_put_in(some: list[int], more: list[int], others: list[int]) -> None:
    table = of(some, more)
    known = {*some, *more}
    assert table.keys().tolist() == sorted(known)
    for key in [*some, *more, *others, *(key ^ 1 for key in some)]:
        assert table.holds(key) is (key in known)


def test_an_empty_one_holds_nothing() -> None:
    table = RunTable(made([], -1, SEAL))
    assert (table.last, table.seal) == (-1, SEAL)
    assert not table.holds(0)
    assert not table.holds((1 << KEY_BITS) - 1)
    assert table.keys().tolist() == []


def test_it_is_searched_where_it_lies(tmp_path: Path) -> None:
    path = tmp_path / "0.runs"
    path.write_bytes(made([np.array([5, 1 << 40], dtype=np.uint64)], 9, SEAL))
    table = RunTable.at(path)
    assert table is not None
    path.unlink()
    assert (table.last, table.seal) == (9, SEAL)
    assert table.holds(5)
    assert table.holds(1 << 40)
    assert not table.holds(6)
    assert table.keys().tolist() == [5, 1 << 40]


@pytest.mark.parametrize("size", [0, 1, 64, 1000, -4, -1])
def test_a_part_of_a_table_is_none(tmp_path: Path, size: int) -> None:
    whole = made([np.array([1, 2], dtype=np.uint64)], 9, SEAL)
    path = tmp_path / "0.runs"
    path.write_bytes(whole[:size])
    assert RunTable.at(path) is None
    path.write_bytes(whole)
    assert RunTable.at(path) is not None


def test_another_file_is_none(tmp_path: Path) -> None:
    path = tmp_path / "0.runs"
    assert RunTable.at(path) is None
    path.mkdir()
    assert RunTable.at(path) is None
    path.rmdir()
    path.write_bytes(bytes(len(made([], 0, SEAL))))
    assert RunTable.at(path) is None
