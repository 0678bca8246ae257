"""Scores candidates by their bytes, whatever tokens the cloud and the local model have.

The delta of a candidate is how much likelier the personal context makes it that the text goes on
with its bytes:

    delta(c) = log P(text + c | context) / P(text | context) - log P(text + c) / P(text)

where P is the probability that what the local model writes begins with these bytes. It depends on
the bytes alone: not on how the cloud cut them, nor on how drafts were cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, takewhile

import numpy as np
from numpy.typing import NDArray

from costeer_cli.local.byte_index import ByteIndex
from costeer_cli.local.covers import Cover, Covers, Path
from costeer_cli.local.prefix import shared
from costeer_cli.local.signals import evidence, tail
from costeer_cli.models.reader import Reader
from costeer_cli.steering.completion import Evidence, Tail
from costeer_cli.steering.position import Candidate, Position

Floats = NDArray[np.float64]
Rows = NDArray[np.float32]


class Bytewise:
    """Reads token trees after both prompts and sums over the covers of byte strings."""

    def __init__(self, reader: Reader, covers: Covers, index: ByteIndex) -> None:
        self._reader = reader
        self._covers = covers
        self._index = index
        self._known: dict[Path, Rows] = {}
        self._rows = len(reader.first)
        texts = index.vocabulary.texts
        self._whole = np.array([_is_whole(text) for text in texts])

    def score(self, text: bytes, positions: Sequence[Position]) -> list[Evidence]:
        """Evidence for consecutive positions after `text`, in one forward pass at most."""
        starts = list(accumulate((p.chosen.text for p in positions[:-1]), initial=text))
        asked = [self._asked(start, p) for start, p in zip(starts, positions, strict=True)]
        self._read({cover.path for lists in asked for cover in lists.covers}, starts[-1])
        return [self._evidence(p, lists) for p, lists in zip(positions, asked, strict=True)]

    def _asked(self, start: bytes, position: Position) -> _Asked:
        whole = self._covers.whole(start)
        return _Asked(
            before=self._covers.of(start) if start else [],
            whole=[Cover(path, b"") for path in whole],
            candidates=[
                self._covers.of(start + c.text) if c.text else [] for c in position.candidates
            ],
        )

    def _evidence(self, position: Position, asked: _Asked) -> Evidence:
        anchor = _common([cover.path for cover in asked.covers])
        before = self._total(asked.before, anchor) if asked.before else np.zeros(self._rows)
        listed = [
            self._logprobs(c, covers, asked.whole, before, anchor)
            for c, covers in zip(position.candidates, asked.candidates, strict=True)
        ]
        return evidence(np.array(listed).T, self._tail(position, asked.whole))

    def _logprobs(
        self,
        candidate: Candidate,
        covers: Sequence[Cover],
        whole: Sequence[Cover],
        before: Floats,
        anchor: int,
    ) -> Floats:
        """Log-probabilities of one candidate, (rows,); -inf where it cannot be written."""
        if candidate.ends:
            after = self._total(whole, anchor, ends=True)
        else:
            after = self._total(covers, anchor)
        return after - before if np.isfinite(before).all() else np.full(self._rows, -np.inf)

    def _total(self, covers: Sequence[Cover], anchor: int, *, ends: bool = False) -> Floats:
        """Log of the covers' probability after the first `anchor` tokens, (rows,), in nats."""
        parts = [np.full(self._rows, -np.inf)]
        for cover in covers:
            if ends:
                mass = self._known[cover.path][:, self._index.vocabulary.end].astype(np.float64)
            else:
                mass = self._index.mass(self._known[cover.path], cover.pending)
            parts.append(self._way(cover.path, anchor) + mass)
        return np.logaddexp.reduce(parts)  # type: ignore[no-any-return]

    def _way(self, path: Path, anchor: int) -> Floats:
        """Log-probability of a path's tokens from `anchor` on, (rows,)."""
        way = np.zeros(self._rows)
        for i in range(anchor, len(path)):
            way += self._known[path[:i]][:, path[i]]
        return way

    def _tail(self, position: Position, whole: Sequence[Cover]) -> Tail | None:
        """What the local model may write besides the candidates, in whole characters."""
        if not whole:
            return None
        vocabulary = self._index.vocabulary
        unlisted = self._whole.copy()
        unlisted[vocabulary.end] = True
        for candidate in position.candidates:
            own = vocabulary.end if candidate.ends else vocabulary.find(candidate.text)
            if own is not None:
                unlisted[own] = False
        ids = np.flatnonzero(unlisted)
        rows = self._known[whole[0].path][:, ids].astype(np.float64)
        return tail(vocabulary, ids, rows, shared=False)

    def _read(self, paths: set[Path], text: bytes) -> None:
        """Have the log-probabilities after all paths and after what they have not in common."""
        least = _common(list(paths))
        needed = {path[:i] for path in paths for i in range(least, len(path) + 1)}
        known = {path: self._known[path] for path in needed if path in self._known}
        if () in needed:
            known[()] = self._reader.first.float().cpu().numpy()
        missing = needed - known.keys()
        if missing:
            main = next(iter(self._covers.whole(text)), ())
            known |= self._branch(missing, main)
        self._known = known

    def _branch(self, missing: set[Path], main: Path) -> dict[Path, Rows]:
        """Read what leads to the missing paths, in one pass; keep what is of the main path."""
        keep = len(self._reader.tokens)
        for path in missing:
            keep = min(keep, shared(self._reader.tokens, path[:-1]))
        self._reader.forget(keep)
        nodes = sorted(
            {path[:i] for path in missing for i in range(keep + 1, len(path) + 1)}, key=_by_length
        )
        places = {node: i for i, node in enumerate(nodes)}
        tokens = [node[-1] for node in nodes]
        parents = [places.get(node[:-1], -1) for node in nodes]
        rows = self._reader.branch(tokens, parents).float().cpu().numpy()
        kept = takewhile(
            lambda node: node in places, (main[:i] for i in range(keep + 1, len(main) + 1))
        )
        self._reader.settle([places[node] for node in kept], tokens)
        return {node: rows[:, i] for node, i in places.items()}


class _Asked:
    """The covers that one position needs."""

    def __init__(
        self, before: list[Cover], whole: list[Cover], candidates: list[list[Cover]]
    ) -> None:
        self.before = before
        self.whole = whole
        self.candidates = candidates
        inner = [cover for covers in candidates for cover in covers]
        self.covers = [*before, *whole, *inner] or [Cover((), b"")]


def _by_length(path: Path) -> tuple[int, Path]:
    return len(path), path


def _common(paths: Sequence[Path]) -> int:
    """How many tokens all paths begin with together."""
    first, last = min(paths), max(paths)
    return shared(first, last)


def _is_whole(text: bytes | None) -> bool:
    try:
        return bool(text) and text is not None and text.decode() != ""
    except UnicodeDecodeError:
        return False
