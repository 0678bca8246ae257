"""Which of the person's texts the local model should read for one prompt."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from costeer_cli.personal.profile import Profile
from costeer_cli.store.database import Store, open_memory
from costeer_cli.store.document import Document

_POOL = 200  # candidates by match, and again by date; all are ranked in one corpus
_SHINGLE = 5  # words
_SAME = 0.8  # Jaccard index of the shingles beyond which two texts are one


@dataclass(frozen=True, slots=True)
class Excerpt:
    """One text to read.

    Attributes:
        document: the whole text; `costeer_cli.personal.context` cuts it where it must.
        score: BM25, higher is better; 0 where it shares no word with the prompt.
        why: "match" (it shares words with the prompt) or "recent" (it only shows the voice).
    """

    document: Document
    score: float
    why: Literal["match", "recent"]


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
    pool = _candidates(store, profile, prompt)
    matches = [Excerpt(pool[key], score, "match") for key, score in _ranked(pool, prompt)]
    newest = sorted(pool.values(), key=lambda document: document.created_at, reverse=True)
    fillers = (Excerpt(document, 0.0, "recent") for document in newest)
    return _distinct([*matches, *fillers], limit)


Key = tuple[str, str]


def _candidates(store: Store, profile: Profile | None, prompt: str) -> dict[Key, Document]:
    name = profile.name if profile else ""
    sources = profile.history_sources if profile else ()
    tags = profile.history_tags if profile else ()
    hits = store.documents.search(prompt, _POOL, name, sources=sources, tags=tags)
    recent = store.documents.recent(_POOL, name, sources=sources, tags=tags)
    shipped = profile.texts if profile else ()
    return {_key(one): one for one in [*shipped, *recent, *(hit.document for hit in hits)]}


def _ranked(pool: dict[Key, Document], prompt: str) -> list[tuple[Key, float]]:
    # Scores of two indexes cannot be compared, so the history's candidates and the profile's own
    # texts are ranked together, in an index that lives only in memory.
    with open_memory() as memory:
        memory.documents.add(pool.values())
        hits = memory.documents.search(prompt, len(pool))
    return [(_key(hit.document), hit.score) for hit in hits]


def _key(document: Document) -> Key:
    return document.digest, document.profile or ""


def _distinct(excerpts: Iterable[Excerpt], limit: int) -> list[Excerpt]:
    kept: list[Excerpt] = []
    seen: list[frozenset[tuple[str, ...]]] = []
    for excerpt in excerpts:
        if len(kept) == limit:
            break
        shingles = _shingles(excerpt.document.text)
        if all(_jaccard(shingles, other) <= _SAME for other in seen):
            kept.append(excerpt)
            seen.append(shingles)
    return kept


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    if len(words) < _SHINGLE:
        return frozenset({tuple(words)})
    return frozenset(
        tuple(words[start : start + _SHINGLE]) for start in range(len(words) - _SHINGLE + 1)
    )


def _jaccard(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    return len(one & other) / len(one | other)
