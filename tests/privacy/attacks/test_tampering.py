"""A store that somebody wrote into with other tools, or that is not where it seems to be."""

from __future__ import annotations

import json
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from costeer_cli.cli.auditing import open_auditor
from costeer_cli.errors import CosteerError, PrivacyError, StoreError
from costeer_cli.privacy.audit.auditor import logged
from costeer_cli.privacy.vault import filling
from costeer_cli.settings import Places
from costeer_cli.store.database import Store, open_store
from tests.cli.conftest import Costeer, costeer
from tests.privacy.attacks.conftest import Begin
from tests.privacy.attacks.mallory import speller
from tests.privacy.attacks.test_hostile_candidates import run

__all__ = ["costeer"]


def edit(store: Store, sql: str, *values: Any) -> None:
    """As somebody with another tool does."""
    with closing(sqlite3.connect(store.path)) as other, other:
        other.execute(sql, values)


@pytest.fixture
def written(begin: Begin) -> Any:
    """A text of several requests."""
    writing, _ = begin(speller([" rain", " Otis", " Bergmann"], " fog"), max_tokens=8)
    run(writing)
    return writing


def findings(store: Store, *names: str | None) -> set[str]:
    audits = open_auditor(store, names).audit(logged(store))
    return {found.rule for audit in audits for found in audit.findings if found.bad}


def test_what_is_as_it_was_is_not_complained_of(store: Store, written: Any) -> None:
    assert store.wire.count(written.id) > 2
    assert not findings(store)


@pytest.mark.parametrize("which", ["n = 1", "n = 2", "n = (SELECT max(n) FROM wire)", "1"])
def test_requests_that_were_taken_out_are_missed(store: Store, written: Any, which: str) -> None:
    edit(store, f"DELETE FROM wire WHERE {which}")
    assert findings(store) == {"log"}


@pytest.mark.parametrize("which", ["n > 1", "1"])
def test_they_are_missed_where_the_receipt_is_gone_too(
    store: Store, written: Any, which: str
) -> None:
    """What was written by the cloud behind the last request must have come of one."""
    edit(store, f"DELETE FROM wire WHERE {which}")
    edit(store, "UPDATE drafts SET receipt = NULL, state = 'interrupted'")
    assert findings(store) == {"log"}


CHANGES: dict[str, tuple[str, str]] = {
    "body": (
        "UPDATE wire SET body = CAST(replace(CAST(body AS TEXT), 'weather', 'whether') AS BLOB)"
        " WHERE n = 1",
        "digest",
    ),
    "body and digest": (
        'UPDATE wire SET body = CAST(\'{"a": "Zwieback"}\' AS BLOB), sha256 ='
        " 'a9d0e8e8f5d29ee1e7d7ac3b1c6a3ee1' WHERE n = 1",
        "digest",
    ),
    "a choice": ("UPDATE choices SET bytes = CAST(' else' AS BLOB) WHERE n = 0", "body"),
    "the prompt": ("UPDATE drafts SET prompt = 'Another prompt.'", "body"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_changed_is_noticed(store: Store, written: Any, change: str) -> None:
    sql, rule = CHANGES[change]
    edit(store, sql)
    assert rule in findings(store)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE drafts SET settings = '{'",
        "UPDATE drafts SET settings = '[]'",
        'UPDATE drafts SET settings = \'{"mode": [], "context_sources": 7, "seed": {}}\'',
        "UPDATE drafts SET receipt = 'x'",
        "UPDATE drafts SET receipt = '[1]'",
        'UPDATE drafts SET receipt = \'{"privacy": {"requests_logged": "many"}}\'',
        "UPDATE drafts SET prompt = x'ff00fe'",
        "UPDATE drafts SET created_at = 7",
        "UPDATE drafts SET state = 'none such'",
        "UPDATE choices SET bytes = 'a text' WHERE n = 1",
        "UPDATE choices SET bytes = 7 WHERE n = 1",
        "UPDATE choices SET cost = 'much'",
        "UPDATE wire SET headers = '{'",
        "UPDATE wire SET headers = '[]'",
        "UPDATE wire SET headers = '{\"a\": 7}'",
        "UPDATE wire SET body = 'a text'",
        "UPDATE wire SET body = 7",
        "UPDATE wire SET endpoint = x'ff'",
        "UPDATE vault SET kind = 'none ' || id",
        "UPDATE vault SET text = x'ff00'",
        "UPDATE vault SET text = 7",
        "UPDATE vault SET text = ''",
        "UPDATE vault SET number = 'x'",
        "UPDATE vault_salt SET salt = 'text'",
    ],
)
@pytest.mark.parametrize(
    "command",
    [("audit", "--all"), ("draft", "show", "last", "--json"), ("draft", "list"), ("vault", "list")],
    ids=lambda command: command[0] + command[-1],
)
def test_what_is_of_no_form_is_an_error_and_no_traceback(
    store: Store, written: Any, costeer: Costeer, sql: str, command: tuple[str, ...]
) -> None:
    """The fixture `costeer` fails on a traceback; whatever it is, it is said or passed over."""
    try:
        edit(store, sql)
    except sqlite3.IntegrityError:
        return  # the store itself takes no such thing
    ran = costeer(*command)
    assert ran.code in {0, 1, 2, 3}
    assert "Traceback" not in ran.err


