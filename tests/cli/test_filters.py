"""Options that say which texts are meant."""

from __future__ import annotations

import pytest

from costeer_cli.cli.filters import moment, selection
from costeer_cli.errors import BadInputError
from costeer_cli.store.scope import Selection


def test_nothing_said_means_everything() -> None:
    assert selection() == Selection()
    assert selection([], [], [], [], "", "", "") == Selection()


def test_everything_said() -> None:
    chosen = selection(
        [2, 1], ["mbox"], ["a"], ["email"], "2024-05-01", "2024-06-01", "rain", "jon"
    )
    assert chosen == Selection(
        ids=(2, 1),
        sources=("mbox",),
        tags=("a",),
        kinds=("email",),
        after="2024-05-01T00:00:00+00:00",
        before="2024-06-01T00:00:00+00:00",
        query="rain",
        profile="jon",
    )


@pytest.mark.parametrize("text", ["yesterday", "2024-13-01", "05/01/2024"])
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(BadInputError, match="--after is not a date") as caught:
        moment(text, "--after")
    assert "2024-05-31" in (caught.value.hint or "")
