"""The file that somebody else can check, and the check, which needs nothing but the file."""

from __future__ import annotations

import json
import random
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from costeer_cli.errors import BadInputError
from costeer_cli.privacy.audit.body import Piece
from costeer_cli.privacy.audit.checking import check
from costeer_cli.privacy.audit.private import Protected
from costeer_cli.privacy.audit.report import DraftAudit
from costeer_cli.privacy.audit.sealing import Hasher, Sent, sealed
from costeer_cli.store.wire import WireRecord
from tests.privacy.audit.test_auditor import ASK, RECORD, RULES, WORDS, body

HERON = "seven grey herons stood on one leg in the rain until somebody came along"
VALUES = ["Mara Lindqvist", "+46 70 555 12 34", "12 Elm Row, Old Town, North Shire, Atlantis"]
CHEAP = 2  # of scrypt: the tests hash a lot

Lines = list[dict[str, Any]]


def request(n: int, raw: bytes, **more: Any) -> WireRecord:
    import hashlib  # noqa: PLC0415

    plain = {
        "id": n,
        "draft_id": RECORD.id,
        "n": n,
        "at": "2026-01-02T03:04:05+00:00",
        "provider": "embedded",
        "endpoint": "in-process",
        "headers": {"accept": "json"},
        "body": raw,
        "sha256": hashlib.sha256(raw).hexdigest(),
    }
    return WireRecord(**(plain | more))


def sent(text: list[bytes], *counts: int, texts: tuple[str, ...] = ()) -> Sent:
    """A draft of these tokens, with a request after each of so many of them."""
    requests = []
    for n, tokens in enumerate(counts, 1):
        one = body(0, continue_token_ids=list(range(tokens)), max_tokens=40)
        said = b"".join(text[:tokens]).decode("utf-8", "replace")
        one["messages"][2]["content"] = said
        requests.append(request(n, json.dumps(one, ensure_ascii=False).encode()))
    pieces = [Piece(piece, number) for number, piece in enumerate(text)]
    return Sent(RECORD, requests, pieces, texts)


def written(path: Path, *drafts: Sent, values: list[str] = VALUES) -> Lines:
    protected = [Protected("x", value) for value in values]
    path.write_text("".join(sealed(drafts, protected, RULES, cost=CHEAP)), "utf-8")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def checked(path: Path) -> DraftAudit:
    (found,) = check(path)
    return found


def rules(audit: DraftAudit) -> list[str]:
    return sorted(finding.rule for finding in audit.findings)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "audit.jsonl"


def test_a_clean_draft_is_clean(path: Path) -> None:
    written(path, sent(WORDS, 0, 4, 9, texts=(HERON,)))
    found = checked(path)
    assert found.findings == ()
    assert [(r.n, r.allowed, r.intact) for r in found.requests] == [
        (n, True, True) for n in (1, 2, 3)
    ]
    assert (found.draft, found.provider, found.profile) == (RECORD.id, "embedded", None)


def test_nothing_private_is_in_the_file(path: Path) -> None:
    lines = written(path, sent(WORDS, 0, 4, texts=(HERON, "Otis barked at the postman again")))
    raw = path.read_text("utf-8").lower()
    for secret in (
        *VALUES,
        "lindqvist",
        "herons",
        "otis",
        "555 12",
        "maralindqvist",
        "profile:jon",
    ):
        assert secret.lower() not in raw
    assert set(lines[0]) == {
        "format", "version", "hash", "instructions", "widest", "letters", "values"
    }  # fmt: skip
    assert set(lines[1]) == {"draft", "began", "provider", "model", "prompt", "tokens", "runs"}
    assert set(lines[2]) == {
        "request", "at", "provider", "endpoint", "headers", "sha256", "body"
    }  # fmt: skip


def test_of_the_text_only_what_was_sent_is_in_it(path: Path) -> None:
    lines = written(path, sent(WORDS, 0, 2, 4))
    tokens = [b64decode(text) for text, _ in lines[1]["tokens"]]
    assert tokens == WORDS[:4]


def test_hashes_are_padded_salted_and_in_no_order(path: Path) -> None:
    one = written(path, sent(WORDS, 0, texts=(HERON,)))
    two = written(path, sent(WORDS, 0, texts=(HERON,)))
    for first, second in ((one[0]["values"], two[0]["values"]), (one[1]["runs"], two[1]["runs"])):
        assert len(first) == 64
        assert first == sorted(first)
        assert not set(first) & set(second)


@pytest.mark.parametrize("value", [*VALUES, "MARA\u200b LINDQVIST", "46705551234"])
def test_a_value_that_was_sent_is_found(path: Path, value: str) -> None:
    written(path, sent([b"Dear ", value.encode(), b"!"], 0, 2))
    found = checked(path)
    assert rules(found) == ["value"]
    assert found.findings[0].requests == (2,)
    assert [request.folded for request in found.requests] == [0, 1]


