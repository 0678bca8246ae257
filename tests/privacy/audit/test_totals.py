"""The ledger of all texts of a profile."""

from __future__ import annotations

from typing import Any

from costeer_cli.privacy.audit.report import DraftAudit, Finding, RequestAudit
from costeer_cli.privacy.audit.totals import totals
from costeer_cli.store.drafts import DraftRecord

REQUEST = RequestAudit(1, "", "x", 10, "", True, True, 0, 0, 0, 0, 0, 0)
BAD = Finding("value", "a value", "vault NAME_1", "text", (1,))
NEAR = Finding("near", "nearly", "vault NAME_1", "text", (1,))


def text(
    profile: str | None, findings: tuple[Finding, ...] = (), **privacy: Any
) -> tuple[DraftRecord, DraftAudit]:
    receipt = {"usage": {"tokens": 100}, "privacy": {"steered_tokens": 7, "blocked": 1} | privacy}
    record = DraftRecord(profile=profile, receipt=receipt)
    return record, DraftAudit(record.id, profile, "x", "done", (REQUEST, REQUEST), findings)


def summed(*texts: tuple[DraftRecord, DraftAudit]) -> dict[str | None, dict[str, Any]]:
    records, audits = zip(*texts, strict=True)
    return {total.profile: total.as_dict() for total in totals(records, audits)}


def test_texts_of_a_profile_add_up() -> None:
    found = summed(
        text("jon", epsilon=2.5, realised=0.5),
        text("jon", epsilon=None, bits=40.0),
        text("jon", (BAD, NEAR), epsilon=1.0, realised=-0.25),
    )
    assert found["jon"] == {
        "profile": "jon",
        "texts": 3,
        "unbounded": 1,
        "tokens": 300,
        "steered_tokens": 21,
        "requests": 6,
        "blocked": 3,
        "epsilon": 3.5,
        "bits": 40.0,
        "realised": 0.25,
        "measured": 2,
        "found": 1,
        "suspicions": 1,
    }


def test_profiles_are_apart_by_name_and_nobody_comes_last() -> None:
    found = summed(text(None), text("mara"), text("jon"), text("mara"))
    assert list(found) == ["jon", "mara", None]
    assert [total["texts"] for total in found.values()] == [1, 2, 1]


def test_a_draft_without_a_receipt_counts_as_a_text_without_a_bound() -> None:
    record = DraftRecord(profile="jon")
    audit = DraftAudit(record.id, "jon", "x", "interrupted", (REQUEST,), ())
    found = summed((record, audit), text("jon", epsilon=1.0))["jon"]
    assert (found["texts"], found["unbounded"], found["measured"]) == (2, 1, 0)
    assert (found["tokens"], found["requests"], found["epsilon"]) == (100, 3, 1.0)


def test_an_old_receipt_has_fewer_keys() -> None:
    record = DraftRecord(profile="jon", receipt={"usage": None, "privacy": {"epsilon": 0.0}})
    found = summed((record, DraftAudit(record.id, "jon", "x", "done", (), ())))["jon"]
    assert (found["unbounded"], found["epsilon"], found["realised"]) == (0, 0.0, 0.0)


def test_what_is_no_number_counts_as_none() -> None:
    receipt: Any = {"usage": [], "privacy": {"epsilon": "x", "bits": float("inf"), "blocked": {}}}
    record = DraftRecord(profile="jon", receipt=receipt)
    found = summed((record, DraftAudit(record.id, "jon", "x", "done", (), ())))["jon"]
    assert (found["epsilon"], found["bits"], found["blocked"]) == (0, 0, 0)


def test_no_texts_no_sums() -> None:
    assert totals([], []) == []
