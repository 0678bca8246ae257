"""Check digits: whether a number can be a card, an account or a person's number at all."""

from __future__ import annotations

from datetime import date

_IBAN_LENGTHS = {
    country: length
    for length, countries in {
        15: "NO", 16: "BE", 18: "DK FI FO GL NL SD", 19: "MK SI", 20: "AT BA EE KZ LT LU XK",
        21: "CH HR LI LV", 22: "BG BH CR DE GB GE IE ME RS VA", 23: "AE GI IL IQ OM SO TL",
        24: "AD CZ ES MD PK RO SA SE SK TN VG", 25: "LY PT ST", 26: "IS TR",
        27: "BI DJ FR GR IT MC MR SM", 28: "AL AZ BY CY DO GT HU LB NI PL SV", 29: "BR EG PS QA UA",
        30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
    }.items()
    for country in countries.split()
}  # fmt: skip
_FISCAL_ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22]
_FISCAL_ODD += [25, 24, 23]  # for A to Z; 0 to 9 count as A to J


def luhn(digits: str) -> bool:
    """The check of cards and of several countries' numbers."""
    doubled = (
        int(digit) * 2 if place % 2 else int(digit) for place, digit in enumerate(reversed(digits))
    )
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def card(digits: str) -> bool:
    """Whether an issuer of cards gives numbers like this one."""
    two, four, length = int(digits[:2]), int(digits[:4]), len(digits)
    known = (
        (digits[0] == "4" and length in (13, 16, 19))
        or ((51 <= two <= 55 or 2221 <= four <= 2720) and length == 16)
        or (two in (34, 37) and length == 15)
        or ((two in (36, 38, 39) or 3000 <= four <= 3059) and length == 14)
        or ((four == 6011 or two in (62, 64, 65)) and 16 <= length <= 19)
        or (3528 <= four <= 3589 and length == 16)
    )
    return known and luhn(digits)


def iban(text: str) -> bool:
    """ISO 13616: the country's length, and 1 modulo 97."""
    return _IBAN_LENGTHS.get(text[:2]) == len(text) and _mod97(text[4:] + text[:4]) == 1


def spain(text: str) -> bool:
    """DNI and NIE: eight digits (X, Y, Z for the first) and their letter."""
    digits = text[:-1].translate(str.maketrans("XYZ", "012"))
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(digits) % 23] == text[-1]


def france(text: str) -> bool:
    """NIR: 13 digits and what completes them to 97; Corsica writes 2A and 2B."""
    digits = text.replace("2A", "19").replace("2B", "18")
    return 97 - int(digits[:13]) % 97 == int(digits[13:])


def italy(text: str) -> bool:
    """Codice fiscale: its last letter."""
    values = [int(sign) if sign.isdecimal() else ord(sign) - 65 for sign in text[:15]]
    odd, even = sum(_FISCAL_ODD[value] for value in values[::2]), sum(values[1::2])
    return chr(65 + (odd + even) % 26) == text[15]


def finland(text: str) -> bool:
    """Henkilötunnus: the sign after nine digits."""
    return (
        "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(text[:6] + text[7:10]) % 31] == text[10]
        and day(text[4:6], text[2:4], text[:2])
    )  # fmt: skip


def belgium(digits: str) -> bool:
    """Rijksregisternummer: two digits that complete the rest to 97."""
    return any(97 - int(century + digits[:9]) % 97 == int(digits[9:]) for century in ("", "2"))


def switzerland(digits: str) -> bool:
    """AHV number: the check digit of an EAN."""
    weighed = sum(int(digit) * (1 + 2 * (place % 2)) for place, digit in enumerate(digits))
    return weighed % 10 == 0


def brazil(digits: str) -> bool:
    """CPF: two check digits; all the same digit is none."""

    def check(part: str) -> int:
        weighed = sum(int(d) * w for d, w in zip(part, range(len(part) + 1, 1, -1), strict=True))
        return weighed * 10 % 11 % 10

    two = f"{check(digits[:9])}{check(digits[:10])}"
    return len(set(digits)) > 1 and two == digits[9:]


def china(text: str) -> bool:
    """Resident number: ISO 7064 modulo 11, with X for ten."""
    weighed = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(text[:17]))
    return "10X98765432"[weighed % 11] == text[17]


def sweden(digits: str) -> bool:
    """Personnummer: a day of birth, and Luhn."""
    return luhn(digits) and day(digits[:2], digits[2:4], digits[4:6])


def korea(digits: str) -> bool:
    """Resident number: it begins with a day of birth."""
    return day(digits[:2], digits[2:4], digits[4:6])


def day(year: str, month: str, of_month: str) -> bool:
    """Whether there is such a day (of a year in two digits)."""
    try:
        date(2000 + int(year), int(month), int(of_month))
    except ValueError:
        return False
    return True


def _mod97(text: str) -> int:
    return int("".join(str(int(letter, 36)) for letter in text)) % 97
