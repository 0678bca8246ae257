"""What in a message is not the writer's own: quotations, pasted blocks, code, bare links."""

from __future__ import annotations

import re

from costeer_cli.store.document import tidy

LONGEST = 200_000  # characters; nobody types a longer message
LONGEST_PROMPT = 4_000  # characters; what is longer was pasted
_LONG = 300  # characters between quotation marks from which on it is a pasted block
_LONG_AFTER_COLON = 400  # characters
_CODE = re.compile(r"(?<!`)(`{3,}+).*?\1`*|(?<!~)(~{3,}+).*?\2~*", re.DOTALL)
_QUOTED = re.compile(
    r"^ {0,3}>(?=\s|>|$|[^\W\d_]|[\"“„«*@'(])[^\n]*$"  # but neither `>_<` nor `>100`
    r"|(?s:(?<!\")\"{3}(?!\").*?\"{3})"
    rf"|(?<![\w\"])\"(?=\S)[^\"]{{{_LONG},}}+(?<=\S)\"(?!\w)"
    rf"|“[^“”]{{{_LONG},}}+”"
    rf"|„[^„“”]{{{_LONG},}}+[“”]"
    rf"|(?<![\w.,;!?…])«[^«»]{{{_LONG},}}+»"
    rf"|(?<!\w)»(?=\w)[^«»]{{{_LONG},}}+«"
    rf"|「[^「」]{{{_LONG},}}+」",
    re.MULTILINE,
)
_TO_THE_END = re.compile(r"^ {0,3}>>>.*\Z", re.MULTILINE | re.DOTALL)
_TRAILING = re.compile(r"(?<![ \t])[ \t]++$", re.MULTILINE)
_GAP = re.compile(r"\n{3,}")
_LINK = re.compile(r"(?:https?://|www\.)\S+")
_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_OPENING = re.compile(r"<([A-Za-z][\w-]*)>")
_LIST = re.compile(r"\s*(?:[-*•+]|\d+[.)])\s")


def own_words(text: str, *, to_the_end: bool = False) -> tuple[str, bool]:
    """A message without quotations, code and direction marks, and whether it held a quotation.

    Args:
        text: as it was written.
        to_the_end: `>>>` quotes all that follows it, as it does in Slack and Discord.

    Returns:
        '' as text where only quotations, code or links were left.
    """
    text = _CODE.sub("", tidy(_MARKS.sub("", text)))
    quoted = 0
    if to_the_end:
        text, quoted = _TO_THE_END.subn("", text)
    text, more = _QUOTED.subn("", text)
    text = tidy(_GAP.sub("\n\n", _TRAILING.sub("", text)))
    return text if _LINK.sub("", text).strip() else "", bool(quoted or more)


def own_prompt(text: str) -> tuple[str, bool]:
    """What somebody typed to an assistant, without what they pasted, and whether they pasted.

    Pasted is what is quoted, what stands between `<tag>` lines, what follows a line that ends
    with a colon and is long, and all that is longer than anybody types: whose words these are
    cannot be told, so they are left out.
    """
    if len(text) > LONGEST:
        return "", True
    text, tagged = _without_tags(tidy(text))
    text, quoted = own_words(text)
    text, cut = _before_paste(text)
    if len(text) > LONGEST_PROMPT:
        return "", True
    return text, tagged or quoted or cut


def _without_tags(text: str) -> tuple[str, bool]:
    """`text` without blocks between a line `<tag>` and a line `</tag>`."""
    lines = text.split("\n")
    closing: dict[str, list[int]] = {}
    for number in range(len(lines) - 1, -1, -1):
        if (mark := lines[number].strip()).startswith("</"):
            closing.setdefault(mark, []).append(number)
    kept: list[str] = []
    number = 0
    while number < len(lines):
        opening = _OPENING.fullmatch(lines[number].strip())
        ends = closing.get(f"</{opening[1]}>", []) if opening else []
        while ends and ends[-1] < number:
            ends.pop()
        if ends:
            number = ends[-1]
        else:
            kept.append(lines[number])
        number += 1
    return "\n".join(kept), len(kept) < len(lines)


def _before_paste(text: str) -> tuple[str, bool]:
    lines = text.split("\n")
    left = len(text)
    for number, one in enumerate(lines):
        left -= len(one) + 1
        if left < _LONG_AFTER_COLON:
            break
        if one.rstrip().endswith((":", "：")):
            following = next((after for after in lines[number + 1 :] if after.strip()), "")
            if not _LIST.match(following):
                return "\n".join(lines[: number + 1]).strip(), True
    return text, False
