"""A verdict can be kept as JSON and taken up again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.cloud.capability import Capability, Kind

WORDS = st.text(max_size=8)
FIELDS = st.dictionaries(WORDS, st.booleans() | st.integers() | WORDS, max_size=3)


@given(
    st.builds(
        Capability,
        kind=st.sampled_from(Kind),
        wire=WORDS,
        reason=WORDS,
        most_listed=st.integers(1, 99),
        fewest=st.integers(1, 64),
        temperature=st.sampled_from([0.0, 1.0]),
        ids=st.booleans(),
        template=st.none() | st.tuples(WORDS, WORDS, WORDS),
        end=st.none() | st.integers(0, 9),
        continuing=FIELDS,
        extras=FIELDS,
        trims=st.booleans(),
    )
)
def test_it_survives_json(capability: Capability) -> None:
    kept = json.loads(json.dumps(capability.as_dict()))
    assert Capability.from_dict(kept) == capability


def test_what_an_older_version_did_not_keep_is_usual() -> None:
    assert Capability.from_dict({"kind": "raw_text"}) == Capability(Kind.RAW_TEXT)


@pytest.mark.parametrize(
    "values", [{}, {"kind": "magic"}, {"kind": "raw_text", "colour": 1}, {"kind": None}]
)
def test_what_is_none_is_an_error(values: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        Capability.from_dict(values)


def test_all_kinds_but_one_can_be_steered() -> None:
    assert [kind for kind in Kind if not Capability(kind).steerable] == [Kind.NOT_STEERABLE]
