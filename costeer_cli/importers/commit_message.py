"""What of a commit message its author wrote, and what git, a service or a template did."""

from __future__ import annotations

import re

from costeer_cli.store.document import tidy

_NOT_WRITTEN = re.compile(
    r"""merge[ ](?:branch(?:es)?|remote-tracking[ ]branch(?:es)?|tags?|commits?)[ ]'
    | merge[ ]pull[ ]request[ ] | merged[ ]in[ ]\S+[ ]\(pull[ ]request
    | revert[ ]" | reapply[ ]" | (?:fixup|squash|amend)![ ]
    | vault[ ]backup\b | auto[- ]?(?:commit|sync|save|backup)\b
    | bump[ ]\S+[ ]from[ ]\S+[ ]to[ ]\S""",
    re.IGNORECASE | re.VERBOSE,
)
_PROPOSED = re.compile(  # by a service or by habit; nobody's words where nothing follows
    r"(?:initial commit|add files via upload|(?:update|create|delete|rename|add) \S+\.\w+"
    r"|release \S+|(?:version )?v?\d+(?:\.\d+)+\S*)$",
    re.IGNORECASE,
)
_BY_A_PROGRAM = re.compile(
    r"^(?:co-authored-by: [^<\n]*<noreply@[^>\s]+>|[^\w\n]{0,8}generated (?:with|by) .*)$",
    re.IGNORECASE | re.MULTILINE,
)
_CUT_HERE = re.compile(
    r"^(?:# -+ >8 -+|# Please enter the commit message.*|Squashed commit of the following:)$",
    re.MULTILINE,
)
_LINE = re.compile(  # wherever it stands
    r"""[A-Za-z]+(?:-[A-Za-z]+)*-by:[ ][^<]*<[^<>@\s]+@[^<>@\s]+>$
    | This[ ]reverts[ ]commit[ ][0-9a-f]{7,}\.?$
    | See[ ]merge[ ]request[ ]\S+!\d+$
    | \(cherry[ ]picked[ ]from[ ]commit[ ][0-9a-f]+\)$
    | \#[ ]This[ ]is[ ](?:a[ ]combination[ ]of|the)\b.*commit
    | [-*][ ]\[[ xX]\][ ]
    | -{8,}$""",
    re.VERBOSE,
)
_TRAILER = re.compile(  # in the last paragraphs
    r"""[A-Za-z]+(?:-[A-Za-z]+)*-by:[ ]\S
    | [A-Za-z]+(?:-[A-Za-z]+)*-(?:id|url|link|uuid):[ ]\S+$
    | cc:[ ].*@
    | (?:fix(?:es|ed)?|close[sd]?|resolve[sd]?|refs?|references|related(?:-to)?|see(?:-also)?
        |link|bug|issue|ticket|task|jira|pr|part-of|backport)
        (?: :[ ]?(?:\S*\d|https?://) | [ ](?:[#!]\d|https?://|[a-z]+-\d) )""",
    re.IGNORECASE | re.VERBOSE,
)
_NUMBER_OF_A_SERVICE = re.compile(r"[ \t]*\([#!]\d+\)$")


def own_words(message: str) -> str | None:
    """A commit message without what its author did not write; None where they wrote none of it.

    Left out are trailers (`Signed-off-by: ...`), git's template, its lists of squashed commits and
    the number that a service adds to a subject. Merges, reverts, fixups, backups by a timer, what
    a program says it wrote, and subjects that services propose are nobody's words.
    """
    text = tidy(message)
    subject, _, body = text.partition("\n")
    if _NOT_WRITTEN.match(subject) or _BY_A_PROGRAM.search(text):
        return None
    if cut := _CUT_HERE.search(body):
        body = body[: cut.start()]
    bare = _NUMBER_OF_A_SERVICE.sub("", subject)
    squashed = bare != subject
    lines = [line for line in body.split("\n") if not _LINE.match(line)]
    if squashed:
        lines = [line for line in lines if not line.startswith("* ")]
    body = tidy(re.sub(r"\n{3,}", "\n\n", "\n".join(_without_trailers(lines))))
    if not body and _PROPOSED.match(bare):
        return None
    return tidy(f"{'' if _LINE.match(bare) else bare}\n\n{body}")


def _without_trailers(lines: list[str]) -> list[str]:
    """`lines` without the last paragraphs that hold nothing but trailers."""
    end = len(lines)
    while end:
        start = end
        while start and lines[start - 1].strip():
            start -= 1
        paragraph = lines[start:end]
        if not all(_TRAILER.match(line) or line[:1].isspace() for line in paragraph):
            break
        end = max(start - 1, 0)
    return lines[:end]
