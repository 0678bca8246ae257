"""Other people's words in a mail: quoted replies, forwarded mails, and the lines above them."""

from __future__ import annotations

import re

from costeer_cli.importers.mail.phrases import (
    ADDRESS,
    ATTRIBUTION,
    DASHED_TITLE,
    FIELD,
    FIRST_PERSON,
    FORWARD_BEGINS,
    MARK,
    MOMENT,
    NAMED,
    QUOTING,
    RULE,
    WROTE,
)

# Some programs put the initials of who is quoted before the mark.
_QUOTED = re.compile(r"[ \t\xa0\ufeff]{0,3}(?:[A-Z][A-Za-z]{0,3}(?=>+(?:\s|$)))?>")
_GROUPWISE = re.compile(r">>> .{1,200} >>>$")  # above what it quotes without marks
_FRAMED = re.compile(r"-{3,} ?(.{10,300}?) ?-{3,}$")
_RUN_ON = re.compile(r"\s*(.{10,300}<[^<>\s]+@[^<>\s]+>[^:]{0,40}:)[ \xa0]{2,}\S")
_HOUR = re.compile(r"\b\d{1,2}[:.h]\d\d\b")
_HEAD = frozenset({"from", "date", "to", "subject"})
_DATES = frozenset({"date", "datum", "data", "fecha", "dato", "дата"})  # not only in mails
_MOST_WRAPPED = 4  # lines over which "On ... wrote:" may be spread
_LONGEST = 400  # characters of such a line, joined
_MOST_FIELDS = 24  # lines over which "From: Sent: To: Subject:" may be spread


def without_quotes(lines: list[str]) -> tuple[list[str], bool]:
    """The lines that are the writer's own, and whether others' were left out.

    Quoted lines go wherever they stand, with the line that introduces them. Below a forwarded
    mail, or a reply that quotes without marks, nothing is taken.
    """
    kept: list[str] = []
    cut = False
    n = 0
    while n < len(lines):
        line = lines[n]
        if _QUOTED.match(line) and not _is_groupwise(line):
            cut = True
            if kept and kept[-1].strip():
                kept.append("")  # what stood around a quotation stays two paragraphs
            n += 1
        elif end := _introduction(lines, n):
            cut = True
            if not _quote_follows(lines, end):
                break
            n = end
        else:
            kept.append(line)
            n += 1
    return kept, cut


def _introduction(lines: list[str], n: int) -> int:
    """Where what introduces others' words at line `n` ends; 0 where nothing does."""
    line = lines[n]
    if not line.strip():
        return 0
    if MARK.match(line) or FORWARD_BEGINS.match(line):
        return _below_mark(lines, n + 1)
    if _is_groupwise(line):
        return n + 1
    if RULE.match(line) or DASHED_TITLE.match(line):
        below = _next(lines, n + 1)
        if end := _fields(lines, below):
            return end
        return 0
    return _fields(lines, n) or _notes(lines, n) or _attribution(lines, n)


def _is_groupwise(line: str) -> bool:
    return line.startswith(">>> ") and bool(_GROUPWISE.match(line.rstrip()) and MOMENT.search(line))


def _has_colon(line: str) -> bool:
    return ":" in line or "：" in line


def _below_mark(lines: list[str], n: int) -> int:
    below = _next(lines, n)
    return _fields(lines, below) or _attribution(lines, below) or n


