"""Numbers that belong to one person: accounts, cards, national ids, days of birth.

Every detector begins at the digits of a text and looks back for the words that say what they are,
so a text without digits costs nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from costeer_cli.privacy.vault import checks
from costeer_cli.privacy.vault.kinds import Kind, Span
from costeer_cli.privacy.vault.ordinary import words

_BACK = 40  # characters before a number in which its name may stand

_IBAN = re.compile(r"(?<![^\W_])[A-Za-z]{2}\d{2}(?:[ \u00a0-]?[A-Za-z0-9]){11,30}(?![^\W_])")
_CARD = re.compile(r"(?<![\w.,+-])\d(?:[ \u00a0-]?\d){12,18}(?![\w]|[.,-]\d)")
_NUMBER = re.compile(
    r"(?<![\w])(?:[A-Z]{1,6})?\d[\dA-Z]*(?:[ .\-/\u00a0](?:[A-Z][ ])?[\dA-Z]*\d[\dA-Z]*)*"
)

_NAMED_ID = re.compile(
    r"(?:\b(?:ssn|social security|national insurance|nino|nhs|social insurance|passport"
    r"|driver'?s? licen[cs]e|driving licen[cs]e|identity card|id card|national id|tax id"
    r"|tax file|tfn|medicare|insurance number|account n(?:umber|o)|sort code|aadhaar"
    r"|pan card|my ?number|bsn|sofi|pesel|cpf|cpr|curp|nif|nie|dni|codice fiscale|hetu|ahv"
    r"|rijksregister|personnummer|fødselsnummer|rodné číslo|инн|снилс|паспорт)\b"
    r"|reisepass|personalausweis|ausweis-?n|steuer-?id|steuernummer|idnr"
    r"|sozialversicherung|rentenversicherung|versichertennummer|führerschein|kontonummer"
    r"|passeport|carte d.identité|sécurité sociale|num[ée]ro fiscal|pasaporte"
    r"|seguridad social|passaporto|carta d.identit|burgerservice|paspoort|dowód|paszport)"
    r"[^\d\n]{0,25}$",
    re.IGNORECASE,
)
_BORN = re.compile(
    r"(?:\b(?:born|d\.?o\.?b|date of birth|birth ?da(?:y|te)|geb\.?|geboren|geburtstag"
    r"|geburtsdatum|née?|naissance|anniversaire|nacid[oa]|nací|nacimiento|cumpleaños|nat[oa]"
    r"|nascita|compleanno|geboortedatum|född|född(?:elsedag)?|født|urodzon[ya]|urodzenia|nascid[oa]"
    r"|nascimento)\b|родил|рождения|syntynyt)[^\d\n]{0,30}$",
    re.IGNORECASE,
)
_MONTHS = (
    "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez|janv|févr|mars|avr|juin|juil"
    "|août|déc|ene|abr|ago|dic|gen|mag|giu|lug|set|ott|mrt|mei|maj|янв|фев|мар|апр|мая|июн|июл|авг"
    "|сен|окт|ноя|дек"
)
_YEAR = r"(?:19|20)\d\d"
_DATE = re.compile(
    rf"(?<![\w.-])(?:{_YEAR}[-/.]\d{{1,2}}[-/.]\d{{1,2}}"
    rf"|\d{{1,2}}[-/. ]{{1,2}}\d{{1,2}}[-/. ]{{1,2}}(?:{_YEAR}|\d\d)"
    rf"|\d{{1,2}}(?:st|nd|rd|th|er|\.|º)?(?: of| de)? (?:{_MONTHS})[^\W\d_]*\.?,?(?: de)? {_YEAR}"
    rf"|(?:{_MONTHS})[^\W\d_]*\.? \d{{1,2}}(?:st|nd|rd|th)?,? {_YEAR})(?![\w]|[.-]\d)",
    re.IGNORECASE,
)
_BORN_WORDS = words(
    "born birth dob d.o.b geb né nais anniv nac cumple nat comple föd født urodz nasc"
    " родил рожд syntyn"
)
_SOME = re.compile(r"\d+")
_NO_DIGITS = re.compile(r"\D+")
_LONG = re.compile(r"\d(?:[ .+\-/\u00a0]?[\dA-Za-z]){5,}|[A-Z]\d{4}[A-Z]")

# Numbers whose form and check digits say what they are without a word before them.
_IDS: tuple[tuple[re.Pattern[str], Callable[[str], bool]], ...] = tuple(
    (re.compile(rf"(?<![\w-])(?:{form})(?![\w]|-\d)"), check)
    for form, check in (
        (r"(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}", lambda _: True),
        (
            r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"
            r" ?\d{2} ?\d{2} ?\d{2} ?[A-D]",
            lambda _: True,
        ),
        (
            r"[12] ?\d\d ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d",
            checks.france,
        ),
        (r"(?:\d{8}|[XYZ]-?\d{7})-?[A-HJ-NP-TV-Z]", checks.spain),
        (r"[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]", checks.italy),
        (r"\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]", checks.finland),
        (r"\d\d\.\d\d\.\d\d-\d{3}\.\d\d", checks.belgium),
        (r"756\.?\d{4}\.?\d{4}\.?\d\d", checks.switzerland),
        (r"\d{3}\.\d{3}\.\d{3}-\d\d", checks.brazil),
        (r"[1-9]\d{5}(?:19|20)\d{9}[\dX]", checks.china),
        (r"(?:19|20)?\d{6}[-+]\d{4}", lambda number: checks.sweden(number[-10:])),
        (r"\d{6}-[1-8]\d{6}", checks.korea),
        (r"[A-Z]{3}[ABCFGHLJPT][A-Z]\d{4}[A-Z]", lambda _: True),
        (r"[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z\d]\d", lambda _: True),
    )
)


def accounts(text: str) -> Iterator[Span]:
    """IBANs and cards."""
    for start, end in around(_LONG, text, 8, 4):
        for match in _IBAN.finditer(text, start, end):
            found = _whole_iban(match[0])
            if found:
                yield Span(Kind.IBAN, match.start(), found)
        for match in _CARD.finditer(text, start, end):
            if checks.card(_NO_DIGITS.sub("", match[0])):
                yield Span(Kind.CARD, match.start(), match[0])


def ids(text: str) -> Iterator[Span]:
    """National ids by their form, and whatever number a word before it calls one."""
    for start, end in around(_LONG, text, 8, 24):
        for form, check in _IDS:
            for match in form.finditer(text, start, end):
                if check(_plain(match[0], check)):
                    yield Span(Kind.ID, match.start(), match[0])
        for match in _NUMBER.finditer(text, start, end):
            if sum(map(str.isdecimal, match[0])) >= 5 and _NAMED_ID.search(_before(text, match)):
                yield Span(Kind.ID, match.start(), match[0])


def births(text: str) -> Iterator[Span]:
    """Dates after a word that says that somebody was born then."""
    low = text.lower()
    if not any(word in low for word in _BORN_WORDS):
        return
    for start, end in around(_SOME, text, 16, 16):
        for match in _DATE.finditer(text, start, end):
            if _BORN.search(_before(text, match)):
                yield Span(Kind.DATE, match.start(), match[0])


def around(form: re.Pattern[str], text: str, before: int, after: int) -> Iterator[tuple[int, int]]:
    """The places of `text` with a match, and so many characters around it; none overlap.

    They begin and end at blanks, so that no word or number is cut.
    """
    first = last = -1
    for match in form.finditer(text):
        if match.start() - before > last:
            if last >= 0:
                yield first, _to_blank(text, last)
            first = max(text.rfind(" ", 0, max(match.start() - before, 0)), 0)
        last = match.end() + after
    if last >= 0:
        yield first, _to_blank(text, last)


def _to_blank(text: str, place: int) -> int:
    found = text.find(" ", place)
    return found if found >= 0 else len(text)


def _whole_iban(text: str) -> str | None:
    """The IBAN that `text` begins with; what follows it may look like more of it."""
    plain = [(place, sign.upper()) for place, sign in enumerate(text) if sign.isalnum()]
    for length in range(len(plain), 14, -1):
        if checks.iban("".join(sign for _, sign in plain[:length])):
            end = plain[length - 1][0] + 1
            return text[:end] if end == len(text) or not text[end].isalnum() else None
    return None


def _plain(text: str, check: Callable[[str], bool]) -> str:
    if check is checks.finland:
        return text
    return re.sub(r"[ .+-]", "", text)


def _before(text: str, match: re.Match[str]) -> str:
    return text[max(match.start() - _BACK, 0) : match.start()]
