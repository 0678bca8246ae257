"""JSON that streams: it gives what `json` gives, in one value's memory."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.importers import pull as pull_module
from costeer_cli.importers.protocol import Note, Skipped
from costeer_cli.importers.pull import Pull, PullError, elements, pulled, pulling
from tests.importers.making import entry
from tests.importers.shaking import ANYTHING


def pull(text: str | bytes) -> Pull:
    return Pull(io.BytesIO(text.encode() if isinstance(text, str) else text))


def whole(cursor: Pull) -> Any:
    """Any value, by the smallest steps."""
    match cursor.peek():
        case "[":
            return [whole(cursor) for _ in cursor.array()]
        case "{":
            return {key: whole(cursor) for key in cursor.object()}
        case _:
            return cursor.value()


@given(ANYTHING, st.integers(1, 9), st.sampled_from([None, 1]))
def test_it_reads_what_json_reads(value: object, chunk: int, indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pull_module, "_CHUNK", chunk)
        assert repr(whole(pull(text))) == repr(json.loads(text))
        assert repr(pull(text).value()) == repr(json.loads(text))


@given(st.binary(max_size=60), st.integers(1, 5))
def test_nothing_but_its_own_error(raw: bytes, chunk: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pull_module, "_CHUNK", chunk)
        with suppress(PullError):
            whole(pull(raw))


def test_a_number_cut_in_two_by_a_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pull_module, "_CHUNK", 1)
    cursor = pull("[123456, -1.5e3]")
    assert [cursor.value() for _ in cursor.array()] == [123456, -1500.0]
    assert cursor.peek() == ""


def test_what_is_no_array_or_object_is_passed_over() -> None:
    cursor = pull('{"a": {"b": 1}, "c": [2], "d": 3}')
    seen = []
    for key in cursor.object():
        seen.append(key)
        assert list(cursor.array() if key == "a" else cursor.object()) == []
    assert seen == ["a", "c", "d"]


@pytest.mark.parametrize(
    "text",
    ["", "[", "[1", "[1,", "[1,]", "[1 2]", '{"a"', '{"a":', '{"a" 1}', "{1: 2}", "{]", '["\\x"]'],
)
def test_broken(text: str) -> None:
    with pytest.raises(PullError, match="broken"):
        whole(pull(text))


def test_a_nest_of_brackets() -> None:
    with pytest.raises(PullError, match="broken"):
        pull("[" * 100_000).value()


def test_an_early_error_is_not_read_past() -> None:
    file = io.BytesIO(b'{"a": nonsense}' + b" " * 10_000_000)
    with pytest.raises(PullError, match="broken"):
        Pull(file).value()
    assert file.tell() < 1_000_000


def test_a_value_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pull_module, "LONGEST", 1 << 17)
    cursor = pull('["' + "x" * (1 << 20) + '"]')
    with pytest.raises(PullError, match="large"):
        [cursor.value() for _ in cursor.array()]


def test_one_value_is_in_memory_at_a_time() -> None:
    import tracemalloc  # noqa: PLC0415

    one = json.dumps({"text": "x" * 20_000}).encode()
    file = io.BytesIO(b"[" + b",".join([one] * 1000) + b"]")
    cursor = Pull(file)
    tracemalloc.start()
    assert sum(len(cursor.value()["text"]) for _ in cursor.array()) == 20_000_000
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 2_000_000


def test_a_byte_order_mark_and_old_bytes() -> None:
    cursor = pull("\ufeff[1]")
    assert cursor.value() == [1]
    assert not cursor.old
    cursor = pull('["na\xefve \u0080 \u0081", "✓"]'.encode("latin-1", "replace"))
    assert cursor.value() == ["naïve € ", "?"]
    assert cursor.old


def test_control_characters_in_strings() -> None:
    assert pull('["a\x00b\nc"]').value() == ["a\x00b\nc"]


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    file = entry(tmp_path / "a.json", "[1]")
    with pulling(file) as cursor:
        assert cursor.value() == [1]
    (tmp_path / "a.json").unlink()
    with pytest.raises(PullError, match="unreadable"), pulling(file):
        pass


def test_a_file_that_breaks_off() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError

    with pytest.raises(PullError, match="unreadable"):
        Pull(Broken(b"[1]")).value()


def test_elements(tmp_path: Path) -> None:
    def of(content: str | bytes) -> list[Any]:
        return list(elements(entry(tmp_path / "a.json", content)))

    where = str(tmp_path / "a.json")
    assert of("[1, [2]]") == [1, [2]]
    assert of("[1, [2") == [1, Skipped(where, "broken")]
    assert of("{}") == of("") == [Skipped(where, "broken")]
    assert of(b'["\xe9"]') == ["é", Note(where, "not UTF-8, read as Windows-1252")]


def test_what_is_pulled_ends_with_what_was_wrong(tmp_path: Path) -> None:
    def keys(cursor: Pull) -> Iterator[str]:
        for key in cursor.object():
            cursor.value()
            yield key

    def of(content: str | bytes, at: int = 0) -> list[Any]:
        return list(pulled(entry(tmp_path / "a.json", content), keys, at))

    where = str(tmp_path / "a.json")
    assert of('{"a": 1}') == of('x = {"a": 1}', 4) == ["a"]
    assert of('{"a": 1, "b"') == ["a", Skipped(where, "broken")]
    assert of(b'{"\xe9": 1}') == ["é", Note(where, "not UTF-8, read as Windows-1252")]
    file = entry(tmp_path / "a.json", "{}")
    (tmp_path / "a.json").unlink()
    assert list(pulled(file, keys, 4)) == [Skipped(where, "unreadable")]
