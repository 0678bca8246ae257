"""Sentences and words of a text, as a person would count them."""

from __future__ import annotations

import re

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s)|[。！？]+[」』”]*")
_LAST = re.compile(r"([^\s(\"“„]+)$")
_SHORTENED = """
    dr mr mrs ms prof st jr sr sra mme mlle hr fr herr etc e.g i.e vs approx no nr z.b d.h u.a o.ä
    bzw ca usw vgl evtl ggf inkl p.ej aprox av tel max min
"""
_SHORT = frozenset(_SHORTENED.split())
_NTH = re.compile(
    r"\s+(?:[^\W\d_A-ZÄÖÜÉ]|Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez|Geb|Jahr|Klasse|Stock)"
)  # after "3." in German
_WRAPPED = 55  # characters; a line as long as that was broken by a program, not by the writer
_LIST = re.compile(r"\s*(?:[-*•–]|\d+[.)])\s")


def words(text: str) -> list[str]:
    """The words of a text without numbers; of Chinese and Japanese every character is one."""
    return _WORD.findall(text)


def sentences(text: str) -> list[str]:
    """The sentences of a text, in order, each on one line; a heading or a list item is one."""
    found = []
    for line in _unwrapped(text):
        start = 0
        for match in _END.finditer(line):
            if not _goes_on(line, start, match):
                found.append(line[start : match.end()].strip())
                start = match.end()
        found.append(line[start:].strip())
    return [sentence for sentence in found if sentence]


def _unwrapped(text: str) -> list[str]:
    """Its lines, those that a program broke put together again."""
    lines: list[str] = []
    previous = ""
    for line in text.split("\n"):
        joined = len(previous) >= _WRAPPED and line.strip() and not _LIST.match(line)
        if joined and lines:
            lines[-1] = f"{lines[-1].rstrip()} {line.strip()}"
        else:
            lines.append(line)
        previous = line
    return lines


def _goes_on(line: str, start: int, end: re.Match[str]) -> bool:
    """Whether what looks like an end is none: "z.B. so", "am 3. Mai", "J. Smith"."""
    if end[0] != ".":
        return False
    before = _LAST.search(line, start, end.start())
    word = before[1].lower() if before else ""
    if word in _SHORT:
        return word not in {"etc", "usw", "no"} or line[end.end() :].lstrip()[:1].islower()
    if word.isdigit() and len(word) <= 2:
        return _NTH.match(line, end.end()) is not None
    return len(word) == 1 and word != "i"
