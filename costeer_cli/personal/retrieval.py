"""Which of the person's texts the local model should read for one prompt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

from costeer_cli.personal.hints import kinds, names
from costeer_cli.personal.profile import Profile
from costeer_cli.store.database import Store
from costeer_cli.store.document import Document
from costeer_cli.store.ranking import Ranking, read
from costeer_cli.store.recipients import name_words
from costeer_cli.store.scope import Scope

EXCERPTS = 12
"""Texts that are looked for to be read for one prompt."""

_SAME = 0.9  # Jaccard index of their pairs of words beyond which two texts are one
_POOL = 3  # texts that are compared for one that is chosen
_DIVERSITY = 0.3  # how much a text loses by being like those chosen before it
_COMPARED = 200  # words; the beginnings of two texts tell whether they are alike

# What is added to the score of a text, in parts of the best one's:
_RECIPIENT = 0.5
_KIND = 0.25
_NEW = 0.1
_HALF_LIFE = 730.0  # days in which the last one halves

Why = Literal["match", "recipient", "recent"]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One text to read.

    Attributes:
        document: the whole text; `costeer_cli.personal.context` cuts it where it must.
        score: BM25, and more for a text to the same person, of the same kind, or a new one;
            higher is better; 0 for one that is only there because it is new.
        why: "match" (it shares words with the prompt), "recipient" (it was written to somebody
            the prompt names) or "recent" (it only shows the voice).
    """

    document: Document
    score: float
    why: Why


def retrieve(store: Store, profile: Profile | None, prompt: str, limit: int) -> list[Excerpt]:
    """The best texts for `prompt`, best first, at most `limit`, no two nearly the same.

    Args:
        store: the history.
        profile: reads what is bound to it, the unbound documents its [history] allows, and the
            texts it brings; None reads the unbound documents alone.
        prompt: what is to be written.
        limit: where fewer texts match, the newest ones fill up, since voice is learned from any.
    """
    if limit <= 0:
        return []
    pool = _Pool(store, profile, prompt, limit)
    chosen = _filled(_diverse(pool.matches(), limit), pool.fillers(), limit)
    return [candidate.excerpt for candidate in chosen]


def scope_of(profile: Profile | None) -> Scope:
    """What of the history a profile may read."""
    if profile is None:
        return Scope(profile="")
    return Scope(
        profile=profile.name,
        sources=profile.history_sources,
        tags=profile.history_tags,
        kinds=profile.history_kinds,
        after=profile.history_after,
        before=profile.history_before,
    )


class _Pool:
    """The candidates for one prompt, from the history and from the profile."""

    def __init__(self, store: Store, profile: Profile | None, prompt: str, limit: int) -> None:
        scope = scope_of(profile)
        shipped = list(profile.texts) if profile else []
        found = store.documents.find_by_words(prompt, scope)
        self._named = set(names(prompt))
        self._kinds = kinds(prompt)
        addressed = store.documents.addressed(list(self._named), scope, 2 * limit)
        recent = store.documents.newest(scope, 2 * limit)
        stored = {one.id: one for one in [*recent, *addressed, *found.documents]}
        self._texts = [read(document) for document in [*shipped, *stored.values()]]
        ids = (document.id for document in found.documents)
        self._hints = dict(zip(ids, found.hints, strict=True))
        frequencies = dict(found.frequencies)
        for text in self._texts[: len(shipped)]:
            for word in frequencies.keys() & {*text.head, *text.body}:
                frequencies[word] += 1
        self._ranking = Ranking(frequencies, found.total + len(shipped), self._texts)

    def matches(self) -> list[_Candidate]:
        """Those that share words with the prompt or were written to somebody it names."""
        scores = [
            self._ranking.score(text) or self._hints.get(text.document.id, 0.0)
            for text in self._texts
        ]
        best = max(scores, default=0.0) or 1.0
        newest = max((text.document.days for text in self._texts), default=0)
        found: list[_Candidate] = []
        for text, score in zip(self._texts, scores, strict=True):
            document = text.document
            named = bool(self._named and self._named & name_words(document.recipient))
            if score <= 0 and not named:
                continue
            more = _RECIPIENT * named + _KIND * (document.kind in self._kinds)
            if days := document.days:
                more += _NEW * 0.5 ** ((newest - days) / _HALF_LIFE)
            why: Why = "recipient" if named else "match"
            found.append(_Candidate(Excerpt(document, score + more * best, why), text.body))
        found.sort(key=_order, reverse=True)
        return found

    def fillers(self) -> list[_Candidate]:
        """All of them, those of the wanted kind first, then the newest."""
        texts = sorted(
            self._texts,
            key=lambda text: (text.document.kind in self._kinds, text.document.created_at),
            reverse=True,
        )
        return [_Candidate(Excerpt(text.document, 0.0, "recent"), text.body) for text in texts]


class _Candidate:
    """An excerpt, and how much it is like the most similar one that was chosen, 0 to 1."""

    def __init__(self, excerpt: Excerpt, words: Sequence[str]) -> None:
        self.excerpt = excerpt
        self.alike = 0.0
        self._words = words[:_COMPARED]

    @cached_property
    def pairs(self) -> frozenset[int]:
        """Its pairs of words, as numbers; of a text of one word, that."""
        words = self._words
        return frozenset(map(hash, pairwise(words))) or frozenset(map(hash, words))


def _diverse(candidates: Sequence[_Candidate], limit: int) -> list[_Candidate]:
    """The best of them, each also for what it adds to the others (maximal marginal relevance)."""
    chosen: list[_Candidate] = []
    for start in range(0, len(candidates), _POOL * limit):
        left = list(candidates[start : start + _POOL * limit])
        for taken in chosen:
            left = _without(left, taken)
        while left and len(chosen) < limit:
            taken = max(left, key=lambda one: one.excerpt.score * (1 - _DIVERSITY * one.alike))
            chosen.append(taken)
            left = _without(left, taken)
        if len(chosen) == limit:
            break
    return sorted(chosen, key=_order, reverse=True)


def _without(left: list[_Candidate], taken: _Candidate) -> list[_Candidate]:
    """Those that are another text than `taken`, each told how much it is like it."""
    kept = []
    for one in left:
        alike = _jaccard(one.pairs, taken.pairs)
        if alike <= _SAME:
            one.alike = max(one.alike, alike)
            kept.append(one)
    return kept


def _filled(
    chosen: list[_Candidate], fillers: Sequence[_Candidate], limit: int
) -> list[_Candidate]:
    for filler in fillers:
        if len(chosen) >= limit:
            break
        if all(_jaccard(filler.pairs, other.pairs) <= _SAME for other in chosen):
            chosen.append(filler)
    return chosen


def _order(candidate: _Candidate) -> tuple[float, str, int]:
    document = candidate.excerpt.document
    return candidate.excerpt.score, document.created_at, document.id or 0


def _jaccard(one: frozenset[int], other: frozenset[int]) -> float:
    shared = len(one & other)
    return shared / ((len(one) + len(other) - shared) or 1)
