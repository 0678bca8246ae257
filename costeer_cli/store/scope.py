"""Which documents are meant: those a profile may read, or those a person points at."""

from __future__ import annotations

import json
from dataclasses import dataclass

Condition = tuple[str, dict[str, object]]
"""SQL on `documents`, and its values."""

_LISTS = {
    "ids": "documents.id IN (SELECT value FROM json_each(:{}))",
    "sources": "documents.source IN (SELECT value FROM json_each(:{}))",
    "tags": "EXISTS (SELECT 1 FROM json_each(documents.tags)"
    " WHERE value IN (SELECT value FROM json_each(:{})))",
    "kinds": "lower(documents.kind) IN (SELECT lower(value) FROM json_each(:{}))",
}
_VALUES = {
    "after": "documents.created_at >= :{}",
    "before": "documents.created_at < :{} AND documents.created_at != ''",
}


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
        only: of all that, only what a person points at; its query is left alone.
    """

    profile: str | None = None
    sources: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    after: str = ""
    before: str = ""
    only: Selection | None = None

    def condition(self) -> Condition:
        """It as SQL."""
        limits, values = _limits(self)
        sql = _all(limits)
        if self.profile is not None:
            sql = _all(["documents.profile = ''", *limits])
        if self.profile:
            sql = f"(documents.profile = :profile OR {sql})"
            values["profile"] = self.profile
        if self.only is not None:
            also, more = self.only.condition("only_")
            return f"{sql} AND {also}", values | more
        return sql, values

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

    def condition(self, prefix: str = "") -> Condition:
        """It as SQL, but for the query; the names of its values begin with `prefix`."""
        limits, values = _limits(self, prefix)
        if self.profile is not None:
            limits.append(f"documents.profile = :{prefix}profile")
            values[f"{prefix}profile"] = self.profile
        return _all(limits), values

    @property
    def everything(self) -> bool:
        """Whether nothing was said, so that every document would be meant."""
        return self == Selection()


def _limits(wanted: Scope | Selection, prefix: str = "") -> tuple[list[str], dict[str, object]]:
    limits: list[str] = []
    values: dict[str, object] = {}
    for name, sql in (_LISTS | _VALUES).items():
        value = getattr(wanted, name, None)
        if value or (name == "ids" and value is not None):
            limits.append(sql.format(prefix + name))
            values[prefix + name] = json.dumps(value) if name in _LISTS else value
    return limits, values


def _all(limits: list[str]) -> str:
    return f"({' AND '.join(limits)})" if limits else "TRUE"