def test_a_value_in_the_prompt_is_found(path: Path) -> None:
    written(path, sent(WORDS, 0), values=["NAME_3"])
    assert rules(checked(path)) == ["value"]


@pytest.mark.parametrize("start", range(4))
def test_eleven_copied_words_are_always_found(path: Path, start: int) -> None:
    words = HERON.split()[start : start + 11]
    written(path, sent([b"So ", " ".join(words).encode()], 0, 2, texts=(HERON,)))
    assert rules(checked(path)) == ["run"]


def test_runs_overlap_nowhere_so_that_nobody_reads_on(path: Path) -> None:
    lines = written(path, sent(WORDS, 0, texts=(HERON,)))
    hasher = Hasher(bytes.fromhex(lines[0]["hash"]["salt"]), CHEAP)
    words = HERON.split()
    runs = ["".join(words[i : i + 6]) for i in range(len(words) - 5)]
    known = [run for run, value in hasher.all("run", runs).items() if value in lines[1]["runs"]]
    assert sorted(known) == sorted([runs[0], runs[6]])


def test_words_of_the_prompt_are_public(path: Path) -> None:
    copied = "Write a note to [NAME_3]."
    assert copied == ASK
    written(path, sent(WORDS, 0, texts=(copied,)))
    assert rules(checked(path)) == []


def changed(path: Path, change: Callable[[Lines], object]) -> DraftAudit:
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    change(lines)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return checked(path)


def rewritten(lines: Lines, old: bytes, new: bytes) -> None:
    raw = b64decode(lines[3]["body"]).replace(old, new)
    lines[3]["body"] = b64encode(raw).decode()


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda lines: rewritten(lines, b"Dear", b"Deer"), ["body", "digest"]),
        (lambda lines: rewritten(lines, b'"max', b'"user": "x", "max'), ["body", "digest"]),
        (lambda lines: lines[3].update(sha256="0" * 64), ["digest"]),
        (lambda lines: lines.pop(3), ["log"]),
        (lambda lines: lines[1].update(prompt="Write."), ["body"]),
        (lambda lines: lines[1]["tokens"].pop(), ["body", "body"]),
    ],
)
def test_a_file_that_was_changed_shows_it(
    path: Path, change: Callable[[Lines], object], rule: list[str]
) -> None:
    written(path, sent(WORDS, 0, 3, 5))
    assert rules(changed(path, change)) == rule


@pytest.mark.parametrize(
    "content",
    [
        "",
        "x",
        "[]",
        "{}",
        '{"format": "costeer-audit"}',
        '{"format": "other", "version": 1}',
        '{"format": "costeer-audit", "version": 2}',
        '{"format": "costeer-audit", "version": 1, "hash": {"n": 1e9}}',
        '{"format": "costeer-audit", "version": 1, "hash": {"n": 2, "salt": "xx"}}',
        "\x00\xff",
    ],
)
def test_what_is_no_such_file_is_refused(path: Path, content: str) -> None:
    path.write_text(content, "utf-8")
    with pytest.raises(BadInputError):
        check(path)


def test_a_file_that_is_not_there(path: Path) -> None:
    with pytest.raises(BadInputError, match="Cannot read"):
        check(path)


def test_a_damaged_file_is_refused_or_noticed(path: Path) -> None:
    """Cut or spoiled anywhere, it never comes out as a clean file of as many requests."""
    written(path, sent(WORDS, 0, 3, 5, texts=(HERON,)))
    whole = path.read_bytes()
    dice = random.Random(7)
    for _ in range(60):
        place = dice.randrange(len(whole))
        path.write_bytes(whole[:place])
        try:
            audits = check(path)
        except BadInputError:
            continue
        assert sum(len(audit.requests) for audit in audits) < 3


def test_several_drafts_in_one_file(path: Path) -> None:
    written(path, sent(WORDS, 0, 3), sent([b"Mara Lindqvist"], 0, 1))
    assert [rules(audit) for audit in check(path)] == [[], ["value"]]


def test_it_says_how_far_it_is(path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    drafts = [sent(WORDS, 0, texts=(HERON,))]
    list(sealed(drafts, [], RULES, lambda *step: seen.append(step), cost=CHEAP))
    assert seen == [("Hashing", 1, 2), ("Hashing", 2, 2)]


def test_hashes_differ_by_kind_and_salt() -> None:
    one, two = Hasher(b"1" * 16, CHEAP), Hasher(b"2" * 16, CHEAP)
    (a,), (b,), (c,) = (
        hasher.all(kind, ["heron"]).values()
        for hasher, kind in ((one, "run"), (one, "value"), (two, "run"))
    )
    assert len({a, b, c}) == 3
    assert all(len(value) == 32 for value in (a, b, c))
    assert one.all("run", ["heron", "heron"]) == {"heron": a}
