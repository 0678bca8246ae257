"""What the headers of a mail say, read without its body."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import parsedate_to_datetime

from costeer_cli.importers.reading import NotTextError, decode
from costeer_cli.store.document import tidy, utc

_END = re.compile(rb"\r?\n\r?\n")
_FIELD = re.compile(rb"^([!-9;-~]{1,80})[ \t]*:[ \t]*(.*(?:\n[ \t].*)*)", re.MULTILINE)
_FOLD = re.compile(r"\r?\n[ \t]*")
_MOST = 256 * 1024  # bytes; headers are far shorter, a body without them is not
_LONGEST = 20_000  # characters of one value
_LONGEST_PERSON = 1_000  # characters; nobody is called more
_ADDRESS = re.compile(r"<([^<>@]+@[^<>@]+)>")
_BARE = re.compile(r"[^\s<>()\[\],;:\"]+@[^\s<>()\[\],;:\"]+")
_OLDEST = datetime(1980, 1, 1, tzinfo=UTC)  # before it is a clock that was never set


class Headers:
    """The headers of one mail; of those that stand more than once, the first."""

    def __init__(self, raw: bytes) -> None:
        """From the bytes of a mail, or of as much of it as holds them."""
        head = raw[:_MOST]
        end = _END.search(head)
        self._raw: dict[bytes, bytes] = {}
        for name, value in _FIELD.findall(head[: end.start()] if end else head):
            self._raw.setdefault(name.lower(), value)

    def __bool__(self) -> bool:
        return bool(self._raw)

    def __contains__(self, name: str) -> bool:
        return name.lower().encode() in self._raw

    def raw(self, name: str) -> str:
        """The value as it stands, unfolded; '' for none."""
        value = self._raw.get(name.lower().encode(), b"")[:_LONGEST]
        return _FOLD.sub(" ", value.decode("latin-1")).strip()

    def text(self, name: str) -> str:
        """The value as a person reads it, in one line; '' for none."""
        value = self._raw.get(name.lower().encode(), b"")[:_LONGEST]
        try:
            said, _ = decode(value)
        except NotTextError:
            said = value.replace(b"\x00", b"").decode("latin-1")
        said = _FOLD.sub(" ", said)
        return " ".join(tidy(_decoded(said) if "=?" in said else said).split())

    def person(self, name: str) -> tuple[str, str]:
        """The first name and address of a header like `From` or `To`; '' for each that is not."""
        return person(self.text(name))

    def moment(self, now: datetime) -> tuple[str, str]:
        """When the mail was written, as ISO 8601 in UTC or '', and what is wrong with the date.

        Without a readable `Date`, when it was first received.
        """
        received = self.raw("Received").rpartition(";")[2]
        for value in (self.raw("Date"), received):
            moment = _moment(value)
            if moment is None:
                continue
            if moment > now + timedelta(days=2):
                return "", "a date from the future, left out"
            if moment >= _OLDEST:
                return utc(moment) or "", ""
        return "", "no date that can be read"


def person(value: str) -> tuple[str, str]:
    """The first name and address in `Name <address>, ...`; '' for each that is not there."""
    value = value[:_LONGEST_PERSON]
    if found := _ADDRESS.search(value):
        name = value[: found.start()]
        return _name(name), found[1].strip()
    if found := _BARE.search(value):
        after = value[found.end() :].strip()
        named = re.match(r"\(([^()]*)\)", after)
        return _name(named[1]) if named else "", found[0]
    group, colon, _ = value.partition(":")  # "undisclosed-recipients:;" is nobody
    return "" if colon else _name(group.split(",", maxsplit=1)[0]), ""


def _name(value: str) -> str:
    name = value.strip().strip(",;").strip()
    if len(name) > 1 and name[0] == name[-1] and name[0] in "\"'":
        name = name[1:-1].replace('\\"', '"')
    return " ".join(name.split())


def _moment(value: str) -> datetime | None:
    if not value:
        return None
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return None
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _decoded(value: str) -> str:
    """RFC 2047 words as text, whatever they claim to be encoded in."""
    try:
        parts = decode_header(value)
    except (HeaderParseError, ValueError):
        return value
    said = []
    for part, charset in parts:
        if isinstance(part, str):
            said.append(part)
            continue
        try:
            said.append(part.decode(charset or "ascii"))
        except (LookupError, ValueError):
            said.append(_guessed(part))
    return "".join(said)


def _guessed(part: bytes) -> str:
    # decode_header gives what stands between encoded words as raw-unicode-escape.
    try:
        return decode(part)[0]
    except NotTextError:
        return part.replace(b"\x00", b"").decode("latin-1")
