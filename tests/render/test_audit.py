"""Audits as tables and lines: narrow, and without what is private."""

from __future__ import annotations

from costeer_cli.privacy.audit.report import DraftAudit, Finding, RequestAudit
from costeer_cli.privacy.audit.totals import Total
from costeer_cli.render.audit import (
    draft_rows,
    finding_lines,
    request_rows,
    total_rows,
    verdict,
)

CLEAN = RequestAudit(1, "", "x", 1234, "", True, True, 0, 0, 0, 0, 4, 2)
DIRTY = RequestAudit(2, "", "x", 1300, "", False, True, 1, 2, 3, 4, 17, 2)
COPIED = Finding(
    "run", "words copied from a private text", "document 17", "text", (2, 3), 17, "a\nb"
)
NEAR = Finding("near", "something like a protected value", "vault NAME_1", "prompt", (1,), 0, "Ott")
GAP = Finding("log", "requests are missing from the log", "", "log", ())
ID = "01aaaaaaaaaaaaaaaaaaaaaaaa"
GOOD = DraftAudit(ID, "jon", "x", "done", (CLEAN,), ())
BAD = DraftAudit(ID, "jon", "x", "done", (CLEAN, DIRTY), (COPIED, GAP, NEAR))


def width(rows: list[list[str]]) -> int:
    return sum(max(map(len, column)) + 2 for column in zip(*rows, strict=True)) - 2


def test_one_row_a_request() -> None:
    head, first, second = request_rows(BAD)
    assert first == ["1", "1234", "0", "0", "0", "4", "2", "yes"]
    assert second == ["2", "1300", "1", "5", "4", "17", "2", "NO"]
    assert len(head) == len(first)


def test_a_body_that_is_not_what_was_logged_is_not_allowed() -> None:
    changed = RequestAudit(1, "", "x", 1, "", True, False, 0, 0, 0, 0, 0, 0)
    rows = request_rows(DraftAudit(ID, None, "x", "done", (changed,), ()))
    assert rows[1][-1] == "NO"


def test_one_row_a_draft() -> None:
    _, good, bad = draft_rows([GOOD, BAD])
    assert good == [ID[:14], "1", "1234", "0", "0", "4", "ok"]
    assert bad == [ID[:14], "2", "2534", "6", "4", "17", "2 BAD"]
    assert draft_rows([DraftAudit(ID, None, "", "done", (), ())])[1][1] == "0"


def test_tables_are_narrow() -> None:
    wide = RequestAudit(9999, "", "x", 999_999, "", False, True, 99, 99, 99, 99, 999, 99)
    audit = DraftAudit(ID, "x" * 9, "x", "done", (wide,) * 99, (COPIED,) * 9)
    assert width(request_rows(audit)) <= 60
    assert width(draft_rows([audit])) <= 60
    total = Total("mara-lindqvist", 120, 20, 36_000, 9_000, 999, 12, 1234.5, 99.0, 456.7, 90, 3)
    assert width(total_rows([total])) <= 80


def test_lines_say_what_and_where_and_not_the_thing_itself() -> None:
    copied, gap, near = finding_lines([GOOD, BAD], show=False)
    assert copied == (
        f"!! {ID[:14]}, request 2 and 1 more: 17 words copied from a private text (document 17),"
        " in the text"
    )
    assert gap == f"!! {ID[:14]}: requests are missing from the log, in the log"
    assert near.startswith("?? ")
    assert "Ott" not in near


def test_unless_it_is_asked_for_and_then_in_one_harmless_line() -> None:
    odd = Finding("value", "a value", "vault NAME_1", "text", (1,), 0, "Ot\x1b[31m\nis")
    audit = DraftAudit(ID, None, "x", "done", (CLEAN,), (COPIED, odd, GAP))
    copied, value, gap = finding_lines([audit], show=True)
    assert copied.endswith("in the text: a b")
    assert value.endswith(": Ot\ufffd[31m is")
    assert gap.endswith("in the log")


def test_the_verdict() -> None:
    assert verdict([GOOD]) == (
        "1 request of 1 draft: the prompt and the text so far, and nothing private."
    )
    assert verdict([GOOD, BAD]) == (
        "3 requests of 2 drafts: 2 things that should not be there. 1 thing to look at."
    )
    assert verdict([]).startswith("0 requests of 0 drafts: ")


def test_totals() -> None:
    some = Total("jon", 3, 1, 300, 21, 6, 3, 3.5, 40.0, 0.25, 2, 0)
    none = Total(None, 1, 1)
    _, first, second = total_rows([some, none])
    assert first == ["jon", "3", "21/300", "3.5+1x?", "0.2", "3", "ok"]
    assert second == ["(nobody)", "1", "0/0", "0.0+1x?", "-", "0", "ok"]
