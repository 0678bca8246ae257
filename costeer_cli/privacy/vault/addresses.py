"""Postal addresses: a street with its number, with or without the town, as countries write them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from costeer_cli.privacy.vault.kinds import Kind, Span
from costeer_cli.privacy.vault.numbers import around

_UP = "A-ZÀ-ÖØ-ÞŁŚŻŹĆČŠŽĐŐŰİ"
_WORD = rf"[{_UP}][\w'’.\-]*"
_NO = (
    r"(?!(?:19|20)\d\d(?!\d))\d{1,4}(?: ?[a-zA-Z](?![\w]))?"
    r"(?:[-/]\d{1,4}[a-zA-Z]?)?(?![\d.,]\d|[\w%€$])"
)
_GAP = r"(?:, ?\n?|\n| )"
_PLACE = rf"[{_UP}][\w'’]*"
_TOWN = (
    rf"(?:St\.? )?{_PLACE}"
    rf"(?:[ -](?:(?:am|an der|a\.d\.|im|de|la|sur|en|upon) )?{_PLACE}){{0,2}}"
)
_CODE_TOWN = r"(?:[A-Z]{1,2}[- ])?(?:\d{4,5}|\d{2}-\d{3}|\d{3} \d{2}|\d{4} ?[A-Z]{2}) " + _TOWN
_UK_CODE = r"(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2})(?![\w])"
_US_CODE = (
    r"(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]"
    r"|T[NX]|UT|V[AT]|W[AIVY]) \d{5}(?:-\d{4})?(?![\w])"
)
_OTHER_CODES = (
    r"[A-Z]{2},? [A-Z]\d[A-Z] ?\d[A-Z]\d(?!\w)|(?:NSW|VIC|QLD|SA|WA|TAS|ACT|NT) \d{4}(?!\w)"
)
_EN_TYPES = (
    "Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Pl|Square|Sq"
    "|Terrace|Close|Crescent|Row|Gardens|Parkway|Pkwy|Way|Grove|Mews|Circle|Highway|Hwy|Trail|Walk"
)
_DE_TYPES = (
    "[Ss]tra(?:ße|sse)|[Ss]tr\\.|[Ww]eg|[Gg]asse|[Pp]latz|[Aa]llee|[Rr]ing|[Dd]amm|[Uu]fer"
    "|[Cc]haussee|straat|laan|plein|gracht|kade|weg|gatan|vägen|gade|vej|veien|katu|tie"
)
_FR_TYPES = "rue|avenue|av\\.|boulevard|bd\\.?|place|chemin|allée|impasse|quai|cours|square|passage"
_SOUTH_TYPES = (
    "[Cc]alle|[Cc]/|[Aa]venida|[Aa]vda?\\.|[Pp]laza|[Pp]aseo|[Cc]arrer|[Vv]ia|[Vv]iale|[Pp]iazza"
    "|[Cc]orso|[Ll]argo|[Vv]icolo|[Rr]ua|[Tt]ravessa|[Pp]raça|[Uu]l\\.|[Aa]l\\.|[Pp]l\\."
)
_OF = "(?:(?:de|del|de la|las|los|della|dei|do|da|dos|di|e|y) )*"
_FORMS = tuple(
    re.compile(rf"(?<![\w.,/$€£#-])(?:{form})")
    for form in (
        # 12b Baker Street, Flat 3, London NW1 6XE
        rf"(?:(?:Flat|Unit|Apt|Apartment) [\w-]{{1,5}},? )?\d{{1,5}}[A-Za-z]?(?:-\d{{1,4}})?,? "
        rf"(?:[NSEW]\.? )?(?:{_WORD} |\d{{1,3}}(?:st|nd|rd|th) ){{1,3}}(?:{_EN_TYPES})\b\.?"
        rf"(?:,? (?:Apt|Apartment|Unit|Suite|Flat|Floor|#)\.? ?[\w-]{{1,6}})?"
        rf"(?:{_GAP}(?:{_TOWN}{_GAP}){{0,2}}(?:{_UK_CODE}|{_US_CODE}|{_OTHER_CODES}))?",
        # Lange Straße 5a, 10115 Berlin
        rf"(?!(?:D(?:er|ie|as|en|em)|(?:[MDSK]?[Ee]in)(?:e[nmrs]?)?) )"
        rf"(?:(?:{_WORD} ){{0,2}}[{_UP}][\w.\-]*|(?:{_WORD} ){{1,2}})(?:{_DE_TYPES}) {_NO}"
        rf"(?:{_GAP}{_CODE_TOWN})?",
        rf"(?:Am|An der|An den|Im|In der|Auf der|Unter den|Zum|Zur|Alte|Neue) {_WORD}(?: {_WORD})?"
        rf" {_NO}{_GAP}{_CODE_TOWN}",
        # 5 bis, rue de la Paix, 75002 Paris
        rf"\d{{1,4}}(?: ?(?:bis|ter))?,? (?i:{_FR_TYPES}) [^\n,;.!?\d]{{2,40}}?"
        rf"(?={_GAP}\d{{5}} |[,;.\n!?)]|$)(?:{_GAP}{_CODE_TOWN})?",
        # Calle de Alcalá, 5, 28014 Madrid; ul. Długa 7, 31-147 Kraków
        rf"(?:{_SOUTH_TYPES}) ?{_OF}{_WORD}(?: {_OF}{_WORD}){{0,3}},? ?(?:n[.ºo°]{{1,2}} ?|№ ?)?"
        rf"{_NO}(?:,? (?:m\. ?|\d{{1,2}}[.ºª°] ?|piso )\w{{1,4}})?(?:{_GAP}{_CODE_TOWN})?",
        r"(?:ул\.|улица|пр\.|проспект|пер\.|вул\.) ?"
        r"[А-ЯЁІЇЄ][\w.\- ]{1,30}?,? ?(?:д\.|дом|буд\.)? ?"
        r"\d{1,4}(?:[А-Яа-я](?!\w))?(?:, ?(?:кв\.|квартира) ?\d{1,4})?",
        # Towns with a code that is like nothing else
        _UK_CODE,
        rf"{_TOWN}, {_US_CODE}",
        rf"\d{{4}} ?[A-Z]{{2}} {_TOWN}(?=[,.;\n)]|$)",
        rf"(?:D|A|CH|F|I|NL|B|L)-\d{{4,5}} {_TOWN}",
        rf"(?m:(?<=\n)\d{{5}} {_TOWN}$)",
        r"(?:P\.? ?O\.? Box|Postfach|Apartado(?: de Correos)?|Boîte postale|BP) \d[\d ]{0,8}\d",
    )
)
_DIGITS = re.compile(r"\d+")


def addresses(text: str) -> Iterator[Span]:
    """Postal addresses; what is found twice is told twice."""
    for start, end in around(_DIGITS, text, 80, 60):
        for form in _FORMS:
            for match in form.finditer(text, start, end):
                found = match[0].rstrip(" ,.\n")
                if any(map(str.isdecimal, found)):
                    yield Span(Kind.ADDRESS, match.start(), found)
