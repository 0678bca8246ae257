"""`costeer audit`: what was sent, held against all that is private."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from costeer_cli.privacy.audit.planted import escapes
from costeer_cli.settings import Places
from costeer_cli.store.database import open_default
from costeer_cli.store.document import Document
from tests.cli.conftest import Costeer
from tests.cli.drafts import ASK, own

SECRET = "seven grey herons stood on one leg in the rain"
MORE = 'protected = ["Skogsbrynet 9"]\n'


@pytest.fixture
def clean(costeer: Costeer, small: Costeer) -> Costeer:
    """A draft in Jon's voice, with a document of his."""
    own("jon", more=MORE)
    with open_default() as store:
        store.documents.add([Document(text=SECRET)])
    assert small("--profile", "jon", ASK).code == 0
    return costeer


@pytest.fixture
def leaky(clean: Costeer) -> Costeer:
    """The same, with a request that says what it may not."""
    with open_default() as store:
        draft = store.drafts.get("last")
        body = json.loads(store.wire.for_draft(draft.id)[0].body)
        body["messages"][2]["content"] = f"I live at SKOGSBRYNET-9, where {SECRET}."
        raw = json.dumps(body).encode()
        store.wire.record(draft.id, "embedded", "in-process", {}, raw)
    return clean


def test_a_draft_that_is_in_order(clean: Costeer) -> None:
    ran = clean("audit")
    assert ran.code == 0
    head, *rows = ran.text.splitlines()
    assert head.split() == ["#", "bytes", "exact", "folded", "near", "run", "holders", "allowed"]
    assert rows
    assert all(row.split()[2:] == ["0", "0", "0", "0", "0", "yes"] for row in rows)
    assert ran.err.endswith("the prompt and the text so far, and nothing private.\n")
    assert max(map(len, ran.text.splitlines())) <= 60


def test_what_should_not_be_there_is_exit_3(leaky: Costeer) -> None:
    ran = leaky("audit", "last")
    assert ran.code == 3
    told = [line for line in ran.text.splitlines() if line.startswith("!!")]
    assert len(told) == 3
    assert any("a protected value, written otherwise (" in line for line in told)
    assert any("10 words copied" in line and "(document 1)" in line for line in told)
    assert any("a message of the assistant" in line for line in told)
    assert "3 things that should not be there" in ran.err
    assert "herons" not in ran.text + ran.err
    assert "SKOGS" not in (ran.text + ran.err).upper()


def test_the_text_is_shown_only_where_asked_for(leaky: Costeer) -> None:
    assert SECRET in leaky("audit", "--show").text
    plain = leaky("audit", "--json")
    assert (plain.code, plain.json["ok"]) == (3, False)
    assert "herons" not in plain.text
    assert SECRET in leaky("audit", "--json", "--show").text


def test_json(clean: Costeer) -> None:
    ran = clean("audit", "--json")
    assert (ran.code, ran.json["ok"]) == (0, True)
    (audit,) = ran.json["audits"]
    with open_default() as store:
        draft = store.drafts.get("last")
        requests = store.wire.for_draft(draft.id)
    assert (audit["draft"], audit["profile"], audit["findings"]) == (draft.id, "jon", [])
    assert [one["sha256"] for one in audit["requests"]] == [one.sha256 for one in requests]
    assert all(one["allowed"] and one["intact"] for one in audit["requests"])
    assert audit["bytes"] == sum(len(one.body) for one in requests)


def test_every_request_of_the_log(leaky: Costeer, small: Costeer) -> None:
    assert small("--profile", "jon", ASK).code == 0
    with open_default() as store:
        store.wire.record("probe-1", "x", "https://x", {}, b'{"prompt": "alpha bravo"}')
    assert leaky("audit").code == 0  # the last draft
    ran = leaky("audit", "--all")
    assert ran.code == 3
    rows = [line.split() for line in ran.text.splitlines() if not line.startswith("!!")]
    assert [row[-1] for row in rows] == ["found", "ok", "BAD", "ok"]
    assert max(len(" ".join(row)) for row in rows) <= 60


def test_a_value_that_was_protected_only_afterwards_is_found(clean: Costeer) -> None:
    assert clean("audit").code == 0
    with open_default() as store:
        store.vault.add("name", "bread", "bread")
    ran = clean("audit")
    assert ran.code == 3
    assert "vault NAME_1" in ran.text
    assert "in the prompt" in ran.text


