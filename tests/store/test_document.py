"""The form in which texts are kept."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.store.document import Document, tagged, tidy

ANY_TEXT = st.text(st.characters())  # lone surrogates included


@given(ANY_TEXT)
def test_tidy_twice_is_tidy_once_and_always_storable(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
    assert once.encode("utf-8").decode("utf-8") == once
    assert unicodedata.is_normalized("NFC", once)
    assert not any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in once)


@pytest.mark.parametrize(
    ("rough", "kept"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("page one\fpage two", "page one\npage two"),
        ("e\u0301", "é"),
        ("\x1b[31mred\x1b[0m", "[31mred[0m"),
        ("\n  hello \n", "hello"),
        ("x\ud800y", "x?y"),
        ("👩\u200d🔬 fine", "👩\u200d🔬 fine"),
    ],
)
def test_tidy(rough: str, kept: str) -> None:
    assert tidy(rough) == kept


def test_digest_ignores_spacing_and_composition_only() -> None:
    one = Document(text="Caf\u00e9  au\nlait")
    assert one.digest == Document(text=" Cafe\u0301 au lait\r\n", title="other").digest
    assert one.digest != Document(text="cafe au lait").digest
    assert len(one.digest) == 64


def test_tagged_keeps_order_and_binds() -> None:
    document = Document(text="x", tags=("a", "b"), profile="old")
    assert tagged(document, ["b", "c"], None).tags == ("a", "b", "c")
    assert tagged(document, [], None).profile == "old"
    assert tagged(document, [], "new").profile == "new"
