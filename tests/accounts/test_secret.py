"""A key that does not show itself."""

from __future__ import annotations

import json
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.accounts.secret import Secret
from costeer_cli.errors import UsageError

KEYS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1)


@given(KEYS)
def test_only_reveal_gives_it(value: str) -> None:
    secret = Secret(value)
    assert secret.reveal() == value
    assert {repr(secret), str(secret), f"{secret}", f"{secret!s:>3}"} == {"Secret(...)"}


def test_it_is_in_no_dump() -> None:
    secret = Secret("sk-distinctive")
    assert not hasattr(secret, "__dict__")
    with pytest.raises(TypeError) as caught:
        json.dumps({"key": secret})
    assert "sk-distinctive" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    "value",
    ["sk-a\nb", "sk-a\r", "sk-a b", " sk-ab", "sk-\x00ab", "sk-ab\x7f", "sk-é", "sk-\u200bab"],
)
def test_what_no_key_has(value: str) -> None:
    with pytest.raises(UsageError, match="MY_VARIABLE has a blank, a line break") as caught:
        Secret(value, "MY_VARIABLE")
    assert "sk-" not in f"{caught.value} {caught.value.hint}"
    assert caught.value.hint


def test_nothing() -> None:
    with pytest.raises(UsageError, match="The key is empty"):
        Secret("")
