"""Canaries: found whole or in part, in any form, and not where they are not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.privacy.audit.planted import LETTERS, WORDS, Canary, Escape, escapes
from costeer_cli.store.wire import WireRecord

BIRD = Canary("words", "brotanvi kelunos stridax pomelgu")
CODE = Canary("code", "47118269")
SHORT = Canary("pin", "4711")


def request(said: Any, n: int = 1, **more: Any) -> WireRecord:
    raw = said if isinstance(said, bytes) else json.dumps({"content": said}).encode()
    plain = {
        "id": n, "draft_id": "d", "n": n, "at": "", "provider": "x", "endpoint": "y",
        "headers": {}, "body": raw, "sha256": "",
    }  # fmt: skip
    return WireRecord(**(plain | more))


def found(*requests: WireRecord) -> list[str]:
    return [escape.label for escape in escapes([BIRD, CODE, SHORT], requests)]


@pytest.mark.parametrize(
    "said",
    [
        "brotanvi kelunos stridax pomelgu",
        "so: Kelunos, stridax -- POMELGU!",
        "just brotanvi then",
        "b-r-o t.a.n.v.i",
        "brot\u0430nvi",
        "xxtanvikelyy",
    ],
)
def test_a_part_of_words_is_found(said: str) -> None:
    assert found(request(said)) == ["words"]


@pytest.mark.parametrize("said", ["47118269", "4711-8269", "no 4 7 1 1 8 2 6 9."])
def test_a_number_is_found(said: str) -> None:
    assert found(request(said)) == ["code", "pin"]


@pytest.mark.parametrize("said", ["", "brotan kelu", "tanvike", "a plain note", "7118"])
def test_less_is_nothing(said: str) -> None:
    assert found(request(said)) == []


def test_short_words_in_a_row_are_a_part_too() -> None:
    bird = Canary("w", "bo ki stu ma")
    assert list(escapes([bird], [request("ki stu ma")])) == [Escape("w", "d", 1)]
    assert list(escapes([bird], [request("ki, mo, stu ma")])) == []


def test_wherever_in_a_request() -> None:
    assert found(request("x", endpoint="https://x/brotanvi")) == ["words"]
    assert found(request("x", headers={"x-title": "brotanvi"})) == ["words"]
    assert found(request({"brotanvi": 1})) == ["words"]
    assert found(request(b"brotanvi \xff")) == ["words"]


def test_each_request_is_told() -> None:
    said = [request("brotanvi", 1), request("nothing", 2), request("brotanvi", 3, draft_id="e")]
    assert list(escapes([BIRD], said)) == [Escape("words", "d", 1), Escape("words", "e", 3)]


def test_a_report_does_not_show_them() -> None:
    assert "brotanvi" not in repr(BIRD)


@given(st.data())
def test_every_part_of_that_size_is_found(data: st.DataObject) -> None:
    letters = BIRD.text.replace(" ", "")
    start = data.draw(st.integers(0, len(letters) - LETTERS))
    noise = data.draw(st.text("qzw ", max_size=9))
    assert found(request(f"{noise} {letters[start : start + LETTERS]} {noise}")) == ["words"]
    first = data.draw(st.integers(0, 1))
    words = BIRD.text.split()[first : first + WORDS]
    assert found(request(f"{noise} {' '.join(words)}")) == ["words"]