def test_what_one_goes_by_is_private(clean: Costeer) -> None:
    with open_default() as store:
        store.identity.add(["Bread Writer", "short note"])
    ran = clean("audit")
    assert ran.code == 3
    assert "(history me 2)" in ran.text


def test_strict_counts_what_only_looks_like_something(clean: Costeer) -> None:
    with open_default() as store:
        draft = store.drafts.get("last")
        body = store.wire.for_draft(draft.id)[0].body
        store.wire.record(draft.id, "embedded", "in-process", {"x-title": "Skogsbrymet 9"}, body)
    lax = clean("audit")
    assert lax.code == 0
    assert "1 thing to look at" in lax.err
    ran = clean("audit", "--strict")
    assert ran.code == 3
    assert any(line.startswith("?? ") for line in ran.text.splitlines())


def test_an_audit_of_nothing(costeer: Costeer) -> None:
    ran = costeer("audit")
    assert ran.code == 2
    assert "no draft yet" in ran.err
    assert costeer("audit", "--all").code == 0
    assert costeer("audit", "--ledger").code == 0
    assert costeer("audit", "nonsense").code == 2


@pytest.mark.parametrize(
    "args",
    [
        ("last", "--all"),
        ("--ledger", "--exposure", "x"),
        ("--canary", "--check", "x"),
        ("last", "--canary"),
        ("last", "--check", "x"),
        ("--decoy", "x"),
        ("--all", "--exposure", "x"),
        ("--canaries", "0"),
        ("--exposure", " "),
    ],
)
def test_what_does_not_go_together(costeer: Costeer, args: tuple[str, ...]) -> None:
    assert costeer("audit", *args).code == 2


def test_the_ledger_by_profile(clean: Costeer, small: Costeer) -> None:
    assert small("--profile", "jon", ASK).code == 0
    assert small("--profile", "concise", ASK).code == 0
    ran = clean("audit", "--ledger", "--json")
    assert ran.code == 0
    sums = {each["profile"]: each for each in ran.json["ledger"]}
    assert list(sums) == ["concise", "jon"]
    assert (sums["jon"]["texts"], sums["jon"]["tokens"]) == (2, 12)
    with open_default() as store:
        drafts = [one for one in store.drafts.list() if one.profile == "jon"]
        steered = sum((one.receipt or {})["privacy"]["steered_tokens"] for one in drafts)
    assert sums["jon"]["steered_tokens"] == steered
    lines = clean("audit", "--ledger").text.splitlines()
    assert lines[0].split()[:3] == ["profile", "texts", "steered"]
    assert [line.split()[0] for line in lines[1:]] == ["concise", "jon"]


def test_the_ledger_says_what_audits_found(leaky: Costeer) -> None:
    ran = leaky("audit", "--ledger")
    assert ran.code == 3
    assert ran.text.splitlines()[1].endswith("3 BAD")


def test_a_file_for_somebody_else(leaky: Costeer, tmp_path: Any) -> None:
    path = tmp_path / "out" / "audit.jsonl"
    ran = leaky("audit", "--export", str(path))
    assert (ran.code, ran.out) == (0, b"")
    assert path.stat().st_mode & 0o777 == 0o600
    # What was sent is in it; the profile, and what the history has besides, is not.
    assert "heron called Otis" not in path.read_text("utf-8")
    head = json.loads(path.read_text("utf-8").splitlines()[0])
    assert (head["format"], head["version"]) == ("costeer-audit", 1)
    os.environ["COSTEER_HOME"] = str(tmp_path / "elsewhere")
    checked = leaky("audit", "--check", str(path))
    assert checked.code == 3
    assert "a protected value" in checked.text
    assert not (tmp_path / "elsewhere").exists()


def test_a_clean_file_is_clean(clean: Costeer, tmp_path: Any) -> None:
    path = tmp_path / "audit.jsonl"
    assert clean("audit", "--all", "--export", str(path)).code == 0
    ran = clean("audit", "--check", str(path), "--json")
    assert (ran.code, ran.json["ok"]) == (0, True)


def test_a_file_that_is_none(costeer: Costeer, tmp_path: Any) -> None:
    (tmp_path / "x").write_text("not this")
    assert costeer("audit", "--check", str(tmp_path / "x")).code == 2
    assert costeer("audit", "--check", str(tmp_path / "y")).code == 2


