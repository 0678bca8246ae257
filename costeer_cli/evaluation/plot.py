"""Horizontal bars with intervals, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from costeer_cli.evaluation.resampling import Interval

_LABELS, _WIDTH, _STEP = 170, 460, 30
_MARGIN = 0.08


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label and its length, with how sure it is."""

    label: str
    value: Interval


def bars(title: str, drawn: Sequence[Bar]) -> str:
    """One line for each: a dot at its value and a line over its interval, on a common scale.

    The scale does not begin at zero, which is why they are dots.
    """
    ends = [
        x
        for bar in drawn
        for x in (bar.value.value, bar.value.low, bar.value.high)
        if x is not None
    ]
    low, high = min(ends), max(ends)
    room = (high - low) * _MARGIN or abs(high) * _MARGIN or 1.0
    low, high = low - room, high + room

    def place(value: float) -> float:
        return _LABELS + _WIDTH * (value - low) / (high - low)

    height = _STEP * len(drawn) + 8
    parts = []
    for n, bar in enumerate(drawn):
        y = _STEP * n + _STEP / 2 + 4
        found = bar.value
        parts.append(
            f'<text x="0" y="{y + 5:.0f}">{escape(bar.label)}</text>'
            f'<line x1="{_LABELS}" x2="{_LABELS + _WIDTH}" y1="{y:.1f}" y2="{y:.1f}"'
            ' stroke="currentColor" stroke-opacity=".12"/>'
        )
        if found.low is not None and found.high is not None:
            parts.append(
                f'<line x1="{place(found.low):.1f}" x2="{place(found.high):.1f}" y1="{y:.1f}"'
                f' y2="{y:.1f}" stroke="#2a78c2" stroke-width="3"/>'
            )
        parts.append(
            f'<circle cx="{place(found.value):.1f}" cy="{y:.1f}" r="5" fill="#2a78c2"/>'
            f'<text x="{_LABELS + _WIDTH + 10}" y="{y + 5:.0f}">{found.value:.3f}</text>'
        )
    return (
        f'<svg role="img" aria-label="{escape(title)}" viewBox="0 0 {_LABELS + _WIDTH + 70}'
        f' {height}" width="700" font-size="14" fill="currentColor">{"".join(parts)}</svg>'
    )
