"""Checks the file of a sealed audit; needs the file, and nothing else of anybody's."""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from costeer_cli.errors import BadInputError
from costeer_cli.privacy.audit.body import Allowed, Piece, spoken
from costeer_cli.privacy.audit.report import DraftAudit, Finding, RequestAudit, Rule
from costeer_cli.privacy.audit.said import RUN
from costeer_cli.privacy.audit.sealing import FORMAT, VERSION, WIDEST, Hasher
from costeer_cli.privacy.folding import words

Progress = Callable[[str, int, int], None]
_MOST = 2**16  # of scrypt's cost: a file must not keep a machine busy for days


@dataclass
class _Draft:
    head: dict[str, Any]
    requests: list[dict[str, Any]] = field(default_factory=list)


def check(path: Path, progress: Progress = lambda *_: None) -> list[DraftAudit]:
    """Check every request of a file: its digest, what it says, and what of it is private.

    Raises:
        BadInputError: it is no such file, or not a whole one.
    """
    try:
        with path.open(encoding="utf-8") as file:
            head, *lines = [json.loads(line) for line in file]
        _require_known(head, path)
        drafts: list[_Draft] = []
        for line in lines:
            if "draft" in line:
                drafts.append(_Draft(line))
            else:
                drafts[-1].requests.append(line)
        return list(_Check(head, progress).run(drafts))
    except OSError as error:
        raise BadInputError(f"Cannot read {path}: {error.strerror}.") from error
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise BadInputError(
            f"{path} is not a sealed audit, or not a whole one.",
            hint="Make one with: costeer audit --export FILE",
        ) from error


def _require_known(head: dict[str, Any], path: Path) -> None:
    if head["format"] != FORMAT or head["version"] != VERSION:
        raise BadInputError(
            f"{path} was made by another version of costeer.", hint="Check it with that one."
        )
    if not 2 <= head["hash"]["n"] <= _MOST:
        raise BadInputError(f"{path} asks for more work than a check may take.")


class _Check:
    def __init__(self, head: dict[str, Any], progress: Progress) -> None:
        self._instructions: str = head["instructions"]
        self._values = set(head["values"])
        self._widest = min(int(head["widest"]), WIDEST)
        self._shortest, self._longest = map(int, head["letters"])
        self._progress = progress
        self._hasher = Hasher(bytes.fromhex(head["hash"]["salt"]), head["hash"]["n"])

    def run(self, drafts: Iterable[_Draft]) -> Iterator[DraftAudit]:
        """Check one draft after another."""
        for draft in drafts:
            head = draft.head
            tokens = head["tokens"]
            pieces = [Piece(b64decode(text, validate=True), number) for text, number in tokens]
            allowed = Allowed(self._instructions, head["prompt"], pieces, head["model"])
            notes: dict[tuple[Rule, str, str], list[int]] = {}
            requests = [
                self._request(line, allowed, pieces, head, notes) for line in draft.requests
            ]
            findings = [
                Finding(rule, what, "", where, tuple(numbers))
                for (rule, what, where), numbers in notes.items()
            ]
            if [request.n for request in requests] != list(range(1, len(requests) + 1)):
                findings.append(Finding("log", "requests are missing", "", "log", ()))
            yield DraftAudit(
                head["draft"], None, head["provider"], "sealed", tuple(requests), tuple(findings)
            )

    def _request(
        self,
        line: dict[str, Any],
        allowed: Allowed,
        pieces: list[Piece],
        head: dict[str, Any],
        notes: dict[tuple[Rule, str, str], list[int]],
    ) -> RequestAudit:
        body = b64decode(line["body"], validate=True)
        digest = hashlib.sha256(body).hexdigest()
        found: list[tuple[Rule, str, str]] = [
            ("body" if one.checked else "format", one.what, one.where)
            for one in allowed.departures(line["endpoint"], body)
        ]
        if digest != line["sha256"]:
            found.append(("digest", "the body is not the one whose digest was logged", "body"))
        said = spoken(body, pieces, self._instructions, head["model"])
        texts = [*said, line["endpoint"], *line["headers"].values()]
        lines = [words(text) for text in texts]
        spans = _spans(lines, range(1, self._widest + 1))
        fit = (span for span in spans if self._shortest <= len(span) <= self._longest)
        values = self._count("value", fit, self._values)
        public = {*_runs(words(head["prompt"])), *_runs(words(self._instructions))}
        sent = {run for line in lines for run in _runs(line)} - public
        runs = self._count("run", sent, set(head["runs"]))
        found += [("value", "a protected value", "text")] * bool(values)
        found += [("run", f"{RUN} words copied from a private text", "text")] * bool(runs)
        for key in found:
            notes.setdefault(key, []).append(line["request"])
        rules = {rule for rule, _, _ in found}
        return RequestAudit(
            n=line["request"],
            at=line["at"],
            provider=line["provider"],
            bytes=len(body),
            sha256=digest,
            allowed="body" not in rules,
            intact="digest" not in rules,
            exact=0,
            folded=values,
            part=0,
            near=0,
            longest_run=RUN if runs else 0,
            placeholders=0,
        )

    def _count(self, kind: str, texts: Iterable[str], known: set[str]) -> int:
        if not known:
            return 0
        hashes = self._hasher.all(kind, texts, self._progress)
        return sum(value in known for value in hashes.values())


def _spans(lines: list[list[str]], widths: Iterable[int]) -> set[str]:
    """Every run of so many words, without what stands between them."""
    return {
        "".join(line[start : start + width])
        for width in widths
        for line in lines
        for start in range(len(line) - width + 1)
    }


def _runs(line: list[str]) -> set[str]:
    return _spans([line], [RUN])