def test_exposure_of_a_fact(clean: Costeer) -> None:
    ran = clean("audit", "--exposure", "Otis", "--json")
    assert ran.code == 0, ran.err
    found = ran.json["exposure"]
    assert (found["contexts"], found["most"], found["decoys"]) == (16, 4.0, "name")
    assert 0.0 <= found["bits"] <= 4.0
    assert 1 <= found["rank"] <= 16
    plain = clean("audit", "last", "--exposure", "Otis", "--decoy", "Bram", "--decoy", "Ida")
    assert plain.code == 0
    assert "bits of at most 1.6" in plain.text
    assert "of 3" in plain.text


def test_exposure_of_what_the_vault_kept(clean: Costeer) -> None:
    with open_default() as store:
        store.vault.add("name", "Otis", "otis")
    ran = clean("audit", "--exposure", "Otis")
    assert ran.code == 0, ran.err
    assert "read a placeholder in its place" in ran.text
    found = clean("audit", "--exposure", "Otis", "--json").json["exposure"]
    assert (found["masked"], found["bits"]) == (True, 0.0)


def test_exposure_of_what_was_not_read(clean: Costeer) -> None:
    ran = clean("audit", "--exposure", "Ibsen")
    assert ran.code == 2
    assert "read nothing of that fact" in ran.err
    assert "Ibsen" not in ran.err


def test_exposure_of_what_the_prompt_says(small: Costeer, costeer: Costeer) -> None:
    own("jon")
    assert small("--profile", "jon", "Write a note about Otis.").code == 0
    ran = costeer("audit", "--exposure", "Otis", "--decoy", "Bram")
    assert "The prompt says it too" in ran.err


def test_exposure_where_the_context_had_no_say(small: Costeer, costeer: Costeer) -> None:
    own("jon")
    assert small("--profile", "jon", "--strength", "0", ASK).code == 0
    found = costeer("audit", "--exposure", "Otis", "--json").json["exposure"]
    assert found["rank_steered"] == 16
    assert found["margin"] == 0.0


def test_a_changed_profile_is_said(clean: Costeer) -> None:
    with open_default() as store:
        store.documents.add([Document(text="A newer text about bread and a note.")])
    assert "has changed since" in clean("audit", "--exposure", "Otis", "--decoy", "Bram").err


def test_canaries_with_a_small_model(costeer: Costeer, small_folder: str, home: Places) -> None:
    assert costeer("model", "use", small_folder).code == 0
    ran = costeer("audit", "--canaries", "1", "--json")
    assert ran.code == 0, ran.err
    found = ran.json["canaries"]
    assert (found["ok"], found["canaries"], found["texts"]) == (True, 10, 1)
    assert found["requests"] > 0
    assert not home.store.exists()  # the person's own was not so much as made


def test_a_canary_that_left_is_exit_3(
    costeer: Costeer, small_folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a history whose words are common ones, something is bound to leave."""
    from costeer_cli.privacy.audit import planted  # noqa: PLC0415

    def watched(canaries: Any, requests: Any) -> Any:
        return escapes([planted.Canary("value: word", "Write the text")], requests)

    monkeypatch.setattr(planted, "escapes", watched)
    assert costeer("model", "use", small_folder).code == 0
    ran = costeer("audit", "--canaries", "1")
    assert ran.code == 3
    assert "!! value: word, first in request 1" in ran.text


@pytest.mark.model
def test_end_to_end_with_the_real_model(costeer: Costeer, loaded: None, home: Places) -> None:
    """Nothing planted leaves, and a text in somebody's voice can be turned round."""
    ran = costeer("audit", "--canaries", "1", "--json")
    assert ran.code == 0, ran.text
    assert ran.json["canaries"]["steered_tokens"] > 0
    own("jon")
    assert costeer("write", "--profile", "jon", "--max-tokens", "8", ASK).code == 0
    assert costeer("audit").code == 0
    found = costeer("audit", "--exposure", "Otis", "--decoy", "Bram", "--decoy", "Ida", "--json")
    assert found.code == 0, found.err
    assert found.json["exposure"]["contexts"] == 3
    assert found.json["exposure"]["tokens"] == 8
