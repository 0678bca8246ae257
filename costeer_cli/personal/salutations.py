"""How a text greets and takes its leave, without whom."""

from __future__ import annotations

import re
from dataclasses import dataclass

from costeer_cli.personal.sentences import words

_GREETINGS = """
    hi there, hi all, hi both, hi everyone, hi team, hello everyone, hello all, hello there,
    hey there, dear all, dear sir or madam, good morning, good afternoon, good evening,
    morning, hi, hello, hey, hiya, dear, sehr geehrte damen und herren, sehr geehrte frau,
    sehr geehrter herr, guten morgen, guten tag, guten abend, hallo zusammen, hallo liebe,
    hallo, liebe alle, liebe, lieber, moin, servus, grüezi, grüß gott, na, bonjour, bonsoir,
    salut, coucou, chère, cher, chers, chères, madame, monsieur, buenos días, buenas tardes,
    buenas, hola, querida, querido, estimada, estimado, ciao, buongiorno, cara, caro,
    gentile, olá, oi, bom dia, boa tarde, prezado, prezada, dag, beste, hoi, hej, hejsan,
    kära
"""
_LONGEST_FIRST = sorted((" ".join(one.split()) for one in _GREETINGS.split(",")), key=len)[::-1]
_GREETING = re.compile(
    rf"({'|'.join(re.escape(said) for said in _LONGEST_FIRST)})"
    r"(?![\w'’-])([^.?\n]*?)\s*([,!:.]|\s[–—-](?=\s|$)|$)",
    re.IGNORECASE,
)
_ADDRESSED = 4  # words; more after a greeting are no names
_TAIL = 3  # lines below a text that may take leave
_CLOSING = re.compile(
    r"(?:(?:many |with |all |lots of |much )?(?:thanks|thank you|cheers|love|regards|wishes|hugs)"
    r"|(?:all the |all )?best\b|(?:best|kind|kindest|warm|warmest) (?:wishes|regards)|sincerely"
    r"|yours|take care|talk soon|see you|speak soon|ta|x{1,3}|xo+"
    r"|(?:mit |viele |vielen |liebe |lieben |beste |besten |herzliche |schöne |freundliche )+"
    r"(?:freundlichen )?(?:grüße|grüßen|gruß|grüsse|grüssen|gruss|dank)|gruß|grüße|gruss|grüsse"
    r"|lg|vg|mfg|bis (?:bald|dann|morgen)|danke|ciao|tschüss"
    r"|(?:bien )?cordialement|bien à (?:toi|vous)|amicalement|amitiés|bises|bisous|à bientôt|merci"
    r"|je t'embrasse|(?:un )?(?:abrazo|saludo|beso)s?|atentamente|besos|gracias"
    r"|hasta (?:pronto|luego)"
    r"|groet(?:en|jes)|mvg|met vriendelijke groet|abraços?|beijos?|cumprimentos|obrigad[oa]"
    r"|(?:cordiali|cari|tanti) saluti|un abbraccio|baci|a presto|grazie|hälsningar|mvh|kram)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Salutation:
    """How one text begins and ends.

    Attributes:
        greeting: such as "Hi …," ("…" for a name), "…," (the name alone), or '' for none.
        closing: such as "Cheers,", or '' for none.
        signed: what stands below it in one line, such as a first name, or ''.
        body: the text without them.
    """

    greeting: str
    closing: str
    signed: str
    body: str


def salutation(text: str, signature: str) -> Salutation:
    """Take a text's greeting and leave off.

    Args:
        text: what was written.
        signature: what stood below it and was taken off before.
    """
    greeting, rest = _greeting(text.strip())
    lines = rest.rstrip().split("\n")
    below = [line.strip() for line in signature.split("\n") if line.strip(" -_\t")][:_TAIL]
    tail: list[str] = []
    for back in range(1, min(_TAIL, len(lines) - 1) + 1):
        line = lines[-back].strip()
        if len(line) > 40 or (len(lines) == back and not greeting):
            break
        if _closes(line):
            tail = [one.strip() for one in lines[-back:] if one.strip()]
            lines = lines[:-back]
            break
    if not tail and not below and len(lines) > 2 and not lines[-2].strip():
        last = lines[-1].strip()
        if _is_name(last):
            tail, lines = [last], lines[:-1]
    ending = [*tail, *below]
    closing = ending.pop(0) if ending and _closes(ending[0]) else ""
    signed = ending[0] if ending and _is_name(ending[0]) else ""
    if closing and not signed and (match := _CLOSING.match(closing)):
        name = closing[match.end() :].strip(" ,!.–—-")  # "LG Anna"
        if name and _is_name(name):
            closing, signed = closing[: match.end()], name
    return Salutation(greeting, closing, signed, "\n".join(lines).strip())


def _greeting(text: str) -> tuple[str, str]:
    first, _, rest = text.partition("\n")
    match = _GREETING.match(first)
    if match and len(words(match[2])) <= _ADDRESSED and (match[3] or match.end() == len(first)):
        mark = match[3] if match[3] in {",", "!"} else ""
        said = f"{match[1]} …{mark}" if words(match[2]) else f"{match[1]}{mark}"
        return said, f"{first[match.end() :].strip()}\n{rest}".strip()
    if first.endswith((",", "!")) and _is_name(first[:-1].strip()) and rest.strip():
        return f"…{first[-1]}", rest.strip()
    return "", text


def _closes(line: str) -> bool:
    match = _CLOSING.match(line)
    return bool(match) and len(words(line)) <= 6 and not line.endswith("?")


def _is_name(line: str) -> bool:
    said = words(line)
    plain = not any(mark in line for mark in ".!?:;@/") or re.fullmatch(r"\w\.", line) is not None
    return 0 < len(said) <= 3 and all(word[0].isupper() for word in said) and plain
