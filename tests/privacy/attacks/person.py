"""Somebody with things to hide, and what may be found of them."""

from __future__ import annotations

import json

from costeer_cli.personal.profile import parse_profile
from costeer_cli.privacy.folding import folded

PHONE = "+49 170 1234567"
LINE = "the heron stands on the third stone every single evening"
PROFILE = parse_profile(
    'name = "mara"\ntitle = "Mara Lindqvist, vet"\nprotected = ["Otis Bergmann", "Zwieback"]\n'
    f'facts = ["My number is {PHONE}.", "{LINE}."]\n[voice]\ndescription = "Short and dry."\n'
    '[identity]\nnames = ["Mara Lindqvist"]\nemails = ["mara@weir.example"]\n'
    f'[[texts]]\nprompt = "Write a note."\ntext = "Dear Otis Bergmann, {LINE}. Mara"\n',
    "mara",
)
PROMPT = "Write a short note about the weather."
VALUES = ("Otis Bergmann", "Bergmann", "Lindqvist", "Zwieback", PHONE, "mara@weir.example")


def told(body: bytes, *more: str) -> list[str]:
    """The values, and the private line, that a request spells in any way of writing letters."""
    said = folded(json.dumps(json.loads(body), ensure_ascii=False))
    return [value for value in (*VALUES, LINE, *more) if folded(value) in said]
