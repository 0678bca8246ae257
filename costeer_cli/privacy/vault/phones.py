"""Phone numbers: with a country's code, as a country writes them, or where a word says so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from costeer_cli.privacy.vault.kinds import Kind, Span
from costeer_cli.privacy.vault.ordinary import words

_BACK = 32
_REGIONS = words(
    "US GB DE FR ES IT NL BE CH AT PL PT IE SE NO DK FI CZ GR RU UA TR BR MX IN AU NZ ZA JP CN KR"
)
_CANDIDATE = re.compile(
    r"(?<![\w.,/:#$€£-])(?<!\d )(?:\+ ?|00)?\(?\d(?:[ \u00a0.\-/()\u2011]{0,3}\d){5,16}"
    r"(?![\w%€$£]|[.,:]\d)"
)
_SAID = re.compile(
    r"(?:\btel\b|telef|telé|\bt[ée]l[.:]|phone|mobile?\b|mobil|cell|handy|fax|\bcall|\bring\b"
    r"|\btext\b|\bsms|whatsapp|signal|reach (?:me|us|him|her)|\bdial|anruf|ruf |erreich|portable"
    r"|m[óo]vil|llám|celular|cellulare|chiam|telefoon|numéro|my number|meine nummer|тел|звон"
    r"|[☎📞📱])",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"(?:order|invoice|\bref|ticket|\bcase|tracking|isbn|issn|version|\bsku|\bpart|model|serial"
    r"|article|artikel|bestell|rechnung|commande|facture|pedido|factura|ordine|customer|kunde"
    r"|\bid\b|\bdoi|\bean\b|\bupc|patent|\bno\.?|\bnr\.?|#|№|[$€£]|usd|eur|iban|bic|blz|vat)\W*$",
    re.IGNORECASE,
)
_NO_PHONE = re.compile(
    r"\d{4}[-/. ]\d{1,2}[-/. ]\d{1,2}|\d{1,2}[-/. ]\d{1,2}[-/. ](?:\d{4}|\d\d)"
    r"|(?:19|20)\d\d ?[-/] ?(?:19|20)?\d\d|\d{1,3}(?:\.\d{1,3}){3}"
    r"|97[89][- ]?\d.*"
)
_THOUSANDS = re.compile(r"\d{1,3}(?:[ .\u00a0]\d{3})+")
_NATIONAL = re.compile(
    r"\(?0\d.*[ \u00a0.\-/()].*|0[1-9]\d{8,10}"
    r"|\(\d{3}\) ?\d{3}[- .]\d{4}|(?:1[ .-])?\d{3}[-.]\d{3}[-.]\d{4}"
)


def phones(text: str) -> Iterator[Span]:
    """Phone numbers of any country, with or without its code."""
    for match in _CANDIDATE.finditer(text):
        number = match[0]
        before = text[max(match.start() - _BACK, 0) : match.start()]
        if _is_phone(number, before):
            yield Span(Kind.PHONE, match.start(), number)


def _is_phone(number: str, before: str) -> bool:
    if _NO_PHONE.fullmatch(number) or _OTHER.search(before):
        return False
    digits = sum(map(str.isdecimal, number))
    if digits > 15 or number.count("(") != number.count(")"):
        return False
    if number[0] == "+" or number.startswith("00"):
        return _possible("+" + number.removeprefix("+").removeprefix("00"))
    if _SAID.search(before.rpartition("\n")[2]):
        return digits >= (9 if _THOUSANDS.fullmatch(number) else 6)
    return bool(_NATIONAL.fullmatch(number)) and _valid_somewhere(number)


def _possible(number: str) -> bool:
    import phonenumbers  # noqa: PLC0415  (60 ms, where there is a candidate at all)

    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False


def _valid_somewhere(number: str) -> bool:
    import phonenumbers  # noqa: PLC0415

    for region in _REGIONS:
        try:
            if phonenumbers.is_valid_number(phonenumbers.parse(number, region)):
                return True
        except phonenumbers.NumberParseException:
            continue
    return False


def other_forms(number: str) -> tuple[str, ...]:
    """A number with its country's code, without it, and as people of that country write it; only
    where the country is known."""
    import phonenumbers  # noqa: PLC0415
    from phonenumbers import PhoneNumberFormat as Format  # noqa: PLC0415

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ()
    forms = (Format.E164, Format.NATIONAL)
    return tuple(phonenumbers.format_number(parsed, form) for form in forms)
