"""Placeholders such as [NAME_3_FIRST]: how they are written, recognised and put back.

Text that only looks like one gets a ~ behind its bracket when it is masked and loses it when it is
restored, so that what a person typed as [NAME_3] stays that. Since no placeholder holds a bracket
within, nothing that stands beside one can become part of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from costeer_cli.privacy.vault.kinds import Kind

FIRST, MIDDLE, LAST, CAPS, FORM = "FIRST", "MIDDLE", "LAST", "CAPS", "FORM"

_KINDS = "|".join(kind.upper() for kind in Kind)
_GAP = r"[ _\-\\]"  # a model may write spaces or hyphens, and Markdown escapes underscores
_BODY = (
    rf"(?P<kind{{n}}>{_KINDS}){_GAP}{{{{0,3}}}}(?P<number{{n}}>\d{{{{1,6}}}})"
    rf"(?P<suffix{{n}}>(?:{_GAP}{{{{1,3}}}}(?:{FIRST}|{MIDDLE}|{LAST}|{CAPS}"
    rf"|{FORM}{_GAP}{{{{0,3}}}}\d{{{{1,4}}}})){{{{0,2}}}})"
)
_LIKE = re.compile(
    rf"\\\[~* {{0,2}}{_BODY.format(n=1)} {{0,2}}\\\]"
    rf"|\[~* {{0,2}}{_BODY.format(n=2)} {{0,2}}\\?\]",
    re.IGNORECASE | re.ASCII,
)
_BEGUN = re.compile(
    rf"\[~* {{0,2}}(?P<word>[a-z]*)(?P<rest>{_GAP}{{0,3}}(?:\d{{1,6}}[ _\-\\a-z0-9]{{0,36}})?)",
    re.IGNORECASE | re.ASCII,
)
_PIECE = re.compile(r"[A-Z]+|\d+")


def placeholder(kind: Kind, number: int, *suffix: str) -> str:
    """The name of a placeholder, without its brackets: `NAME_3_FIRST`."""
    return "_".join([kind.upper(), str(number), *suffix])


def escape(text: str) -> str:
    """`text` in which nothing is taken for a placeholder; `restore` brings it back as it was."""
    if "[" not in text:
        return text
    return _LIKE.sub(lambda match: match[0].replace("[", "[~", 1), text)


def restore(text: str, known: Mapping[str, str]) -> str:
    """`text` with the values of its placeholders.

    Case does not matter, nor whether spaces or hyphens stand where underscores should. A value
    comes back as the vault has it: in capitals only from a placeholder that says CAPS, as only
    the writer knows whether a line of capitals was meant. A part that the value does not have is
    the whole value; a number that is not known stays as it is.

    Args:
        text: what was written with placeholders.
        known: values by the names of their placeholders (see `placeholder`).
    """
    if "[" not in text:
        return text
    return _LIKE.sub(lambda match: _put_back(match, known), text)


class Restorer:
    """Restores a text that comes in pieces, as `restore` does it with the whole."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = known
        self._held = ""

    def feed(self, piece: str) -> str:
        """What can be shown now that `piece` has come; what may become a placeholder waits."""
        text = self._held + piece
        cut = _undecided(text)
        self._held = text[cut:]
        return restore(text[:cut], self._known)

    def close(self) -> str:
        """What was still waiting."""
        text, self._held = self._held, ""
        return restore(text, self._known)


def _put_back(match: re.Match[str], known: Mapping[str, str]) -> str:
    if "~" in match[0]:
        return match[0].replace("~", "", 1)
    n = 1 if match["kind1"] else 2
    whole = f"{match[f'kind{n}'].upper()}_{int(match[f'number{n}'])}"
    if whole not in known:
        return match[0]
    words = _PIECE.findall(match[f"suffix{n}"].upper())
    capitals = CAPS in words
    exact = "_".join([whole, *(str(int(w)) if w.isdecimal() else w for w in words if w != CAPS)])
    value = known.get(exact, known[whole])
    return value.upper() if capitals else value


def _undecided(text: str) -> int:
    """Where the end of `text` begins that may go on as a placeholder."""
    start = text.rfind("[")
    begun = _BEGUN.fullmatch(text, start) if start >= 0 else None
    if begun and _may_be_kind(begun["word"].upper(), begun["rest"]):
        return start - 1 if text[:start].endswith("\\") else start
    return len(text) - 1 if text.endswith("\\") else len(text)


def _may_be_kind(word: str, rest: str) -> bool:
    kinds = _KINDS.split("|")
    return word in kinds if rest else any(kind.startswith(word) for kind in kinds)
