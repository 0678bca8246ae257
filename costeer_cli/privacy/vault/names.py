"""The parts of a person's name, and which of them are words like any other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile

from costeer_cli.privacy.vault.ordinary import ORDINARY, PARTICLES, words

TITLES = (
    r"Mr|Mrs|Ms|Mx|Miss|Dr|Prof|Professor|Professorin|Doktor|Herrn?|Frau|Hr|Monsieur|Madame"
    r"|Mademoiselle|Mme|Mlle|Señora?|Sra?|Signora?|Sig|Dott|Dottoressa|Meneer|Mevrouw|Mevr|Dhr"
    r"|Senhora?|Fru|Господин|Госпожа|господин|госпожа"
)
GREETINGS = (
    r"Dear|Hi|Hello|Hey|Hiya|Good (?:morning|afternoon|evening)|Liebe[rs]?|Hallo"
    r"|Sehr geehrte[rs]?|Moin|Guten (?:Tag|Morgen|Abend)|Servus|Cher|Chère|Bonjour"
    r"|Bonsoir|Salut|Querid[oa]|Hola|Estimad[oa]|Car[oa]|Gentile|Ciao|Beste|Geachte|Dag|Hej|Hei|Cześć|Drog[ia]|Szanown[yai]|Kære"
    r"|Kjære|Olá|Prezad[oa]|Привет|Здравствуйте,?|Дорог(?:ой|ая)|Уважаем(?:ый|ая)"
)
_ENDS = words("jr sr ii iii iv phd md mba esq msc bsc dipl ing")
_TITLE = re.compile(rf"(?:(?:{TITLES}|Sir|Lady|Lord)(?:\.|(?=\s))\s*)+")
_WORD = re.compile(r"[^\W\d_][\w'’\-\u00ad\u200b-\u200d]*\.?")


@dataclass(frozen=True, slots=True)
class NameParts:
    """What a person is called by; '' where a name lacks it.

    Attributes:
        first: "Mara" in "Dr Mara Lou von Berg".
        middle: "Lou".
        last: "Berg"; particles are not part of it.
    """

    first: str
    middle: str
    last: str


def name_parts(name: str) -> NameParts:
    """The parts of a whole name, in the order of given name first; "Berg, Mara" is turned round."""
    before, comma, after = _TITLE.sub("", name, count=1).partition(",")
    if comma and after.strip() and after.strip(" .").lower() not in _ENDS:
        before = f"{after} {before}"
    found = [
        word.rstrip("'’") for word in _WORD.findall(before) if word.strip(".").lower() not in _ENDS
    ]
    if len(found) < 2:
        return NameParts("", "", "")
    inner = list(takewhile(lambda word: word.lower() not in PARTICLES, found[1:-1]))
    return NameParts(found[0], " ".join(inner), found[-1])


def is_ordinary(word: str) -> bool:
    """Whether a name is a word as well, or too short to be told from one."""
    return (len(word.strip(".")) < 3 and word[:1].isascii()) or word.lower() in ORDINARY
