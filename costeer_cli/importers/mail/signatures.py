"""What stands below the words of a mail: signatures, disclaimers, footers, "Sent from my phone"."""

from __future__ import annotations

import re
from bisect import bisect_left
from itertools import takewhile

from costeer_cli.importers.mail.phrases import (
    ABOUT_MAIL,
    CONTACT,
    DEVICE,
    FOOTER,
    LEGAL,
    LIST,
    PLEA,
    POSTSCRIPT,
    RULE,
    SIGN_OFF,
    SINGULAR,
    TITLE_OF_LEGAL,
)

_ABBREVIATIONS = (".V.", "Ltd.", "Inc.", "Co.", ".l.", ".L.", ".A.")
_DASHES = frozenset({"--", "- --", "—", "–"})
_MOST_SIGNATURE = 16  # lines
_WIDEST = 90  # characters of a line of a signature
_LOWEST = 25  # lines from the end in which a footer is looked for
_LOWEST_DASHES = 80  # lines from the end in which `-- ` is looked for
_LEAST_LEGAL = 50  # characters
_LONG_RULE = 12  # characters; a shorter one may underline a title
_MOST_FOOTER = 6  # lines of it below a rule that may name the list
_TAIL = 16  # lines from the end in which a sign-off is looked for


def without_signature(lines: list[str], author: str = "") -> tuple[list[str], list[str]]:
    """The lines of a mail without what stands below them, and its signature.

    A greeting, a sign-off and the name below it stay, and so does a postscript. Disclaimers, list
    footers and what a phone adds are neither text nor signature.

    Args:
        lines: of the writer alone, without quotations.
        author: the writer's name, where it is known.
    """
    lines = _without_device(_without_legal(_without_footer(_trimmed(lines))))
    own, below = _at_dashes(lines)
    own = _without_device(own)
    names = re.findall(r"\w{3,}", author.casefold())
    own, contact = _at_sign_off(own, names)
    if not contact:
        own, contact = _at_contact(own, names)
    return own, [*contact, *below]


def _without_footer(lines: list[str]) -> list[str]:
    """Without what a list, a provider or a virus scanner put below."""
    for n in range(max(0, len(lines) - _LOWEST), len(lines)):
        ruled = n > 0 and _is_rule(lines[n - 1])
        apart = ruled or n == 0 or not lines[n - 1].strip()
        below = lines[n : n + _MOST_FOOTER] if ruled else []
        if (apart and FOOTER.match(lines[n])) or any(LIST.match(line) for line in below):
            return _trimmed(_above(lines, n))
    return _without_advertisement(lines)


def _without_advertisement(lines: list[str]) -> list[str]:
    """Without a last block below a long rule that says where to click or to call."""
    while lines and _is_rule(lines[-1]):  # some signatures stand between two
        lines = _trimmed(lines[:-1])
    for n in range(len(lines) - 1, max(len(lines) - _MOST_FOOTER - 4, 0), -1):
        if RULE.match(lines[n]) and len(lines[n].strip()) >= _LONG_RULE:
            below = lines[n + 1 :]
            return _above(lines, n) if any(map(CONTACT.search, below)) else lines
    return lines


def _above(lines: list[str], n: int) -> list[str]:
    """The lines above `n`, without the rule that sets it apart."""
    while n and (not lines[n - 1].strip() or _is_rule(lines[n - 1])):
        n -= 1
    return lines[:n]


def _is_rule(line: str) -> bool:
    return line.strip() in _DASHES or line.strip() == "---" or bool(RULE.match(line))


def _without_legal(lines: list[str]) -> list[str]:
    """Without a disclaimer and all that follows it."""
    signed = False  # below a sign-off little is needed to tell a disclaimer
    for start, end in _paragraphs(lines):
        text = " ".join(lines[start:end])
        if _is_legal(text, least=2 if signed else 3) or PLEA.match(text):
            return _above(lines, start)
        signed = signed or any(map(_is_sign_off, lines[start:end]))
    return lines


def _is_legal(text: str, least: int) -> bool:
    if len(text) < _LEAST_LEGAL:
        return False
    titled = bool(TITLE_OF_LEGAL.match(text))
    # Who says "I" has sent the wrong attachment, and asks to delete it.
    if not titled and (not ABOUT_MAIL.search(text) or SINGULAR.search(text)):
        return False
    signs = sum(bool(sign.search(text)) for sign in LEGAL)
    return signs >= (1 if titled else least)


def _without_device(lines: list[str]) -> list[str]:
    for n in range(len(lines) - 1, max(len(lines) - 8, -1), -1):
        if DEVICE.match(lines[n]) and (n == 0 or not lines[n - 1].strip() or n == len(lines) - 1):
            below = lines[n + 1 :]
            return _trimmed(lines[:n] + (below if any(map(str.strip, below)) else []))
    return lines


def _at_dashes(lines: list[str]) -> tuple[list[str], list[str]]:
    """Split at the line `-- `."""
    for n in range(max(0, len(lines) - _LOWEST_DASHES), len(lines)):
        line = lines[n]
        if line.rstrip() not in _DASHES:
            continue
        below = _trimmed(lines[n + 1 :])
        written = [part for part in below if part.strip()]
        # Without its space it may be a rule between two parts of a text.
        if len(written) <= _MOST_SIGNATURE * 2 if line.endswith("-- ") else _is_brief(written):
            return _trimmed(lines[:n]), below
    return lines, []


