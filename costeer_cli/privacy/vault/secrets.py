"""Mail addresses, links that open something, keys and passwords."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import parse_qsl, urlsplit

from costeer_cli.privacy.vault.kinds import Kind, Span
from costeer_cli.privacy.vault.ordinary import words

_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%'-]{1,64}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-])")
_URL = re.compile(r"\b(?:[a-z][a-z0-9+.-]{1,20}://|www\.)[^\s<>\"'`|\]]+", re.IGNORECASE)
_SECRET_NAME = re.compile(
    r"(?:^|[_\W])(?:token|key|apikey|secret|sig|signature|password|passwd|pwd|pass|auth|code|invite"
    r"|session|sid|otp|pin|credential|hash|jwt|ticket|magic)s?(?:$|[_\W])"
    r"|accesstoken|apikey|authkey|sessionid",
    re.IGNORECASE,
)
_KEY = re.compile(
    r"(?<![\w-])(?:(?:AKIA|ASIA)[0-9A-Z]{16}|gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{40,}"
    r"|glpat-[\w-]{20,}|xox[abeprs]-[\w-]{10,}|AIza[\w-]{35}|(?:sk|pk|rk)[_-](?:live|test|proj|ant)"
    r"[_-][\w-]{10,}|sk-[A-Za-z0-9]{20,}|hf_[A-Za-z0-9]{30,}|npm_[A-Za-z0-9]{36}|pypi-[\w-]{30,}"
    r"|SG\.[\w-]{20,}\.[\w-]{20,}|ya29\.[\w-]{20,}|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}"
    r"|\d{8,10}:AA[\w-]{33})(?![\w-])"
)
_PEM = re.compile(
    r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----.*?(?:-----END (?:[A-Z]+ )*PRIVATE KEY-----|\Z)", re.S
)
_PASSWORD = re.compile(
    r"(?:pass(?:word|wort|code|phrase)|passwd|pwd|kennwort|mot de passe|contraseña|wachtwoord|hasło"
    r"|senha|пароль|api[ _-]?key|access[ _-]?key|secret|token|\bpin|\bpin[ -]?code)"
    r"(?:[ \t]*[:=][ \t]*|[ \t]+(?:for [^\W\d]\S* )?(?:is|ist|lautet|est|es|è|jest)[ \t]*:?[ \t]+)"
    r"[\"'“„`]?(?P<value>[^\s\"'”“`<>\[\]]{4,80})",
    re.IGNORECASE,
)
_KEY_STARTS = words(
    "AKIA ASIA ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- xox AIza sk- sk_ pk_ rk_ hf_ npm_ pypi-"
    " SG. ya29. eyJ :AA"
)
_PASSWORD_WORDS = (
    "password", "passwort", "passcode", "passphrase", "passwd", "pwd", "kennwort", "mot de passe",
    "contraseña", "wachtwoord", "hasło", "senha", "пароль", "key", "secret", "token", "pin",
)  # fmt: skip
_TRAILING = ".,;:!?)}*_"


def emails(text: str) -> Iterator[Span]:
    """Mail addresses."""
    if "@" not in text:
        return
    for match in _EMAIL.finditer(text):
        found = match[0].lstrip(".'-")
        yield Span(Kind.EMAIL, match.end() - len(found), found)


def urls(text: str) -> Iterator[Span]:
    """Links with a password, a key or a long random name in them; whoever has one gets in."""
    if "://" not in text and "www." not in text.lower():
        return
    for match in _URL.finditer(text):
        found = match[0].rstrip(_TRAILING)
        if _opens(found):
            yield Span(Kind.URL, match.start(), found)


def secrets(text: str) -> Iterator[Span]:
    """Keys of services by their form, and what a word before it calls a password."""
    for match in _KEY.finditer(text) if any(start in text for start in _KEY_STARTS) else ():
        yield Span(Kind.SECRET, match.start(), match[0])
    if "PRIVATE KEY-----" in text:
        for match in _PEM.finditer(text):
            yield Span(Kind.SECRET, match.start(), match[0])
    low = text.lower()
    for match in _PASSWORD.finditer(text) if any(word in low for word in _PASSWORD_WORDS) else ():
        found = match["value"].rstrip(".,;:)")
        if _no_word(found):
            yield Span(Kind.SECRET, match.start("value"), found)


def _opens(url: str) -> bool:
    try:
        parts = urlsplit(url if "://" in url else f"//{url}")
        named = parse_qsl(parts.query) + parse_qsl(parts.fragment)
    except ValueError:
        return False
    if "@" in parts.netloc:
        return True
    if any(_SECRET_NAME.search(name) and len(value) >= 6 for name, value in named):
        return True
    pieces = [*parts.path.split("/"), *(value for _, value in named)]
    return any(map(_random, pieces))


def _random(piece: str) -> bool:
    """Whether it looks drawn by lot: long, in one piece, letters and digits mixed."""
    longest = max(re.split(r"[-.~%+,:;=]", piece), key=len)
    kinds = (str.islower, str.isupper, str.isdecimal)
    changes = sum(a.isdecimal() != b.isdecimal() for a, b in pairwise(longest))
    mixed = sum(any(map(kind, longest)) for kind in kinds)
    return (len(longest) >= 20 and changes >= 3 and mixed >= 2) or bool(
        re.fullmatch(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", piece, re.IGNORECASE)
    )


def _no_word(value: str) -> bool:
    return len(value) >= 4 and (
        any(map(str.isdecimal, value)) or not value.replace("-", "").replace("'", "").isalpha()
    )
