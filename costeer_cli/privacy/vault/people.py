"""Names of people where the text itself says that they are names.

There is no model here that guesses: what is found stands after a title, a greeting, a closing or
a word such as "my sister", so public people and places that a text is about stay what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from costeer_cli.privacy.vault.kinds import Kind, Span
from costeer_cli.privacy.vault.names import GREETINGS, TITLES
from costeer_cli.privacy.vault.ordinary import NOBODY, PARTICLES

_BLANK = r"[ \t\u00a0]+"
_WORD = r"[^\W\d_](?:[^\W\d_]|['’\-](?=[^\W\d_]))*"
_AND = rf"{_BLANK}(?:and|und|et|y|e|&|en|och|i|и){_BLANK}"
_QUOTED = rf"[\"'‘“„]{_WORD}[\"'’”“]"
_NAME = (
    rf"(?P<name>{_WORD}(?:(?!{_AND}){_BLANK}(?:{_WORD}|[^\W\d_]\.|{_QUOTED}(?={_BLANK}))){{0,4}})"
)
_TITLES = rf"(?:(?:{TITLES})\b\.?{_BLANK})"
_RELATIVES = (
    r"wife|husband|partner|girlfriend|boyfriend|son|daughter|brother|sister|mother|father|mum|mom"
    r"|dad|aunt|uncle|cousin|nephew|niece|grandmother|grandfather|grandma|grandpa|grandson"
    r"|granddaughter|friend|boss|manager|colleague|co-?worker|neighbou?r|landlord|landlady|doctor"
    r"|dentist|therapist|teacher|roommate|flatmate|fiancée?|step(?:son|daughter|mother|father)"
    r"|baby|kids?|children|dog|cat|ex|mentor|assistant|lawyer"
)
_GERMAN = (
    r"Frau|Mann|Sohn|Tochter|Bruder|Schwester|Mutter|Vater|Mama|Papa|Freundin|Freund|Kollegin"
    r"|Kollege[n]?|Chefin|Chef|Nachbarin|Nachbarn?|Tante|Onkel|Oma|Opa|Partnerin|Partner|Verlobte[rn]?"
    r"|Cousine?|Enkelin|Enkel|Nichte|Neffe[n]?|Vermieterin|Vermieter|Hund|Katze|Ärztin|Arzt"
)
_FRENCH = (
    r"femme|mari|fils|fille|frère|sœur|soeur|mère|père|ami|amie|copain|copine|compagne|compagnon"
    r"|collègue|chef|patronne?|voisine?|tante|oncle|cousine?|chien|chat"
)
_SPANISH = (
    r"mujer|esposa|esposo|marido|hijo|hija|hermano|hermana|madre|padre|amigo|amiga|novio|novia"
    r"|jefe|jefa|vecino|vecina|tía|tío|primo|prima|perro|gato|moglie|marito|figlio|figlia|fratello"
    r"|sorella|amica|amico|collega|capo"
)
_SAID = re.compile(
    rf"(?:\b(?:my|our|his|her|their) (?:\w+ )?(?:{_RELATIVES})|\b(?:mein|unser|sein|ihr)e?[rnms]? "
    rf"(?:\w+ )?(?:{_GERMAN})|\b(?:mon|ma|mes|notre|son|sa) (?:\w+ )?(?:{_FRENCH})"
    rf"|\b(?:mi|mis|nuestr[oa]|mio|mia) (?:\w+ )?(?:{_SPANISH})"
    rf"|\bмо(?:й|я|ю|ей|его|ему) (?:жен|муж|сын|доч|брат|сестр|мам|пап|друг|подруг|коллег)\w*)"
    rf"(?:,| is(?: called| named)?| named| called| heißt| s'appelle| se llama| si chiama)? {_NAME}"
    rf"|\b(?:my name is|mein name ist|ich heiße|je m'appelle|je m’appelle|me llamo"
    rf"|mi nombre es|mi chiamo|mijn naam is|ik heet|jag heter|nazywam się|меня зовут) "
    + _NAME.replace("name", "name2"),
    re.IGNORECASE,
)
_LABELLED = re.compile(
    rf"^[ \t*-]*(?:(?:Full |First |Last |Given |Family )?[Nn]ame|Surname|(?:Vor|Nach)name|Nom"
    rf"|Prénom|Nombre|Apellidos?|Cognome|Имя|Фамилия|ФИО)[ \t]?:[ \t*]+{_TITLES}*{_NAME}",
    re.MULTILINE,
)
_TITLED = re.compile(rf"\b{_TITLES}+{_NAME}")
_GREETED = re.compile(
    rf"^[ \t>*]*(?i:{GREETINGS}),?{_BLANK}{_TITLES}*{_NAME}(?:{_AND}{_TITLES}*"
    rf"{_NAME.replace('name', 'name2')})?[ \t]*(?=[,!:;.–—-]|$)",
    re.MULTILINE,
)
_CLOSED = re.compile(
    r"^[ \t]*(?:(?:Best|Kind|Warm|Warmest|Kindest|With (?:best|kind|warm)) ?(?:regards|wishes)?"
    r"|Regards|Yours(?: (?:sincerely|truly|faithfully|ever))?|Sincerely(?: yours)?|Cheers|Thanks"
    r"|Thank you|Many thanks|Love|Lots of love|(?:Viele|Liebe|Beste|Schöne|Herzliche) Grüße"
    r"|Mit (?:freundlichen|besten|lieben|herzlichen) Grüßen|Gruß|LG|VG|MfG|Dein|Deine|Ihre?"
    r"|Cordialement|Bien à vous|Amicalement|Bises|Saludos(?: cordiales)?|Un (?:abrazo|saludo)"
    r"|Atentamente|Cordiali saluti|Distinti saluti|Saluti|Met vriendelijke groet(?:en)?|Groetjes"
    r"|Groeten|Med vänlig hälsning|Hälsningar|Pozdrawiam|Abraços|Atenciosamente"
    rf"|С уважением)[,.!]?[ \t]*\n(?:[ \t]*\n){{0,2}}[ \t]*{_NAME}[ \t]*$",
    re.MULTILINE,
)
_POSSESSIVE = re.compile(r"['’]s$")
_GERMAN_TITLE = re.compile(r"(?:Herrn?|Frau|Hr)\b")


def people(text: str) -> Iterator[Span]:
    """Names, without their titles; one at most twice as long as it should be, never half of it."""
    for match in _SAID.finditer(text):
        yield from _names(match, 2)
    for match in _LABELLED.finditer(text):
        yield from _names(match, 4)
    for match in _TITLED.finditer(text):
        yield from _names(match, 1 if _GERMAN_TITLE.match(match[0]) else 3)
    for match in _GREETED.finditer(text):
        yield from _names(match, 3, whole=True)
    for match in _CLOSED.finditer(text):
        yield from _names(match, 3, whole=True)


def person(text: str) -> tuple[str, str]:
    """Name and mail address of somebody written as "Mara Berg <mara@example.org>"; '' for none.

    A channel, a handle or a single word is nobody's name.
    """
    address = re.search(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+", text)
    name = re.sub(r"[<(\[]?(?:mailto:)?[\w.+%'-]+@[\w.-]+[>)\]]?", "", text).strip(" \"'<>,;")
    words = name.replace(",", " ").split()
    sure = 2 <= len(words) <= 5 and all(
        re.fullmatch(rf"{_WORD}\.?", word) and (_capital(word) or word in PARTICLES)
        for word in words
    )
    return (name if sure else ""), (address[0] if address else "")


def _names(match: re.Match[str], most: int, *, whole: bool = False) -> Iterator[Span]:
    for group in ("name", "name2"):
        if match.re.groupindex.get(group) and match[group]:
            name = _trimmed(match[group], most)
            if name and (not whole or name == match[group]):
                yield Span(Kind.NAME, match.start(group), name)


def _trimmed(name: str, most: int) -> str:
    """The capitalised words (and particles between them) that `name` begins with."""
    end = count = 0
    for word in re.finditer(rf"{_WORD}\.?", name):
        plain = word[0].strip(".")
        if plain in PARTICLES and (count or most > 1):
            continue
        if not _capital(plain) or plain.lower() in NOBODY or count == most:
            break
        end, count = word.end(), count + 1
    return _POSSESSIVE.sub("", name[:end].rstrip("."))


def _capital(word: str) -> bool:
    return bool(word) and not word[0].islower()
