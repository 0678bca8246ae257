"""Values that could stand in the place of a fact: of its kind, and of its shape."""

from __future__ import annotations

import random
import re
import string
from typing import Literal

Kind = Literal["number", "city", "profession", "name"]

_NAMES = (
    "Alice Anna Arjun Bram Carla Chen Clara Daniel David Elena Emma Farid Felix Fiona Grace Hana "
    "Hugo Ines Ivan Jack Jonas Julia Kofi Laura Leila Liam Lucas Maria Marta Maya Mei Mohamed "
    "Nadia Nina Noah Olga Omar Oscar Paula Peter Priya Rosa Ruth Samuel Sofia Tariq Thomas Vera Zoe"
)
_FAMILIES = (
    "Adler Baker Bauer Becker Bianchi Carter Chen Costa Diaz Dubois Evans Fischer Garcia Hansen "
    "Hughes Ivanova Jansen Keller Khan Kim Kowalski Lopez Martin Meyer Moreau Murphy Novak Okafor "
    "Olsen Patel Rossi Sato Silva Singh Tanaka Walker Weber Wilson Yilmaz Ziegler"
)
_CITIES = (
    "Aachen Accra Athens Austin Berlin Bilbao Boston Bristol Brno Cairo Cork Dakar Delhi Denver "
    "Dublin Dundee Freiburg Geneva Genoa Ghent Glasgow Hamburg Hanoi Helsinki Kyoto Leeds Leipzig "
    "Lima Lisbon Lund Lyon Madrid Malaga Milan Munich Nairobi Nantes Oslo Osaka Paris Porto Prague "
    "Quito Riga Rome Seville Sofia Tallinn Toulouse Turin Utrecht Vienna Warsaw Zagreb Zurich"
)
_PROFESSIONS = (
    "accountant architect baker barber biologist bookseller butcher carpenter chef chemist dentist "
    "electrician engineer farmer firefighter fisherman florist gardener geologist historian "
    "journalist judge lawyer librarian mechanic midwife miner musician nurse optician painter "
    "paramedic pharmacist photographer physicist pilot plumber potter programmer sailor sculptor "
    "surgeon surveyor tailor teacher translator veterinarian waiter weaver"
)
_LISTS: dict[Kind, list[str]] = {
    "name": _NAMES.split(),
    "city": _CITIES.split(),
    "profession": _PROFESSIONS.split(),
}


def kind_of(fact: str) -> Kind:
    """What sort of thing a fact is: a number, a city, a profession, and else a name."""
    if any(c.isdigit() for c in fact):
        return "number"
    kinds: tuple[Kind, ...] = ("city", "profession")
    for kind in kinds:
        if fact.casefold() in (word.casefold() for word in _LISTS[kind]):
            return kind
    return "profession" if fact.islower() else "name"


def decoys(fact: str, many: int) -> list[str]:
    """So many other values like `fact`, or as many as there are; the same ones every time."""
    dice = random.Random(f"decoys of {fact}")  # noqa: S311  (they are no secret)
    kind = kind_of(fact)
    found: dict[str, None] = {}
    if kind == "number":
        for _ in range(50 * many):
            found[re.sub(r"\d", lambda _: dice.choice(string.digits), fact)] = None
    elif kind == "name" and len(fact.split()) > 1:
        families = _FAMILIES.split()
        for _ in range(50 * many):
            found[f"{dice.choice(_LISTS['name'])} {dice.choice(families)}"] = None
    else:
        pool = list(_LISTS[kind])
        dice.shuffle(pool)
        found = dict.fromkeys(pool)
    fits = (_cased(value, fact) for value in found)
    return [value for value in fits if value.casefold() != fact.casefold()][:many]


def _cased(value: str, fact: str) -> str:
    if fact.isupper():
        return value.upper()
    return value.lower() if fact.islower() else value[:1].upper() + value[1:]
