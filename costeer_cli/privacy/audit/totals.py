"""What all texts of a profile told, added up from their receipts and audits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from costeer_cli.privacy.audit.private import number, part
from costeer_cli.privacy.audit.report import DraftAudit
from costeer_cli.store.drafts import DraftRecord


@dataclass
class Total:
    """One profile's sums.

    Attributes:
        profile: its name, or None for nobody's.
        texts: drafts, finished or not.
        unbounded: those of them without an epsilon: greedy ones, and older ones.
        tokens, steered_tokens, requests, blocked: of all of them, as far as receipts say.
        epsilon: the bounds added up, in nats, of those that have one.
        bits: the same for greedy texts, in bits.
        realised: in nats, of those whose receipt has it; `measured` is how many.
        measured: see `realised`.
        found: things that were sent and should not have been.
        suspicions: things to look at.
    """

    profile: str | None
    texts: int = 0
    unbounded: int = 0
    tokens: int = 0
    steered_tokens: int = 0
    requests: int = 0
    blocked: int = 0
    epsilon: float = 0.0
    bits: float = 0.0
    realised: float = 0.0
    measured: int = 0
    found: int = 0
    suspicions: int = 0

    def add(self, record: DraftRecord, audit: DraftAudit) -> None:
        """Add one text."""
        usage, privacy = part(record.receipt, "usage"), part(record.receipt, "privacy")
        self.texts += 1
        self.unbounded += privacy.get("epsilon") is None
        self.measured += privacy.get("realised") is not None
        self.tokens += int(number(usage.get("tokens")))
        self.requests += len(audit.requests)
        self.steered_tokens += int(number(privacy.get("steered_tokens")))
        self.blocked += int(number(privacy.get("blocked")))
        self.epsilon += number(privacy.get("epsilon"))
        self.bits += number(privacy.get("bits"))
        self.realised += number(privacy.get("realised"))
        self.found += audit.bad
        self.suspicions += audit.suspicions

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def totals(records: Sequence[DraftRecord], audits: Sequence[DraftAudit]) -> list[Total]:
    """The sums of each profile, by name; those of nobody's come last.

    Epsilons of several texts add up whoever reads them together; that is the plain bound.
    """
    found: dict[str | None, Total] = {}
    for record, audit in zip(records, audits, strict=True):
        found.setdefault(record.profile, Total(record.profile)).add(record, audit)
    return sorted(found.values(), key=lambda total: (total.profile is None, total.profile or ""))