def _attribution(lines: list[str], n: int) -> int:
    """Where "On ... wrote:", beginning at line `n`, ends; 0 where there is none."""
    if not any(map(_has_colon, lines[n : n + _MOST_WRAPPED])):
        return 0
    run_on = _RUN_ON.match(lines[n]) if "@" in lines[n] else None
    if run_on and _introduces([run_on[1]], quoted=False):
        return n + 1
    parts: list[str] = []
    for end in range(n, min(n + _MOST_WRAPPED, len(lines))):
        line = _FRAMED.sub(r"\1:", lines[end].strip())
        if not line or _QUOTED.match(line) or sum(map(len, parts)) + len(line) > _LONGEST:
            return 0
        parts.append(line)
        if line.rstrip("*_").endswith((":", "：")):
            quoted = _quote_follows(lines, end + 1)
            sure = _introduces(parts, quoted=quoted)
            # Prose may stand right above; then a later line begins it just as well.
            later = (_introduces(parts[k:], quoted=quoted) for k in range(1, len(parts)))
            return end + 1 if sure and sure > max(later, default=0) else 0
    return 0


def _introduces(parts: list[str], *, quoted: bool) -> int:
    """How surely these lines introduce a quotation: 0 (not) to 2."""
    line = parts[0]
    for part in parts[1:]:
        line += part if line[-1] in "<([" else " " + part
    address, moment = ADDRESS.search(line), MOMENT.search(line)
    if ATTRIBUTION.match(line) and (address or moment):
        # Who tells of a letter gives its date, a program the hour as well.
        told = FIRST_PERSON.search(line) or not _HOUR.search(line)
        return 2 if address or quoted or not told else 0
    if QUOTING.match(line):
        return int(quoted or bool(address))
    if address and moment:  # whatever the language, people seldom put both before a colon
        wrote = WROTE.search(line) and not FIRST_PERSON.search(line)
        named = line[0].isdigit() or line.rstrip(" :：*_").endswith(">")
        begun = not parts[0].endswith((".", "!", "?"))
        return (1 + begun) * int(quoted or bool(wrote) or named)
    if quoted and (address or moment) and WROTE.search(line):
        return int(not FIRST_PERSON.search(line))
    alone = len(parts) == 1 and quoted and not FIRST_PERSON.search(line)
    return int(alone and bool(NAMED.match(line)))


def _fields(lines: list[str], n: int) -> int:
    """Where a block of "From: Sent: To: Subject:" that begins at line `n` ends; 0 for none."""
    seen: dict[str, str] = {}
    end = others = 0
    for at in range(n, min(n + _MOST_FIELDS, len(lines))):
        line = lines[at]
        field = FIELD.match(line) if _has_colon(line) else None
        if field:
            seen[str(field.lastgroup)] = field[str(field.lastgroup)].casefold()
            end, others = at + 1, 0
        elif at == n or not line.strip():
            if at == n or len(seen.keys() & _HEAD) >= 3:
                break
        else:
            others += 1
            if others > 3:  # a long list of recipients wraps, prose goes on
                break
    known = len(seen.keys() & _HEAD)
    if known < 3 or "from" not in seen:
        return 0
    # Travellers write "From: Leith", "To: Oslo", "Date: 3 May": a program says more than that.
    whole = " ".join(lines[n:end])
    hour = known == len(_HEAD) and _HOUR.search(whole)
    return end if seen.get("date") not in _DATES or ADDRESS.search(whole) or hour else 0


def _notes(lines: list[str], n: int) -> int:
    """Where the head of a mail quoted by Lotus Notes, beginning with a name at `n`, ends."""
    if not any(len(line) < 40 and MOMENT.search(line) for line in lines[n : n + 3]):
        return 0
    head = [line.strip() for line in lines[n : n + _MOST_FIELDS]]
    to = next(
        (k for k, line in enumerate(head[:6]) if line in ("To", "An", "A", "Para", "Pour")), 0
    )
    about = [k for k, line in enumerate(head) if line in ("Subject", "Thema", "Objet", "Asunto")]
    return n + about[0] + 2 if 0 < to < (about[0] if about else 0) else 0


def _quote_follows(lines: list[str], n: int) -> bool:
    below = _next(lines, n)
    return below < len(lines) and bool(_QUOTED.match(lines[below]))


def _next(lines: list[str], n: int) -> int:
    while n < len(lines) and not lines[n].strip():
        n += 1
    return n
