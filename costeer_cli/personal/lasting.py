"""Sentences in the first person that say something lasting: "I work as ...", "Meine Schwester ...".

Patterns only, in English, German, French and Spanish. What is true for a day only ("I work from
home today"), asked, wished or supposed is left out; so is what merely looks like it.
"""

from __future__ import annotations

import re
from functools import cache

from costeer_cli.personal.statements import IS, KIN, PASSING, PATTERNS, About

GROUPS: tuple[About, ...] = ("work", "home", "people", "self", "likings")

_TRIED: tuple[About, ...] = ("self", "people", "home", "work", "likings")  # narrow ones first
_LINE = "\n"
_LONGEST = 200  # characters
_FEWEST, _MOST = 3, 35  # words

_LEADS = {
    "en": r"(?:(?:well|so|and|but|also|oh|yes|no|as you know|as I said|by the way|btw)[, ]+)*",
    "de": r"(?:(?:und|aber|also|na ja|naja|ja|nein|wie du weißt|übrigens)[, ]+)*",
    "fr": r"(?:(?:et|mais|alors|donc|oui|non|bon|tu sais|au fait)[, ]+)*",
    "es": r"(?:(?:y|pero|pues|bueno|sí|no sé si sabes que|por cierto)[, ]+)*",
}
_CLOCK = re.compile(r"\b\d{1,2}[:.h]\d\d\b|\b\d{1,2} ?(?:am|pm|uhr)\b|https?:|@", re.IGNORECASE)
_ONLY_ONE = re.compile(
    r"(?:I|we) live in|I(?:'m| am) \d\d\b|ich wohne in|wir wohnen in|ich bin \d\d\b|j'habite"
    r"|j'ai \d\d ans|vivo en|tengo \d\d años",
    re.IGNORECASE,
)


def lasting(sentence: str, language: str) -> About | None:
    """What a sentence says of its writer for good, if anything.

    Args:
        sentence: on one line.
        language: "en", "de", "fr" or "es"; nothing is known of others.
    """
    if language not in PATTERNS or len(sentence) > _LONGEST or not _whole(sentence):
        return None
    plain = sentence.replace("’", "'")
    patterns, passing = _compiled(language)
    start = re.match(_LEADS[language], plain, re.IGNORECASE)
    told = plain[start.end() :] if start else plain  # "as you know" is not about them
    if passing.search(told) or _CLOCK.search(told):
        return None
    return next((about for about, pattern in patterns if pattern.match(told)), None)


def only_one(sentence: str) -> str:
    """How it begins, where only one sentence that begins so can be true now; else ''."""
    match = _ONLY_ONE.match(sentence.replace("’", "'"))
    return re.sub(r"\d", "0", match[0].lower()) if match else ""


@cache
def _compiled(language: str) -> tuple[list[tuple[About, re.Pattern[str]]], re.Pattern[str]]:
    """The patterns of a language, and that of what makes a sentence true for a day only."""
    kin, does = (
        f"(?:{''.join(map(str.strip, part[language].split(_LINE)))})" for part in (KIN, IS)
    )
    kin = f"(?-i:{kin})" if language == "de" else kin
    patterns = []
    for about in _TRIED:
        ways = "|".join(filter(None, map(str.strip, PATTERNS[language][about].split(_LINE))))
        ways = ways.replace("<KIN>", kin).replace("<IS>", does)
        patterns.append((about, re.compile(rf"(?:{ways})", re.IGNORECASE)))
    passing = "|".join(filter(None, map(str.strip, PASSING[language].split(_LINE))))
    return patterns, re.compile(rf"(?<!\w)(?:{passing})(?!\w)", re.IGNORECASE)


def _whole(sentence: str) -> bool:
    many = len(sentence.split())
    return _FEWEST <= many <= _MOST and sentence[-1:] not in {"?", ":", ","} and "?" not in sentence
