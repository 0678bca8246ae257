"""What an audit found, as rows of a table and lines for people; never private text unasked."""

from __future__ import annotations

from collections.abc import Sequence

from costeer_cli.privacy.audit.report import DraftAudit, Finding, RequestAudit
from costeer_cli.privacy.audit.totals import Total
from costeer_cli.render.terminal import short_id
from costeer_cli.render.text import harmless

_HEAD = ["#", "bytes", "exact", "folded", "near", "run", "holders", "allowed"]
_TOTAL = ["profile", "texts", "steered", "epsilon", "nats", "held", "found"]
_WHOLE = ["draft", "sent", "bytes", "values", "near", "run", "found"]


def request_rows(audit: DraftAudit) -> list[list[str]]:
    """One row for each request of a draft, under a head."""
    return [_HEAD, *(_request(request) for request in audit.requests)]


def draft_rows(audits: Sequence[DraftAudit]) -> list[list[str]]:
    """One row for each draft, under a head."""
    return [_WHOLE, *(_draft(audit) for audit in audits)]


def total_rows(totals: Sequence[Total]) -> list[list[str]]:
    """One row for each profile, under a head."""
    rows = [
        [
            total.profile or "(nobody)",
            str(total.texts),
            f"{total.steered_tokens}/{total.tokens}",
            f"{total.epsilon:.1f}" + (f"+{total.unbounded}x?" if total.unbounded else ""),
            f"{total.realised:.1f}" if total.measured else "-",
            str(total.blocked),
            f"{total.found} BAD" if total.found else "ok",
        ]
        for total in totals
    ]
    return [_TOTAL, *rows]


def finding_lines(audits: Sequence[DraftAudit], *, show: bool) -> list[str]:
    """What was found in which request; the text itself only with `show`."""
    return [_line(audit, finding, show=show) for audit in audits for finding in audit.findings]


def verdict(audits: Sequence[DraftAudit]) -> str:
    """All of it in a sentence or two."""
    requests = sum(len(audit.requests) for audit in audits)
    bad = sum(audit.bad for audit in audits)
    near = sum(audit.suspicions for audit in audits)
    sent = f"{_counted(requests, 'request')} of {_counted(len(audits), 'draft')}: "
    if bad:
        said = f"{_counted(bad, 'thing')} that should not be there."
    else:
        said = "the prompt and the text so far, and nothing private."
    more = f" {_counted(near, 'thing')} to look at." if near else ""
    return sent + said + more


def _request(request: RequestAudit) -> list[str]:
    numbers = request.n, request.bytes, request.exact, request.folded + request.part
    rest = request.near, request.longest_run, request.placeholders
    return [*map(str, (*numbers, *rest)), "yes" if request.allowed and request.intact else "NO"]


def _draft(audit: DraftAudit) -> list[str]:
    values = max((r.exact + r.folded + r.part for r in audit.requests), default=0)
    near = max((request.near for request in audit.requests), default=0)
    size = sum(request.bytes for request in audit.requests)
    numbers = len(audit.requests), size, values, near, audit.longest_run
    found = f"{audit.bad} BAD" if audit.bad else "ok"
    return [short_id(audit.draft), *map(str, numbers), found]


def _line(audit: DraftAudit, finding: Finding, *, show: bool) -> str:
    first = finding.requests[0] if finding.requests else 0
    more = f" and {len(finding.requests) - 1} more" if len(finding.requests) > 1 else ""
    place = f", request {first}{more}" if first else ""
    what = f"{finding.words} {finding.what}" if finding.words else finding.what
    source = f" ({finding.source})" if finding.source else ""
    mark = "!!" if finding.bad else "??"
    line = f"{mark} {short_id(audit.draft)}{place}: {what}{source}, in the {finding.where}"
    return f"{line}: {' '.join(harmless(finding.text).split())}" if show and finding.text else line


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("s" if number != 1 else "")
