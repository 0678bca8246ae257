"""What the rows of a batch tell: each reads less than the one before it.

Two rows: the private prompt, the public one. With an expert that is told apart, three: the private
prompt and the public one read by the expert, then the public one read by the model as it is. What
two neighbours differ by is one signal, in nats: the context's, then the expert's. The last row is
public and gives the shape of the tail.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from costeer_cli.steering.completion import Evidence, Tail
from costeer_cli.steering.vocabulary import Vocabulary

Floats = NDArray[np.float64]


def evidence(rows: Floats, rest: Tail | None) -> Evidence:
    """Evidence from the candidates' log-probabilities, (rows, k), and their tail.

    A candidate that one of the rows cannot write has no delta, and -inf for `plain`.
    """
    known = np.isfinite(rows).all(axis=0)
    delta, *expert = _differences(np.where(known, rows, 0.0))
    plain = np.where(known, rows[-1], -np.inf)
    return Evidence(delta, rest, plain, expert[0] if expert else None)


def tail(
    vocabulary: Vocabulary, ids: NDArray[np.int64], rows: Floats, *, shared: bool = True
) -> Tail:
    """The tail of these tokens, from their log-probabilities, (rows, m)."""
    delta, *expert = _differences(rows)
    return Tail(vocabulary, ids, rows[-1], delta, shared, expert[0] if expert else None)


def _differences(rows: Floats) -> Floats:
    return np.asarray(rows[:-1] - rows[1:])
