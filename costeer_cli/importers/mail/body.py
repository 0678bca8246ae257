"""The words of a mail out of its MIME parts, whatever they claim to be."""

from __future__ import annotations

import codecs
import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from costeer_cli.importers.mail.markup import mail_text
from costeer_cli.importers.protocol import Reason
from costeer_cli.importers.reading import NotTextError, decode
from costeer_cli.store.document import tidy

_LONGEST = 1 << 19  # characters; nobody writes longer mails, programs do
_MOST_PARTS = 1_000
_MOST_BOUNDARIES = 60  # the parser tries each line against all that are open
_LOOKS_LIKE_HTML = re.compile(r"\s*(?:<!doctype html|<html\b)", re.IGNORECASE)
_READ = frozenset({"text/plain", "text/html"})
_INVITATION = frozenset({"text/calendar", "application/ics"})
_WIDER = {"iso8859-1": "cp1252", "ascii": "utf-8", "gb2312": "gb18030", "euc_kr": "cp949"}
_NO_CHARSETS = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "utf-7"})
_STUFFED = re.compile(r"(?m)^ (?=[ >]|From )")


@dataclass(frozen=True, slots=True)
class Body:
    """The text of one mail, quotations and all.

    Attributes:
        text: tidied.
        signature: what its program marked as one; '' for nothing.
        guessed: whether its encoding was not what it claims.
    """

    text: str
    signature: str
    guessed: bool


class NoBodyError(ValueError):
    """There are no words to be had; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


def read_body(raw: bytes) -> Body:
    """The text that a reader of the mail would see, without attachments.

    Args:
        raw: a whole mail; it may be cut off anywhere.

    Raises:
        NoBodyError: an invitation ("others"), encrypted ("undecodable"), "binary", "large", or
            MIME that cannot be read ("broken").
    """
    if raw.count(b"boundary=") > _MOST_BOUNDARIES:
        raise NoBodyError("large")
    try:
        found = list(_parts(email.message_from_bytes(raw)))
        texts = [_read(part) for part in found]
    except NoBodyError:
        raise
    except NotTextError as error:
        raise NoBodyError(error.reason) from None
    except Exception as error:  # the standard parser fails in many ways on what is malformed
        raise NoBodyError("broken") from error
    text = "\n\n".join(body.text for body in texts if body.text)
    signature = "\n".join(body.signature for body in texts if body.signature)
    return Body(text, signature, any(body.guessed for body in texts))


def _parts(whole: Message) -> Iterator[Message]:
    """The parts that a reader sees, in their order."""
    waiting = [whole]
    for _ in range(_MOST_PARTS):
        if not waiting:
            return
        part = waiting.pop()
        kind = part.get_content_type()
        inside = part.get_payload() if part.is_multipart() else None
        if part is not whole and (part.get_content_disposition() == "attachment" or _is_file(part)):
            continue
        if kind in _INVITATION:
            raise NoBodyError("others")
        if kind in ("multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"):
            raise NoBodyError("undecodable")
        if isinstance(inside, list):
            children = [child for child in inside if isinstance(child, Message)]
            if kind == "multipart/alternative":
                children = _best(children)
            elif kind in ("multipart/related", "multipart/signed"):
                children = children[:1]
            elif not kind.startswith("multipart/"):
                continue  # a mail inside the mail is somebody else's
            waiting += reversed(children)
        elif kind in _READ or (part is whole and kind.startswith(("text/", "multipart/"))):
            yield part


def _is_file(part: Message) -> bool:
    return part.get_filename() is not None and part.get_content_disposition() != "inline"


def _best(children: list[Message]) -> list[Message]:
    """Of the ways in which a mail says the same, the plainest that says anything."""
    for child in children:
        if child.get_content_type() in _INVITATION:
            raise NoBodyError("others")
    plain = [child for child in children if child.get_content_type() == "text/plain"]
    if plain and len(_read(plain[0]).text) > 1:
        return plain[:1]
    return [child for child in children if child not in plain][-1:] or plain


def _read(part: Message) -> Body:
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return Body("", "", False)
    text, guessed = _decoded(raw, part.get_content_charset() or "")
    if len(text) > _LONGEST:
        raise NoBodyError("large")
    if part.get_content_type() == "text/html" or _LOOKS_LIKE_HTML.match(text):
        text, signature = mail_text(text)
        return Body(text, signature, guessed)
    text = tidy(text)  # leaves the outer blank space out: it means nothing, not even in flowed text
    if str(part.get_param("format", "")).lower() == "flowed":
        text = unflowed(text, joined=str(part.get_param("delsp", "")).lower() == "yes")
    return Body(text, "", guessed)


def _decoded(raw: bytes, charset: str) -> tuple[str, bool]:
    """The text, and whether it had to be read in another encoding than it claims.

    Raises:
        NotTextError: it is no text in any.
    """
    try:
        name = codecs.lookup(charset).name if charset else "utf-8"
        name = _WIDER.get(name, name)
        if name == "cp1252" and any(byte > 0x7F for byte in raw):
            name = _western(raw)
        if name not in _NO_CHARSETS:
            text = raw.decode(name)
            if "\x00" not in text:
                return text.removeprefix("\ufeff"), False
    except (LookupError, ValueError):
        pass
    text, old = decode(raw)
    return text, old and bool(charset)


def _western(raw: bytes) -> str:
    """Which of the two it is, whatever it claims: what decodes as UTF-8 by chance is rare."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def unflowed(text: str, *, joined: bool = False) -> str:
    """`format=flowed` text (RFC 3676) with each paragraph in one line; quoted lines as they are.

    Args:
        text: with LF.
        joined: `delsp=yes`, the space before a soft break is not part of the text.
    """
    lines: list[str] = []
    parts: list[str] = []
    for line in text.split("\n"):
        quoted = line.startswith(">")
        if quoted and parts:
            lines.append("".join(parts))
            parts = []
        if not quoted and line.endswith(" ") and line not in ("-- ", " "):
            parts.append(_unstuffed(line)[: -1 if joined else None])
        elif quoted or (line == "-- " and not parts):
            lines.append(line)
        else:
            lines.append("".join([*parts, _unstuffed(line)]))
            parts = []
    return "\n".join([*lines, *(["".join(parts)] if parts else [])])


def _unstuffed(line: str) -> str:
    return _STUFFED.sub("", line)
