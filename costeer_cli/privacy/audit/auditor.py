"""Reads the wire log of drafts against what is private: the profiles, the history, the vault."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from costeer_cli.privacy.audit.body import Allowed, Piece, spoken
from costeer_cli.privacy.audit.copies import Copies, Copy
from costeer_cli.privacy.audit.private import PrivateText, Protected, number, part
from costeer_cli.privacy.audit.report import DraftAudit, Finding, RequestAudit, Rule
from costeer_cli.privacy.audit.said import RUN, Said
from costeer_cli.privacy.audit.values import Match, Values
from costeer_cli.store.database import Store
from costeer_cli.store.drafts import DraftRecord
from costeer_cli.store.wire import WireRecord

PLACEHOLDER = re.compile(r"\[[A-Z]+_\d+(?:_[A-Z0-9]+)*\]")

Progress = Callable[[str, int, int], None]
_Key = tuple[Rule, str, str, str]


@dataclass
class _Noted:
    """A finding while its requests are collected."""

    finding: Finding
    requests: list[int] = field(default_factory=list)


class Auditor:
    """Audits drafts of one store.

    Args:
        store: has the wire log and the history; nothing in it is changed.
        instructions: the fixed instructions that go with every prompt.
        protected: values that may not leave.
        texts: private texts besides the history.
        mask: puts placeholders in the place of values.
    """

    def __init__(
        self,
        store: Store,
        instructions: str,
        protected: Iterable[Protected],
        texts: Iterable[PrivateText],
        mask: Callable[[str], str] = lambda text: text,
    ) -> None:
        self._store = store
        self._instructions = instructions
        self._values = Values(protected)
        self._texts = list(texts)
        self._mask = mask
        self._said = lru_cache(maxsize=4_096)(Said)

    def audit(
        self, records: Sequence[DraftRecord], progress: Progress = lambda *_: None
    ) -> list[DraftAudit]:
        """Audit drafts, in their order; the history is read once for all of them."""
        copies = Copies([self._instructions], self._mask)
        for record in records:
            sources = part(record.settings).get("context_sources")
            sources = map(str, sources) if isinstance(sources, list) else ()
            copies.add(record.id, record.prompt, self._longest(record), record.created_at, sources)
        copies.compare(self._texts)
        copies.compare_documents(
            self._store.documents.export(), self._store.documents.count(), progress
        )
        return [self._one(record, copies) for record in records]

    def _longest(self, record: DraftRecord) -> list[str]:
        """Every text that was sent for a draft, without those that only begin another one."""
        pieces = self._pieces(record)
        texts = {
            text
            for request in self._store.wire.for_draft(record.id)
            for text in self._texts_of(request, pieces, record.cloud_model)
        }
        kept: list[str] = []
        for text in sorted(texts):
            if kept and text.startswith(kept[-1]):
                kept.pop()
            kept.append(text)
        return kept

    def _texts_of(self, request: WireRecord, pieces: Sequence[Piece], model: str) -> list[str]:
        said = spoken(request.body, pieces, self._instructions, model)
        return [*said, request.endpoint, *request.headers.values()]

    def _pieces(self, record: DraftRecord) -> list[Piece]:
        choices = self._store.drafts.choices(record.id)
        return [Piece(choice.text, choice.id) for choice in choices]

    def _fewest(self, record: DraftRecord) -> int:
        """How many requests the text takes at least: one, and one behind each token at which it
        left what the cloud had drafted."""
        sources = [choice.source for choice in self._store.drafts.choices(record.id)]
        public = [source != "local" for source in sources]
        cuts = sum(
            source == "steered" and after
            for source, after in zip(sources, public[1:], strict=False)
        )
        return cuts + any(public)

    def _one(self, record: DraftRecord, copies: Copies) -> DraftAudit:
        pieces = self._pieces(record)
        allowed = Allowed(self._instructions, record.prompt, pieces, record.cloud_model)
        noted: dict[_Key, _Noted] = {}
        requests = []
        for request in self._store.wire.for_draft(record.id):
            found = self._body(record, allowed, request)
            matches: list[Match] = []
            longest = 0
            texts = dict.fromkeys(self._texts_of(request, pieces, record.cloud_model))
            for text in texts:
                said = self._said(text)
                here = self._values.within(said, self._said(record.prompt))
                shared = list(copies.within(record.id, said))
                matches += here
                longest = max([longest, *(copy.words for copy in shared)])
                found += [self._value(record, said, match) for match in here]
                found += [_run(said, copy) for copy in shared if copy.words >= RUN]
            for finding in found:
                key = finding.rule, finding.what, finding.source, finding.where
                kept = noted.setdefault(key, _Noted(finding))
                if finding.words > kept.finding.words:
                    kept.finding = finding
                if request.n not in kept.requests:
                    kept.requests.append(request.n)
            requests.append(_request(request, found, matches, longest, texts))
        findings = [replace(n.finding, requests=tuple(n.requests)) for n in noted.values()]
        findings += _log(record, requests, self._fewest(record))
        findings.sort(key=lambda finding: (not finding.bad, finding.rule, finding.source))
        later = copies.later(record.id)
        profile, provider = record.profile, record.provider
        whole = tuple(requests), tuple(findings), later
        return DraftAudit(record.id, profile, provider, record.state, *whole)

    def _body(self, record: DraftRecord, allowed: Allowed, request: WireRecord) -> list[Finding]:
        found = []
        if hashlib.sha256(request.body).hexdigest() != request.sha256:
            what = "the body is not the one whose digest was logged"
            found.append(Finding("digest", what, "", "body", ()))
        if not record.created_at:  # no draft: fixed words of a probe, or a draft that is gone
            return found
        for one in allowed.departures(request.endpoint, request.body):
            rule: Rule = "body" if one.checked else "format"
            found.append(Finding(rule, one.what, "", one.where, (), text=one.said))
        return found

    def _value(self, record: DraftRecord, said: Said, match: Match) -> Finding:
        prompt = self._values.within(self._said(record.prompt))
        where = "prompt" if any(one.label == match.label for one in prompt) else "text"
        rule: Rule = "near" if match.how == "near" else "value"
        what = {
            "exact": "a protected value, as it is",
            "folded": "a protected value, written otherwise",
            "part": "most of a protected number",
            "near": "something like a protected value",
        }[match.how]
        quoted = said.quote(match.first, match.last)
        return Finding(rule, what, match.label, where, (), text=quoted)


def logged(store: Store) -> list[DraftRecord]:
    """Every draft, newest first, and a stand-in for each name in the log without a draft."""
    drafts = store.drafts.list(-1)
    known = {draft.id for draft in drafts}
    others = [name for name in store.wire.names() if name not in known]
    return [*drafts, *(DraftRecord(id=name, created_at="", provider="") for name in others)]


def _run(said: Said, copy: Copy) -> Finding:
    text = said.quote(copy.first, copy.first + copy.words - 1)
    return Finding(
        "run", "words copied from a private text", copy.source, "text", (), copy.words, text
    )


def _request(
    request: WireRecord,
    found: Sequence[Finding],
    matches: Sequence[Match],
    longest: int,
    texts: Iterable[str],
) -> RequestAudit:
    rules = {finding.rule for finding in found}
    count = {how: sum(m.how == how for m in matches) for how in ("exact", "folded", "part", "near")}
    return RequestAudit(
        n=request.n,
        at=request.at,
        provider=request.provider,
        bytes=len(request.body),
        sha256=hashlib.sha256(request.body).hexdigest(),
        allowed="body" not in rules,
        intact="digest" not in rules,
        longest_run=longest,
        placeholders=sum(len(PLACEHOLDER.findall(text)) for text in texts),
        **count,
    )


def _log(record: DraftRecord, requests: Sequence[RequestAudit], fewest: int) -> list[Finding]:
    """What is wrong with the log as a whole."""
    numbers = tuple(request.n for request in requests)
    told = number(part(record.receipt, "privacy").get("requests_logged"))
    offline = part(record.settings).get("mode") == "offline"
    found = []
    if numbers != tuple(range(1, len(numbers) + 1)) or len(numbers) < max(
        told, 0 if offline else fewest
    ):
        found.append(Finding("log", "requests are missing from the log", "", "log", ()))
    if offline and numbers:
        found.append(Finding("log", "an offline text was sent", "", "log", numbers))
    return found
