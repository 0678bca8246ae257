"""Reports: sums of what was found, and plain values that tell nothing private."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.privacy.audit.private import PrivateText, Protected
from costeer_cli.privacy.audit.report import SUSPICIONS, DraftAudit, Finding, RequestAudit

RULES = ("value", "near", "run", "body", "format", "digest", "log")
COUNTS = st.integers(0, 99)


def request(**changes: Any) -> RequestAudit:
    plain: dict[str, Any] = {
        "n": 1,
        "at": "2026-01-02T03:04:05+00:00",
        "provider": "x",
        "bytes": 100,
        "sha256": "0" * 64,
        "allowed": True,
        "intact": True,
        "exact": 0,
        "folded": 0,
        "part": 0,
        "near": 0,
        "longest_run": 0,
        "placeholders": 0,
    }
    return RequestAudit(**(plain | changes))


def finding(rule: str, text: str = "") -> Finding:
    return Finding(rule, "in words", "document 17", "text", (1, 2), 6, text)  # type: ignore[arg-type]


def audit(*findings: Finding, requests: tuple[RequestAudit, ...] = ()) -> DraftAudit:
    return DraftAudit("01aaaa", "jon", "x", "done", requests, findings)


@given(st.lists(st.sampled_from(RULES)))
def test_every_finding_is_bad_or_a_suspicion(rules: list[str]) -> None:
    found = audit(*map(finding, rules))
    assert found.bad + found.suspicions == len(rules)
    assert found.suspicions == sum(rule in SUSPICIONS for rule in rules)
    assert found.as_dict(show=False)["ok"] is not bool(found.bad)


@given(st.lists(st.tuples(COUNTS, COUNTS, COUNTS)))
def test_a_draft_sums_its_requests_up(numbers: list[tuple[int, int, int]]) -> None:
    requests = tuple(
        request(bytes=size, longest_run=run, placeholders=held) for size, run, held in numbers
    )
    found = audit(requests=requests)
    plain = found.as_dict(show=False)
    assert plain["bytes"] == sum(size for size, _, _ in numbers)
    longest = max((run for _, run, _ in numbers), default=0)
    assert plain["longest_run"] == found.longest_run == longest
    assert plain["placeholders"] == max((held for _, _, held in numbers), default=0)
    assert len(plain["requests"]) == len(numbers)


def test_plain_values_are_json_and_complete() -> None:
    found = audit(finding("run", "grey herons"), requests=(request(), request(n=2)))
    plain = json.loads(json.dumps(found.as_dict(show=True)))
    assert set(plain) == {
        "draft", "profile", "provider", "state", "ok", "requests", "findings", "longest_run",
        "placeholders", "bytes", "later",
    }  # fmt: skip
    assert plain["findings"] == [
        {
            "rule": "run",
            "what": "in words",
            "source": "document 17",
            "where": "text",
            "requests": [1, 2],
            "words": 6,
            "text": "grey herons",
            "bad": True,
        }
    ]


@pytest.mark.parametrize("secret", ["grey herons", 'a "quoted" thing', "\x1b[31m"])
def test_the_text_is_left_out_unless_it_is_wanted(secret: str) -> None:
    found = audit(finding("value", secret))
    (hidden,) = found.as_dict(show=False)["findings"]
    (shown,) = found.as_dict(show=True)["findings"]
    assert "text" not in hidden
    assert shown == hidden | {"text": secret}
    assert secret not in repr(found)


def test_what_is_private_is_in_no_repr() -> None:
    """Nor, so, in a traceback that somebody sends along with a question."""
    assert "herons" not in repr(Protected("vault NAME_1", "herons"))
    assert "herons" not in repr(PrivateText("document 17", "herons"))
    assert "document 17" in repr(PrivateText("document 17", "herons"))
