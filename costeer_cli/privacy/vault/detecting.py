"""Everything private that can be told from a text alone."""

from __future__ import annotations

from collections.abc import Iterable

from costeer_cli.privacy.vault import addresses, numbers, people, phones, secrets
from costeer_cli.privacy.vault.kinds import Span

VERSION = 1
"""Of all detectors together; a new one reads the history again."""

# Where two see the same characters, the earlier one knows better.
_DETECTORS = (
    secrets.urls,
    secrets.secrets,
    secrets.emails,
    numbers.accounts,
    numbers.births,
    numbers.ids,
    phones.phones,
    addresses.addresses,
    people.people,
)


def found_in(text: str) -> list[Span]:
    """The private values of a text, in order, none within another."""
    return apart(span for detect in _DETECTORS for span in detect(text))


def apart(spans: Iterable[Span]) -> list[Span]:
    """Those that do not overlap: the longest of each kind wins, the earlier kind over a later."""
    found: list[Span] = []
    for span in spans:
        rivals = [one for one in found if one.start < span.end and span.start < one.end]
        if all(one.kind is span.kind and len(one.text) < len(span.text) for one in rivals):
            found = [one for one in found if one not in rivals]
            found.append(span)
    return sorted(found, key=lambda span: span.start)
