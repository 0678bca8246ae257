"""Words in a row that requests share with private texts, however many those are."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from costeer_cli.privacy.audit.private import PrivateText
from costeer_cli.privacy.audit.said import RUN, Run, Said, runs, shared_run
from costeer_cli.privacy.folding import words
from costeer_cli.store.document import Document

_SHORT = 3  # words; shorter runs than six are told of what the local model read
_KEPT = 100  # texts of the history that share most with one draft
_OFTEN = 1_000  # documents between two signs of life

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Copy:
    """A run that a text shares with a private one: where it begins, and its length in words."""

    source: str
    first: int
    words: int


@dataclass
class _Draft:
    """What one draft said, and the private texts that share words with it."""

    said: list[list[str]]
    public: dict[int, frozenset[Run]]
    began: str
    read: frozenset[str]
    close: list[tuple[str, list[str]]] = field(default_factory=list)
    kept: list[tuple[int, int, str, list[str]]] = field(default_factory=list)
    later: int = 0


class Copies:
    """Compares drafts with private texts, all of them with one text at a time.

    Args:
        public: texts that may be sent with any draft.
        mask: puts placeholders in the place of values, as in what the local model read.
    """

    def __init__(
        self, public: Iterable[str], mask: Callable[[str], str] = lambda text: text
    ) -> None:
        self._public = [words(text) for text in public]
        self._mask = mask
        self._drafts: dict[str, _Draft] = {}
        self._index: dict[Run, set[str]] = {}

    def add(
        self, name: str, prompt: str, said: Iterable[str], began: str, read: Iterable[str]
    ) -> None:
        """A draft to compare.

        Args:
            name: what it is asked for by.
            prompt: public; runs of it do not count.
            said: everything that was sent for it.
            began: ISO 8601 in UTC; a document of a later date is not what it copied.
            read: sources the local model read for it, such as "history:17".
        """
        public = [*self._public, words(prompt)]
        known = {n: frozenset(run for one in public for run in runs(one, n)) for n in (_SHORT, RUN)}
        draft = _Draft([words(text) for text in said], known, began, frozenset(read))
        self._drafts[name] = draft
        for line in draft.said:
            for run in runs(line):
                if run not in known[RUN]:
                    self._index.setdefault(run, set()).add(name)

    def compare(self, texts: Iterable[PrivateText]) -> None:
        """Compare with texts of which even short runs are told."""
        read = [(text.label, line) for text in texts for line in self._lines(text.text)]
        for draft in self._drafts.values():
            draft.close += read

    def compare_documents(
        self, documents: Iterable[Document], total: int, progress: Progress
    ) -> None:
        """Compare with the history, document by document."""
        readers: dict[str, list[_Draft]] = {}
        for draft in self._drafts.values():
            for source in draft.read:
                readers.setdefault(source, []).append(draft)
        for done, document in enumerate(documents):
            if done % _OFTEN == 0:
                progress("Comparing", done, total)
            fields = (document.text, document.title, document.prompt, document.signature)
            for draft in readers.get(f"history:{document.id}", ()):
                for said in fields:
                    lines = self._lines(said)
                    draft.close += [(f"document {document.id}", line) for line in lines]
            for line in map(words, filter(None, fields)):
                if not self._index.keys().isdisjoint(runs(line)):
                    self._keep(document, line)

    def within(self, name: str, said: Said) -> Iterator[Copy]:
        """What a text of a draft shares with private texts: the longest run with each."""
        draft = self._drafts[name]
        found: dict[str, Copy] = {}
        kept = ((source, line, RUN) for _, _, source, line in draft.kept)
        close = ((source, line, _SHORT) for source, line in draft.close)
        for source, line, least in (*close, *kept):
            first, length = shared_run(said.words, line, draft.public[least], least)
            if length > (found[source].words if source in found else 0):
                found[source] = Copy(source, first, length)
        yield from found.values()

    def later(self, name: str) -> int:
        """How many documents share words with a draft but are dated after it was begun."""
        return self._drafts[name].later

    def _lines(self, text: str) -> list[list[str]]:
        """A text as it is, and as the local model read it where that is another one."""
        return [words(said) for said in dict.fromkeys([text, self._mask(text)]) if said]

    def _keep(self, document: Document, line: list[str]) -> None:
        """Keep a text for the drafts that share words with it, where it is among the nearest."""
        names: set[str] = set()
        for run in runs(line):
            names |= self._index.get(run, set())
        for name in names:
            draft, source = self._drafts[name], f"history:{document.id}"
            if draft.began and document.created_at > draft.began and source not in draft.read:
                draft.later += 1
                continue
            known = draft.public[RUN]
            length = max(shared_run(said, line, known)[1] for said in draft.said)
            number = document.id or 0
            entry = length, -number, f"document {number}", line
            push = heapq.heappush if len(draft.kept) < _KEPT else heapq.heappushpop
            push(draft.kept, entry)
