"""Objects out of arrays and lines, as they stream."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.importers import json_rows
from costeer_cli.importers.json_rows import Row, begins_with, rows
from costeer_cli.importers.source import Source
from tests.importers.making import entry, zipped


def found(path: Path, content: str | bytes) -> list[Row | None]:
    return list(rows(entry(path, content)))


@pytest.mark.parametrize("indent", [None, 2])
def test_an_array(tmp_path: Path, indent: int | None) -> None:
    many = [{"n": n, "text": "ü🐴\u2028" * 9} for n in range(50)]
    assert found(tmp_path / "a.json", json.dumps(many, indent=indent)) == many
    assert found(tmp_path / "b.json", b"\xef\xbb\xbf \n" + json.dumps(many).encode()) == many
    assert found(tmp_path / "c.json", "[]") == []


def test_lines(tmp_path: Path) -> None:
    content = '\ufeff{"n": 1}\n\n[2]\n{"n": 3\nnull\n{"n": 4}'
    assert found(tmp_path / "a.jsonl", content) == [{"n": 1}, None, None, None, {"n": 4}]


@pytest.mark.parametrize("chunk", [1, 7, 64])
def test_however_it_is_cut_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    monkeypatch.setattr(json_rows, "_CHUNK", chunk)
    many = [{"text": 'Grüße, 🐴 und "anderes"' * n, "deep": [{"a": [n]}]} for n in range(9)]
    assert found(tmp_path / "a.json", "[" + json.dumps(many, ensure_ascii=False)[1:]) == many


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", [None]),
        ("{}", [None]),
        ("nonsense", [None]),
        ("[", [None]),
        ('[{"a": 1}', [{"a": 1}, None]),
        ('[{"a": 1}, {"b": ', [{"a": 1}, None]),
        ('[{"a": 1}, nonsense, {"b": 2}]', [{"a": 1}, None]),
        ('[{"a": 1}, null, "x", {"b": 2}] and more', [{"a": 1}, None, None, {"b": 2}]),
        ("[" * 100_000, [None]),
        ('[{"a": ' + "9" * 5000 + "}]", [None]),
    ],
)
def test_what_is_broken_is_one_none(
    tmp_path: Path, content: str, expected: list[Row | None]
) -> None:
    assert found(tmp_path / "a.json", content) == expected


def test_one_object_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_rows, "_CHUNK", 64)
    monkeypatch.setattr(json_rows, "LARGEST", 500)
    many = [{"a": "x"}, {"a": "x" * 5000}, {"a": "y"}]
    assert found(tmp_path / "a.json", json.dumps(many)) == [{"a": "x"}, None]


def test_a_damaged_zip_is_an_os_error(tmp_path: Path) -> None:
    content = json.dumps([{"n": n * n} for n in range(400_000)])
    file = zipped(tmp_path / "a.zip", {"a.json": content})
    member = Source(file).entries[0]
    raw = bytearray(file.read_bytes())
    raw[-5000:-4000] = bytes(1000)
    file.write_bytes(raw)
    with pytest.raises(OSError, match="unpacked"):
        list(rows(member))


def test_how_it_begins(tmp_path: Path) -> None:
    array = entry(tmp_path / "a.json", '\ufeff [{"id": 1, "text": "say \\"output\\""}]')
    assert begins_with(array, "id", "text")
    assert not begins_with(array, "id", "output")
    assert not begins_with(entry(tmp_path / "b.json", '{"id": 1}'), "id")
    assert begins_with(entry(tmp_path / "b.jsonl", '{"id": 1}'), "id")
    assert not begins_with(entry(tmp_path / "c.jsonl", '[{"id": 1}]'), "id")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(VALUES, max_size=5), st.sampled_from(["a.json", "a.jsonl"]))
def test_whatever_json_there_is(
    tmp_path_factory: pytest.TempPathFactory, values: list[object], name: str
) -> None:
    content = json.dumps(values)
    if name.endswith("l"):
        content = "\n".join(json.dumps(value) for value in values)
    expected = [value if isinstance(value, dict) else None for value in values]
    assert found(tmp_path_factory.getbasetemp() / name, content) == expected
