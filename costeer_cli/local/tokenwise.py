"""Scores candidates by their ids, where the cloud's tokens are the local model's."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import cast

import numpy as np
from numpy.typing import NDArray

from costeer_cli.local.prefix import shared
from costeer_cli.local.signals import evidence, tail
from costeer_cli.models.reader import Reader
from costeer_cli.steering.completion import Evidence
from costeer_cli.steering.position import Position

Rows = NDArray[np.float32]


class Tokenwise:
    """Reads a text after both prompts and takes the candidates' log-probabilities as they are.

    Tokens are read when they are needed to score what follows them, never twice, and rejected
    ones are cut off the KV caches.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._rows: dict[int, Rows] = {}  # after so many tokens of the text, (rows, V)

    def score(
        self,
        accepted: Sequence[int],
        drafted: Sequence[Sequence[int]],
        positions: Sequence[Position],
        *,
        flowing: bool = False,
    ) -> list[Evidence]:
        """Evidence for consecutive positions after the accepted tokens, one pass at most.

        Args:
            accepted: the text so far.
            drafted: for each position the tokens of what was drafted there.
            positions: the first follows the text.
            flowing: the positions after these come soon: what is known already is returned
                alone, without a pass, and a pass reads what was drafted at the last one too.
        """
        ends = list(accumulate(map(len, drafted), initial=len(accepted)))
        wanted = [*accepted, *(token for piece in drafted for token in piece)]
        places = ends[:-1]
        self._cut(wanted, len(accepted))
        known = next((i for i, p in enumerate(places) if p not in self._rows), len(places))
        if known < len(places) and not (flowing and known):
            self._read(wanted[: ends[-1] if flowing else places[-1]], places[known])
            known = len(places)
        return [
            self._evidence(position, self._rows[place])
            for position, place in zip(positions[:known], places, strict=False)
        ]

    def prepare(self, accepted: Sequence[int]) -> None:
        """Read what of the text is not read yet, so that the next position needs no pass."""
        self._cut(accepted, len(accepted))
        if len(accepted) not in self._rows:
            self._read(accepted, len(accepted))

    def _cut(self, wanted: Sequence[int], needed: int) -> None:
        """Forget what is not the beginning of `wanted`, and rows for less than `needed` tokens."""
        held = shared(self._reader.tokens, wanted)
        self._reader.forget(held)
        self._rows = {place: row for place, row in self._rows.items() if needed <= place <= held}
        if needed == 0:
            self._rows[0] = self._reader.first.float().cpu().numpy()

    def _read(self, wanted: Sequence[int], first: int) -> None:
        """Read on to the end of `wanted`, with the rows from after the `first` tokens on."""
        start = min(len(self._reader.tokens), first - 1)
        self._reader.forget(start)
        after = self._reader.read(wanted[start:]).float().cpu().numpy()
        self._rows |= {start + 1 + i: after[:, i] for i in range(after.shape[1])}

    def _evidence(self, position: Position, row: Rows) -> Evidence:
        vocabulary = self._reader.model.vocabulary
        listed = [vocabulary.end if c.ends else cast(int, c.id) for c in position.candidates]
        unlisted = vocabulary.writable.copy()
        unlisted[listed] = False
        ids = np.flatnonzero(unlisted)
        rows = row.astype(np.float64)
        return evidence(rows[:, listed], tail(vocabulary, ids, rows[:, ids]))