def test_choices_that_hold_a_value_are_never_sent(store: Store, begin: Begin) -> None:
    """Somebody wrote a value into a draft that broke off; going on with it is refused."""
    writing, served = begin(speller([" rain"] * 9, " fog"), max_tokens=30)
    for n, _ in enumerate(writing):
        if n > 5:
            break
    writing._desk.store.drafts.finish(writing.id, "interrupted", "interrupted")
    before = len(served.asked)
    edit(store, "UPDATE choices SET bytes = ? WHERE n = 1", b" Zwieback")
    again = writing._desk.resume(writing.assignment, store.drafts.get(writing.id))
    with pytest.raises(PrivacyError) as refused:
        list(again)
    assert "Zwieback" not in f"{refused.value} {refused.value.hint}"
    assert len(served.asked) == before


@pytest.mark.parametrize("sql", ["DELETE FROM vault", "UPDATE vault SET text = 'other' || id"])
def test_a_vault_that_was_emptied_protects_what_the_profile_says(
    store: Store, written: Any, begin: Begin, sql: str
) -> None:
    edit(store, sql)
    writing, served = begin(speller([" Zwie", "back"], " fog"), max_tokens=4)
    run(writing)
    assert not [asked for asked in served.asked if b"Zwieback" in asked.body]


def test_a_vault_of_a_kind_that_is_not_known_stops_all(
    store: Store, begin: Begin, written: Any
) -> None:
    edit(store, "UPDATE vault SET kind = 'none ' || id")
    with pytest.raises(StoreError):
        begin(speller([" rain"], " fog"))


def test_a_store_behind_a_link_is_private_and_stays_one(tmp_path: Path) -> None:
    real, link = tmp_path / "real" / "x.db", tmp_path / "home" / "store.db"
    for path in (real, link):
        path.parent.mkdir()
    link.symlink_to(real)
    with open_store(link) as store:
        filling.add(store, "Otis Bergmann")
    assert link.is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    with open_store(link) as store:
        assert store.vault.list()


@pytest.mark.parametrize("what", ["folder", "loop", "text", "other"])
def test_a_link_to_something_else_is_refused_and_that_is_not_written(
    tmp_path: Path, what: str
) -> None:
    target, link = tmp_path / "target", tmp_path / "store.db"
    if what == "folder":
        target.mkdir()
    elif what == "loop":
        target.symlink_to(link)
    elif what == "text":
        target.write_text("my only copy\n" * 99)
    else:
        with closing(sqlite3.connect(target)) as other, other:
            other.execute("CREATE TABLE mine (a)")
    link.symlink_to(target)
    content = target.read_bytes() if target.is_file() else b""
    with pytest.raises(CosteerError):
        open_store(link)
    assert not content or target.read_bytes() == content


def test_the_scheme_of_the_log_cannot_be_guessed_from_a_name(home: Places) -> None:
    """A draft that is named like another one does not hide its requests."""
    with open_store(home.store) as store:
        store.wire.record("x'; DELETE FROM wire; --", "p", "e", {"Cookie": "a"}, b"{}")
        (kept,) = store.wire.for_draft("x'; DELETE FROM wire; --")
        assert json.dumps(kept.headers) == '{"Cookie": "(not kept)"}'
