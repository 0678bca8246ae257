"""Slack's markup undone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.importers.chats.mrkdwn import plain

NAMES = {"U1": "Mara", "W2": "Ole"}


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("<@U1> and <@W2|ole>, <@U9> too", "@Mara and @ole,  too"),
        ("in <#C1|rain> or <#C2>", "in #rain or "),
        (
            "<https://example.org|the page>, <https://example.org/b>",
            "the page, https://example.org/b",
        ),
        (
            "<mailto:a@example.org|a@example.org> <mailto:b@example.org>",
            "a@example.org b@example.org",
        ),
        (
            "<!here> <!subteam^S1|@stable> <!date^1^{date}|in May> <!subteam^S1>",
            "@here @stable in May ",
        ),
        ("1 &lt; 2 &amp;&amp; 3 &gt; 2, &amp;lt; &quot;", "1 < 2 && 3 > 2, &lt; &quot;"),
        ("*really* _so_ ~not~ here", "really so not here"),
        ("snake_case_name 2*3*4 ** __ * a *", "snake_case_name 2*3*4 ** __ * a *"),
        ("", ""),
    ],
)
def test_as_it_was_seen(text: str, seen: str) -> None:
    assert plain(text, NAMES) == seen


@given(st.text(alphabet="<>@#!|*_~&lt;gamp a\n", max_size=200))
def test_any_text(text: str) -> None:
    assert len(plain(text, NAMES)) <= len(text) + 10 * text.count("<")
