"""Which documents are meant: those a profile may read, or those a person points at."""

from __future__ import annotations

import json
from dataclasses import dataclass

Condition = tuple[str, dict[str, object]]
"""SQL on `documents`, and its values."""

_SOURCES = "documents.source IN (SELECT value FROM json_each(:sources))"
_TAGS = (
    "EXISTS (SELECT 1 FROM json_each(documents.tags)"
    " WHERE value IN (SELECT value FROM json_each(:tags)))"
)
_KINDS = "documents.kind IN (SELECT value FROM json_each(:kinds))"
_AFTER = "documents.created_at >= :after"
_BEFORE = "documents.created_at < :before AND documents.created_at != ''"
_IDS = "documents.id IN (SELECT value FROM json_each(:ids))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What may be read: every document, or what one profile may read.

    Attributes:
        profile: the documents bound to it, and the unbound ones; '' for the unbound ones alone,
            None for every document.
        sources, tags, kinds: of the unbound documents (of all, where `profile` is None), only
            those from one of these sources, with one of these tags, of these kinds; () for all.
        after, before: of the same, only those written from this moment on, or before it; ISO 8601
            in UTC, '' for no limit. What has no date is neither.
    """

    profile: str | None = None
    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    after: str = ""
    before: str = ""

    def condition(self) -> Condition:
        """It as SQL."""
        limits, values = _limits(self)
        if self.profile is None:
            return _all(limits), values
        unbound = _all(["documents.profile = ''", *limits])
        if not self.profile:
            return unbound, values
        return f"(documents.profile = :profile OR {unbound})", values | {"profile": self.profile}

    @property
    def everything(self) -> bool:
        """Whether it leaves nothing out."""
        return self == Scope()


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Documents that a person points at; what is given is combined with AND.

    Attributes:
        ids: only these; None for any.
        sources, tags, kinds: from one of these sources, with one of these tags, of one of these
            kinds; () for any.
        after, before: written from this moment on, before it; ISO 8601 in UTC, '' for any.
        query: every one of these words is in it; '' for any.
        profile: bound to it; None for any.
    """

    ids: tuple[int, ...] | None = None
    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    after: str = ""
    before: str = ""
    query: str = ""
    profile: str | None = None

    def condition(self) -> Condition:
        """It as SQL, but for the query."""
        limits, values = _limits(self)
        if self.ids is not None:
            limits.append(_IDS)
            values["ids"] = json.dumps(self.ids)
        if self.profile is not None:
            limits.append("documents.profile = :profile")
            values["profile"] = self.profile
        return _all(limits), values

    @property
    def everything(self) -> bool:
        """Whether nothing was said, so that every document would be meant."""
        return self == Selection()


def _limits(wanted: Scope | Selection) -> tuple[list[str], dict[str, object]]:
    lists = [("sources", _SOURCES), ("tags", _TAGS), ("kinds", _KINDS)]
    moments = [("after", _AFTER), ("before", _BEFORE)]
    given = [(sql, name) for name, sql in (*lists, *moments) if getattr(wanted, name)]
    values = {name: getattr(wanted, name) for _, name in given}
    return [sql for sql, _ in given], {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in values.items()
    }


def _all(limits: list[str]) -> str:
    return f"({' AND '.join(limits)})" if limits else "TRUE"
