"""Positions and evidence drawn by hypothesis, over small and random vocabularies."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from costeer_cli.steering.completion import Evidence, Tail
from costeer_cli.steering.position import Candidate, Position
from costeer_cli.steering.vocabulary import Vocabulary

LOGIT = st.floats(-12, 12, allow_nan=False).map(lambda x: round(x, 6))


@st.composite
def cases(draw: st.DrawFn, most: int = 12, tail: bool | None = None) -> tuple[Position, Evidence]:
    """A position over a vocabulary of up to `most` tokens, with a tail or without, with an expert
    that is told apart or without."""
    size = draw(st.integers(2, most))
    cloud = _logprobs(draw(st.lists(LOGIT, min_size=size, max_size=size)))
    local = _logprobs(draw(st.lists(LOGIT, min_size=size, max_size=size)))
    delta = np.array(draw(st.lists(LOGIT, min_size=size, max_size=size)))
    listed = draw(st.integers(1, size))
    position, evidence = build(
        cloud, local, delta, listed, draw(st.booleans()) if tail is None else tail
    )
    if not draw(st.booleans()):
        return position, evidence
    return position, with_expert(evidence, draw(st.lists(LOGIT, min_size=size, max_size=size)))


def build(
    cloud: np.ndarray[Any, Any],
    local: np.ndarray[Any, Any],
    delta: np.ndarray[Any, Any],
    listed: int,
    tail: bool = True,
) -> tuple[Position, Evidence]:
    """The position that lists the `listed` likeliest tokens of `cloud`, all arrays (V,)."""
    vocabulary = Vocabulary([b"" if i == 0 else f"t{i}".encode() for i in range(len(cloud))], 0)
    top = np.argsort(-cloud, kind="stable")[:listed]
    rest = np.sort(np.setdiff1d(np.arange(len(cloud)), top))
    candidates = tuple(Candidate(vocabulary.text(int(i)), int(i), float(cloud[i])) for i in top)
    shaped = Tail(vocabulary, rest, local[rest], delta[rest]) if tail else None
    return Position(candidates[0], candidates), Evidence(delta[top], shaped, local[top])


def with_expert(evidence: Evidence, expert: list[float]) -> Evidence:
    """The same with what an expert adds to the listed tokens and then to the tail's."""
    values, listed = np.array(expert), len(evidence.listed)
    tail = evidence.tail and replace(evidence.tail, expert=values[listed:])
    return replace(evidence, expert=values[:listed], tail=tail)


def _logprobs(logits: list[float]) -> np.ndarray[Any, Any]:
    values = np.array(logits)
    return np.asarray(values - math.log(math.fsum(math.exp(x) for x in logits)))
