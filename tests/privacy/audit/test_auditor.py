"""Audits of whole drafts in a real store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from costeer_cli.privacy.audit.auditor import Auditor, logged
from costeer_cli.privacy.audit.private import PrivateText, Protected
from costeer_cli.privacy.audit.report import DraftAudit, Finding
from costeer_cli.settings import Places
from costeer_cli.steering.choice import Choice
from costeer_cli.store.database import Store, open_store
from costeer_cli.store.document import Document
from costeer_cli.store.drafts import DraftRecord

RULES, ASK = "Write the text the user asks for.", "Write a note to [NAME_3]."
WORDS = [b"Dear", b" [NAME_3]", b",", b" the", b" weir", b" is", b" up", b" again", b".", b""]
HERON = "seven grey herons stood on one leg in the rain"
RECORD = DraftRecord(
    id="01aaaaaaaaaaaaaaaaaaaaaaaa",
    created_at="2026-01-02T03:04:05+00:00",
    profile="jon",
    prompt=ASK,
    provider="embedded",
    cloud_model="large",
    local_model="small",
    settings={"mode": "steered", "context_sources": ["profile:jon", "history:1"]},
    state="done",
)
CHOICES = [Choice(text, n, "cloud", -1.0, 0.0, -1.0, 0) for n, text in enumerate(WORDS)]


@pytest.fixture
def store(home: Places) -> Iterator[Store]:
    with open_store(home.store) as opened:
        opened.documents.add([Document(text=f"Yesterday {HERON}, and Otis barked.")])
        yield opened


def body(tokens: int, **more: Any) -> dict[str, Any]:
    text = b"".join(WORDS[:tokens]).decode()
    return {
        "model": "large",
        "messages": [
            {"role": "system", "content": RULES},
            {"role": "user", "content": ASK},
            {"role": "assistant", "content": text},
        ],
        "continue_token_ids": list(range(tokens)),
        "max_tokens": 40 - tokens,
        **more,
    }


def draft(store: Store, *bodies: dict[str, Any], **changes: Any) -> DraftRecord:
    """A draft with these requests."""
    record = replace(RECORD, **changes)
    store.drafts.start(record)
    store.drafts.append(record.id, 0, CHOICES)
    for one in bodies:
        raw = json.dumps(one, ensure_ascii=False).encode()
        store.wire.record(record.id, "embedded", "in-process", {"accept": "json"}, raw)
    return store.drafts.get(record.id)


def auditor(store: Store, *values: str, texts: tuple[str, ...] = ()) -> Auditor:
    protected = [Protected(f"vault NAME_{n}", value) for n, value in enumerate(values, 1)]
    return Auditor(store, RULES, protected, [PrivateText("profile jon", text) for text in texts])


def audited(store: Store, record: DraftRecord, *values: str, **more: Any) -> DraftAudit:
    (found,) = auditor(store, *values, **more).audit([record])
    return found


def rules(audit: DraftAudit) -> list[str]:
    return [finding.rule for finding in audit.findings]


def test_a_draft_that_kept_everything(store: Store) -> None:
    found = audited(store, draft(store, body(0), body(4), body(9)), "Mara", "Otis")
    assert (found.findings, found.bad, found.suspicions, found.later) == ((), 0, 0, 0)
    assert [request.n for request in found.requests] == [1, 2, 3]
    assert all(r.allowed and r.intact for r in found.requests)
    assert [r.placeholders for r in found.requests] == [1, 2, 2]
    assert [r.exact + r.folded + r.near + r.part for r in found.requests] == [0, 0, 0]
    logged_bodies = store.wire.for_draft(RECORD.id)
    assert [r.bytes for r in found.requests] == [len(one.body) for one in logged_bodies]
    assert [r.sha256 for r in found.requests] == [one.sha256 for one in logged_bodies]
    assert (found.draft, found.profile, found.provider) == (RECORD.id, "jon", "embedded")


def leaked(store: Store, text: str, prompt: str = ASK) -> DraftRecord:
    """A draft whose text is `text`, sent whole in its second request."""
    record = replace(RECORD, prompt=prompt)
    store.drafts.start(record)
    words = text.encode()
    store.drafts.append(record.id, 0, [replace(CHOICES[0], text=words, id=5)])
    for said, ids in (("", []), (text, [5]), (text, [5])):
        one = body(0, continue_token_ids=ids)
        one["messages"][1]["content"] = prompt
        one["messages"][2]["content"] = said
        raw = json.dumps(one).encode()
        store.wire.record(record.id, "embedded", "in-process", {}, raw)
    return store.drafts.get(record.id)


def test_a_value_in_the_text(store: Store) -> None:
    found = audited(store, leaked(store, "Dear M\u0430ra, hi"), "Otis", "Mara")
    (finding,) = found.findings
    assert (finding.rule, finding.source, finding.where) == ("value", "vault NAME_2", "text")
    assert finding.what == "a protected value, written otherwise"
    assert finding.requests == (2, 3)
    assert finding.text == "M\u0430ra"
    assert [request.folded for request in found.requests] == [0, 1, 1]
    assert [request.allowed for request in found.requests] == [True] * 3
    assert found.bad == 1


def test_a_value_in_the_prompt(store: Store) -> None:
    found = audited(store, leaked(store, "Dear you", prompt="Write to Mara."), "Mara")
    (finding,) = found.findings
    assert (finding.where, finding.requests, finding.bad) == ("prompt", (1, 2, 3), True)


def test_something_near_a_value_is_only_pointed_out(store: Store) -> None:
    found = audited(store, leaked(store, "Dear Lindquist"), "Lindqvist")
    (finding,) = found.findings
    assert (finding.rule, finding.bad, found.bad, found.suspicions) == ("near", False, 0, 1)


def test_words_of_the_history(store: Store) -> None:
    found = audited(store, leaked(store, f"Dear Ana, {HERON}!"))
    (finding,) = found.findings
    assert (finding.rule, finding.source, finding.words) == ("run", "document 1", 10)
    assert finding.text == HERON
    assert [request.longest_run for request in found.requests] == [0, 10, 10]
    assert found.longest_run == 10


def test_words_of_a_profile_and_short_runs(store: Store) -> None:
    found = audited(
        store, leaked(store, "grey herons stood there"), texts=("x herons stood there",)
    )
    assert found.findings == ()
    assert found.longest_run == 3
    whole = audited(
        store,
        leaked_again(store, "He likes his tea with three lumps"),
        texts=("Jon likes his tea with three lumps, thank you",),
    )
    assert [(f.rule, f.source, f.words) for f in whole.findings] == [("run", "profile jon", 6)]


def leaked_again(store: Store, text: str) -> DraftRecord:
    store.drafts.delete(RECORD.id)
    return leaked(store, text)


def test_words_of_the_prompt_are_public(store: Store) -> None:
    found = audited(store, leaked(store, f"Dear Ana, {HERON}!", prompt=f"Write that {HERON}"))
    assert (found.findings, found.longest_run) == ((), 0)


def test_a_body_that_says_more(store: Store) -> None:
    found = audited(store, draft(store, body(0), body(3, user="Otis")))
    (finding,) = found.findings
    assert (finding.rule, finding.where, finding.requests) == ("body", "body", (2,))
    assert [request.allowed for request in found.requests] == [True, False]


def test_a_body_that_was_changed_afterwards(store: Store) -> None:
    record = draft(store, body(0), body(3))
    store._connection.execute(
        "UPDATE wire SET body = CAST(replace(body, '40', '39') AS BLOB) WHERE n = 1"
    )
    found = audited(store, record)
    assert "digest" in rules(found)
    assert [request.intact for request in found.requests] == [False, True]
    assert found.bad


def test_a_request_that_was_taken_out(store: Store) -> None:
    record = draft(store, body(0), body(3), body(5))
    store._connection.execute("DELETE FROM wire WHERE n = 2")
    assert rules(audited(store, record)) == ["log"]


def test_the_last_request_that_was_taken_out(store: Store) -> None:
    record = draft(store, body(0), body(3))
    store.drafts.finish(record.id, "done", "stop", {"privacy": {"requests_logged": 2}})
    assert rules(audited(store, store.drafts.get(record.id))) == []
    store._connection.execute("DELETE FROM wire WHERE n = 2")
    assert rules(audited(store, store.drafts.get(record.id))) == ["log"]


def test_an_offline_text_that_was_sent(store: Store) -> None:
    record = draft(store, settings={"mode": "offline"}, provider="none")
    assert audited(store, record).findings == ()
    store.drafts.delete(record.id)
    sent = draft(store, body(0), settings={"mode": "offline"})
    assert rules(audited(store, sent)) == ["log"]


@pytest.mark.parametrize("settings", ["[]", "7", '{"context_sources": 7}', '{"mode": ["x"]}'])
@pytest.mark.parametrize(
    "receipt", ["[]", '"x"', '{"privacy": 5}', '{"privacy": {"requests_logged": "9"}}']
)
def test_a_store_edited_by_hand_is_audited_all_the_same(
    store: Store, settings: str, receipt: str
) -> None:
    draft(store, body(0), body(3, user="Otis"))
    store._connection.execute("UPDATE drafts SET settings = ?, receipt = ?", [settings, receipt])
    found = audited(store, store.drafts.get("last"), "Otis")
    assert sorted(rules(found)) == ["body", "value"]


def test_addresses_and_headers_are_read_too(store: Store) -> None:
    record = draft(store, body(0))
    raw = json.dumps(body(3)).encode()
    store.wire.record(record.id, "x", "https://x/Otis", {"x-title": "Mara"}, raw)
    found = audited(store, record, "Otis", "Mara")
    assert sorted(f.source for f in found.findings) == ["vault NAME_1", "vault NAME_2"]


def test_names_of_fields_and_models_are_nobodys(store: Store) -> None:
    found = audited(store, draft(store, body(0), body(3)), "Max", "User", "Large", "Content")
    assert found.findings == ()


def test_what_was_not_json(store: Store) -> None:
    record = draft(store)
    store.wire.record(record.id, "x", "y", {}, b"Otis said: \xff")
    found = audited(store, record, "Otis")
    assert sorted(rules(found)) == ["body", "value"]


def test_a_copy_of_the_text_in_a_later_document_is_no_leak(store: Store) -> None:
    text = "we shall all meet at the old mill on Sunday"
    later = Document(text=text, created_at="2026-02-01T00:00:00+00:00")
    store.documents.add([later])
    found = audited(store, leaked(store, text))
    assert (found.findings, found.later) == ((), 1)


def test_several_drafts_are_audited_together(store: Store) -> None:
    one = draft(store, body(0))
    two = replace(RECORD, id="01bbbbbbbbbbbbbbbbbbbbbbbb")
    store.drafts.start(two)
    store.drafts.append(two.id, 0, CHOICES)
    first, second = auditor(store).audit([two, one])
    assert (first.draft, first.requests) == (two.id, ())
    assert (second.draft, len(second.requests)) == (one.id, 1)


def test_everything_logged_has_drafts_and_others(store: Store) -> None:
    draft(store, body(0))
    store.wire.record("probe-1", "x", "y", {}, b'{"prompt": "alpha bravo"}')
    store.wire.record("gone", "x", "y", {}, b'{"prompt": "Dear Mara"}')
    records = logged(store)
    assert [record.id for record in records] == [RECORD.id, "probe-1", "gone"]
    found = auditor(store, "Mara").audit(records)
    assert [audit.bad for audit in found] == [0, 0, 1]  # what a probe says is not a draft's


def test_an_audit_changes_nothing(store: Store) -> None:
    record = draft(store, body(0), body(3))
    before = store._connection.scalar("SELECT total_changes()")
    audited(store, record, "Mara")
    assert store._connection.scalar("SELECT total_changes()") == before


def test_no_report_shows_what_is_private_unasked(store: Store) -> None:
    found = audited(store, leaked(store, f"Dear Mara, {HERON}!"), "Mara")
    assert len(found.findings) == 2
    plain = json.dumps(found.as_dict(show=False))
    assert "herons" not in plain
    assert "Mara" not in plain + repr(found)
    shown = found.as_dict(show=True)["findings"]
    assert [one["text"] for one in shown] == [HERON, "Mara"]
    assert found.as_dict(show=False)["ok"] is False


def test_a_finding_is_bad_unless_it_is_a_suspicion() -> None:
    kinds = {"value": True, "run": True, "body": True, "digest": True, "log": True}
    for rule, bad in (kinds | {"near": False, "format": False}).items():
        assert Finding(rule, "", "", "", ()).bad is bad  # type: ignore[arg-type]
