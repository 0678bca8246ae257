"""Of the text of a mail, what the writer wrote, and what stood below it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from costeer_cli.importers.mail.phrases import EMBEDDED
from costeer_cli.importers.mail.quotes import without_quotes
from costeer_cli.importers.mail.signatures import without_signature

_SIGNED, _SIGNATURE = "-----BEGIN PGP SIGNED MESSAGE-----\n", "\n-----BEGIN PGP SIGNATURE-----"
_WORD = re.compile(r"(?!\d+[.)] )[\w«„“\"'(¿¡‘]")
_LINK = re.compile(r"<(?<=[^\s<]<)(?:https?://|mailto:|tel:)[^<>\s]*>")  # of HTML made plain
_UNSEEN = re.compile("[\u200b\u2060-\u2064\ufeff]")
_NARROWEST = 60  # columns; text that is narrower was not wrapped by a program
_WIDEST = 80


@dataclass(frozen=True, slots=True)
class OwnWords:
    """A mail's own part.

    Attributes:
        text: greeting to sign-off, in the writer's paragraphs; '' where nothing is the writer's.
        signature: what stood below; '' for nothing.
        cut: whether others' words were left out.
    """

    text: str
    signature: str
    cut: bool


def own_words(text: str, author: str = "") -> OwnWords:
    """Cut quotations, forwarded mails, signatures, disclaimers and footers out of a mail.

    Args:
        text: the whole mail as text with LF.
        author: the writer's name, where it is known.
    """
    if text.startswith(_SIGNED):
        text = _unarmoured(text)
    text = _LINK.sub("", _UNSEEN.sub("", text))
    lines = [line for line in text.split("\n") if not EMBEDDED.match(line)]
    own, cut = without_quotes(lines)
    own, signature = without_signature(own, author)
    return OwnWords(_joined(_refilled(own)), _joined(signature), cut)


def _unarmoured(text: str) -> str:
    """The text that was signed: what stands between the headers and the signature."""
    _, _, inside = text.partition("\n\n")
    return re.sub(r"(?m)^- ", "", inside.partition(_SIGNATURE)[0])


def _refilled(lines: list[str]) -> list[str]:
    """Lines that a program broke at its right margin, joined again."""
    width = max((len(line) for line in lines if " " in line.strip()), default=0)
    if not _NARROWEST <= width <= _WIDEST:
        return lines
    filled: list[list[str]] = []
    for n, line in enumerate(lines):
        if n and _goes_on(lines[n - 1], line, width):
            filled[-1].append(line)
        else:
            filled.append([line])
    return [" ".join(parts) for parts in filled]


def _goes_on(above: str, line: str, width: int) -> bool:
    """Whether `line` follows because its first word had no room at the end of `above`."""
    first = line.split(" ", 1)[0]
    if not above.strip() or not _WORD.match(line) or len(above) + 1 + len(first) <= width:
        return False
    signed = above.rstrip().endswith((".", "!", "?", ",", ":")) and first[0].isupper()
    return not (signed and len(line.split()) <= 3)  # a name below the last sentence


def _joined(lines: list[str]) -> str:
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in lines)).strip()
