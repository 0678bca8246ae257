"""One mail, as the document that the person wrote in it, or why there is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from costeer_cli.importers.identity import Identity
from costeer_cli.importers.mail.body import NoBodyError, read_body
from costeer_cli.importers.mail.folders import is_aside
from costeer_cli.importers.mail.headers import Headers
from costeer_cli.importers.mail.own_words import own_words
from costeer_cli.importers.protocol import Item, Note, Skipped
from costeer_cli.importers.reading import note_old_encoding, too_little
from costeer_cli.store.document import Document

MOST = (
    8 * 1024 * 1024
)  # bytes; the words stand before the attachments, and parsing takes 5 times it
_LONGEST_ID = 998  # characters of a line of a mail, and so of an id
_PROGRAM = re.compile(
    r"(?:^|[._+-])(?:no-?reply|do-?not-?reply|notif\w*|invitations?|mailer(?:-daemon)?|bounces?"
    r"|alerts?|messages-noreply|updates?|postmaster|robot|bot|automat\w*)(?:$|[._+@-])",
    re.IGNORECASE,
)
_PROGRAM_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "X-Failed-Recipients")
_PROGRAM_PRECEDENCE = ("auto_reply", "auto-reply", "junk")
_DIGEST = re.compile(r"\bDigest,? Vol\b|\bdigest for\b|^\[?[\w. -]+\]? digest\b", re.IGNORECASE)
_EXPUNGED = 0x0008  # Thunderbird's flag for what it has deleted but not yet taken out of the file


def read_mail(raw: bytes, where: str, me: Identity, source: str) -> Iterator[Item]:
    """The document in one mail, or one `Skipped`.

    Args:
        raw: the mail; after `MOST` bytes it may end.
        where: for messages.
        me: who the person is.
        source: the document's.
    """
    headers = Headers(raw)
    if "From" not in headers:
        yield Skipped(where, "broken")
        return
    if not _is_mine(headers, me) or _is_program(headers) or _was_not_sent(headers):
        yield Skipped(where, "others")
        return
    try:
        body = read_body(raw)
    except NoBodyError as error:
        yield Skipped(where, error.reason)
        return
    author, address = headers.person("From")
    own = own_words(body.text, author)
    if own.cut and not own.text:
        yield Skipped(where, "others")
        return
    if little := too_little(own.text, where):
        yield little
        return
    moment, wrong = headers.moment(datetime.now(UTC))
    if wrong:
        yield Note(where, wrong)
    if body.guessed:
        yield note_old_encoding(where)
    name, to = headers.person("To" if headers.raw("To") else "Cc")
    yield Document(
        text=own.text,
        source=source,
        native_id=_id(headers),
        title=headers.text("Subject"),
        kind="email",
        author=author or address,
        recipient=name or to,
        signature="\n".join(part for part in (own.signature, body.signature) if part),
        created_at=moment,
    )


def _is_mine(headers: Headers, me: Identity) -> bool:
    name, address = headers.person("From")
    if me.has(address):
        return True
    # Services write in people's names: only the address tells them from the person.
    by_program = "List-Unsubscribe" in headers or bool(_PROGRAM.search(address))
    return me.has(name) and not by_program


def _is_program(headers: Headers) -> bool:
    if headers.raw("Auto-Submitted").casefold().partition(";")[0].strip() not in ("", "no"):
        return True
    if any(name in headers for name in _PROGRAM_HEADERS):
        return True
    if headers.raw("Precedence").casefold() in _PROGRAM_PRECEDENCE:
        return True
    kind = headers.raw("Content-Type").casefold()
    if kind.startswith(("text/calendar", "multipart/report", "multipart/digest")):
        return True
    if "calendarmessage" in headers.raw("Content-Class").casefold():
        return True
    return bool(_DIGEST.search(headers.text("Subject"))) and "List-Id" in headers


def _was_not_sent(headers: Headers) -> bool:
    if any(is_aside(label) for label in headers.text("X-Gmail-Labels").split(",")):
        return True
    try:
        if int(headers.raw("X-Mozilla-Status") or "0", 16) & _EXPUNGED:
            return True
    except ValueError:
        pass
    return "X-Mozilla-Draft-Info" in headers or headers.raw("X-Spam-Flag").casefold() == "yes"


def _id(headers: Headers) -> str:
    found = headers.text("Message-ID")
    return found if len(found) <= _LONGEST_ID else ""