def _is_brief(lines: list[str]) -> bool:
    return len(lines) <= _MOST_SIGNATURE // 2 and sum(map(len, lines)) <= 300


def _at_sign_off(lines: list[str], names: list[str]) -> tuple[list[str], list[str]]:
    """Split below "Best regards" and a name, or a first name, where a signature follows."""
    for n in range(max(len(lines) - _TAIL - _MOST_SIGNATURE, 0), len(lines)):
        end = _below_name(lines, n, names)
        if not end:
            continue
        below = lines[end:]
        after = next((k for k, line in enumerate(below) if POSTSCRIPT.match(line)), len(below))
        below, postscript = below[:after], below[after:]
        least = 0 if _is_sign_off(lines[n]) else 1
        card = lines[end - 1 : end] + below if "".join(below[:1]).strip() else below
        if _is_signature(below, least) or _is_card(card, names):
            return [*lines[:end], *([""] if postscript else []), *postscript], _trimmed(below)
    return lines, []


def _below_name(lines: list[str], n: int, names: list[str]) -> int:
    """Where a sign-off and a name, or the writer's first, at line `n` end; 0 for neither."""
    if not _is_sign_off(lines[n]):
        said = _bare_words(lines[n])
        return n + 1 if said and said < set(names) else 0  # the whole name begins a signature
    if not _bare_words(lines[n]).isdisjoint(names):  # "Best, Maya"
        return n + 1
    name = next((k for k in range(n + 1, len(lines)) if lines[k].strip()), 0)
    return name + 1 if name and _is_name(lines[name]) else 0


def _bare_words(line: str) -> set[str]:
    return {word.strip(",.") for word in line.casefold().split()}


def _is_sign_off(line: str) -> bool:
    said = SIGN_OFF.match(line)
    return said is not None and len(line[said.end() :].split()) <= 4


def _is_card(lines: list[str], names: list[str]) -> bool:
    """Whether it begins as a signature does: what follows, a motto or a notice, belongs to it."""
    head = list(takewhile(lambda line: not _is_sentence(line), filter(str.strip, lines)))
    if len(head) < 2:
        return False
    named = bool(names) and all(name in head[0].casefold() for name in names)
    return any(map(CONTACT.search, head)) or (named and _is_name(head[0]))


def _at_contact(lines: list[str], names: list[str]) -> tuple[list[str], list[str]]:
    """Split above last paragraphs that are only titles, numbers and addresses of the writer."""
    paragraphs = _paragraphs(lines)
    taken = len(lines)
    for k in range(len(paragraphs) - 1, 0, -1):
        start, end = paragraphs[k]
        above = lines[paragraphs[k - 1][1] - 1]
        if above.rstrip().endswith(":") or not _may_belong(lines[start:end], names):
            break
        near = " ".join([above, *lines[start:]]).casefold()
        least = 1 if any(name in near for name in names) else 3
        if not _is_signature(lines[start:], least):
            break
        taken = start
    if taken < len(lines):  # above the block may stand the name and a title
        start, end = paragraphs[bisect_left(paragraphs, (taken, 0)) - 1]
        named = any(name in lines[start].casefold() for name in names) and _is_name(lines[start])
        if named and _is_signature(lines[start + 1 : end], 0):
            taken = start + 1
    return _trimmed(lines[:taken]), _trimmed(lines[taken:])


def _may_belong(paragraph: list[str], names: list[str]) -> bool:
    """Whether a paragraph above a signature may be part of it, and not a sign-off or a name."""
    if any(CONTACT.search(line) for line in paragraph):
        return True
    said = " ".join(paragraph)
    if SIGN_OFF.match(said) or any(name in said.casefold() for name in names):
        return False
    return said[-1].isalnum() and not said[0].islower()


def _is_signature(lines: list[str], least: int) -> bool:
    """Whether no line is a sentence, and at least `least` of them say how to reach someone.

    With none that does, a few titles are enough where `least` is 0.
    """
    written = [line.strip() for line in lines if line.strip()]
    if not written or len(written) > _MOST_SIGNATURE:
        return False
    if any(len(line) > _WIDEST or POSTSCRIPT.match(line) for line in written):
        return False
    if any(_is_sentence(line) for line in written):
        return False
    if contacts := sum(bool(CONTACT.search(line)) for line in written):
        return contacts >= least
    return least == 0 and len(written) <= 4 and not any(line[0].islower() for line in written)


def _is_sentence(line: str) -> bool:
    if CONTACT.match(line):
        return False
    words = line.split()
    ends = line[-1] in ".!?:,;" and not line.endswith(_ABBREVIATIONS)
    return len(words) > 3 and (ends or (line[0].islower() and not CONTACT.search(line)))


def _is_name(line: str) -> bool:
    words = line.split()
    return len(words) <= 5 and len(line) <= 50 and not CONTACT.search(line) and line[-1] not in "?:"


def _paragraphs(lines: list[str]) -> list[tuple[int, int]]:
    """Where each run of lines that are not blank begins and ends."""
    found: list[tuple[int, int]] = []
    start = -1
    for n, line in enumerate([*lines, ""]):
        if line.strip() and start < 0:
            start = n
        elif not line.strip() and start >= 0:
            found.append((start, n))
            start = -1
    return found


def _trimmed(lines: list[str]) -> list[str]:
    start, end = 0, len(lines)
    while start < end and not lines[start].strip():
        start += 1
    while end > start and not lines[end - 1].strip():
        end -= 1
    return lines[start:end]
