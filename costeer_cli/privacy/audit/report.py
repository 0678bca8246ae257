"""What an audit found, in words that tell nothing of what is private."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Rule = Literal["value", "near", "run", "body", "format", "digest", "log"]
"""A protected value; something like one; copied words; a request that says more than it may; what
could not be checked in one; a body that is not what was logged; a log that is not whole."""

SUSPICIONS = frozenset({"near", "format"})
"""Rules that only point at something for a person to look at."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing, with every request of a draft it stands in.

    Attributes:
        rule: which rule it breaks, or what kind of suspicion it is.
        what: in words; never the private text.
        source: where the private text stands, such as "document 17"; '' where there is none.
        where: "prompt", "text", "address", or the field of the request.
        requests: their numbers, ascending.
        words: of a run, its length; else 0.
        text: what stands there, for the person's own eyes.
    """

    rule: Rule
    what: str
    source: str
    where: str
    requests: tuple[int, ...]
    words: int = 0
    text: str = field(default="", repr=False)

    @property
    def bad(self) -> bool:
        """Whether it should not be there."""
        return self.rule not in SUSPICIONS

    def as_dict(self, *, show: bool) -> dict[str, Any]:
        """Plain values; with the text itself only where that is wanted."""
        plain = asdict(self) | {"requests": list(self.requests), "bad": self.bad}
        return plain if show else {key: plain[key] for key in plain if key != "text"}


@dataclass(frozen=True, slots=True)
class RequestAudit:
    """One request.

    Attributes:
        n: its number among those of the draft.
        at, provider: when, and to whom.
        bytes: of its body.
        sha256: of its body as it is in the log now.
        allowed: whether the body is the prompt, the text so far and settings, and nothing else.
        intact: whether it is the body whose digest was logged.
        exact, folded, part, near: how many values stand in it in these forms.
        longest_run: most words in a row that it shares with a private text, and the prompt does
            not; 0 where they are fewer than six (three in what the local model read).
        placeholders: how many stand for a value.
    """

    n: int
    at: str
    provider: str
    bytes: int
    sha256: str
    allowed: bool
    intact: bool
    exact: int
    folded: int
    part: int
    near: int
    longest_run: int
    placeholders: int


@dataclass(frozen=True, slots=True)
class DraftAudit:
    """One draft.

    Attributes:
        draft: its id.
        profile: its profile's name, or None.
        provider, state: as in the store.
        requests: each of them.
        findings: what stands in them, and what the log lacks.
        later: documents that have words of it, but are dated after it was begun.
    """

    draft: str
    profile: str | None
    provider: str
    state: str
    requests: tuple[RequestAudit, ...]
    findings: tuple[Finding, ...]
    later: int = 0

    @property
    def bad(self) -> int:
        """How many findings should not be there."""
        return sum(finding.bad for finding in self.findings)

    @property
    def suspicions(self) -> int:
        """How many are for a person to look at."""
        return len(self.findings) - self.bad

    @property
    def longest_run(self) -> int:
        """Over all requests."""
        return max((request.longest_run for request in self.requests), default=0)

    def as_dict(self, *, show: bool) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {
            "draft": self.draft,
            "profile": self.profile,
            "provider": self.provider,
            "state": self.state,
            "ok": not self.bad,
            "requests": [asdict(request) for request in self.requests],
            "findings": [finding.as_dict(show=show) for finding in self.findings],
            "longest_run": self.longest_run,
            "placeholders": max((r.placeholders for r in self.requests), default=0),
            "bytes": sum(request.bytes for request in self.requests),
            "later": self.later,
        }
