"""What of the history one profile may read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from costeer_cli.personal.profile import Profile
from costeer_cli.store.database import Store
from costeer_cli.store.document import Document
from costeer_cli.store.documents import Found
from costeer_cli.store.scope import Scope

_POOL = 96  # documents that are found for one prompt
_WIDER = 8  # times as many are looked at where only some kinds may be read
_MOST = 20_000  # documents that are looked at for those of the right kind


def scope_of(profile: Profile | None) -> Scope:
    """What of the history a profile may read, but for the kinds of texts."""
    if profile is None:
        return Scope(profile="")
    return Scope(
        profile=profile.name,
        sources=profile.history_sources,
        tags=profile.history_tags,
        after=profile.history_after,
        before=profile.history_before,
    )


class Readable:
    """The documents of a store that a profile may read: its own, and those its [history] allows.

    Args:
        store: the history.
        profile: None for the documents that are bound to no profile.
    """

    def __init__(self, store: Store, profile: Profile | None) -> None:
        self._documents = store.documents
        self._scope = scope_of(profile)
        self._name = profile.name if profile else ""
        self._kinds = {kind.casefold() for kind in profile.history_kinds} if profile else set()

    def found(self, prompt: str) -> Found:
        """The documents most promising to answer `prompt`, not ranked yet."""
        if not self._kinds:
            return self._documents.find_by_words(prompt, self._scope, _POOL)
        found = self._documents.find_by_words(prompt, self._scope, _POOL * _WIDER)
        kept = [
            (document, hint)
            for document, hint in zip(found.documents, found.hints, strict=True)
            if self._allows(document)
        ][:_POOL]
        return replace(found, documents=[d for d, _ in kept], hints=[hint for _, hint in kept])

    def addressed(self, words: Sequence[str], limit: int) -> list[Document]:
        """The newest documents written to anybody one of whose names is among `words`."""
        return self._newest(lambda most: self._documents.addressed(words, self._scope, most), limit)

    def newest(self, limit: int) -> list[Document]:
        """The newest documents; those without a date come last."""
        return self._newest(lambda most: self._documents.newest(self._scope, most), limit)

    def _newest(self, look: Callable[[int], list[Document]], limit: int) -> list[Document]:
        most = limit
        while True:
            seen = look(most)
            kept = [document for document in seen if self._allows(document)]
            if len(kept) >= limit or len(seen) < most or most >= _MOST:
                return kept[:limit]
            most *= _WIDER

    def _allows(self, document: Document) -> bool:
        bound = bool(self._name) and document.profile == self._name
        return bound or not self._kinds or document.kind.casefold() in self._kinds
