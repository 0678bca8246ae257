"""One text the person wrote, and the form in which texts are kept and compared."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def tidy(text: str) -> str:
    """`text` as the store keeps it: NFC, LF, no control characters, no outer blank space."""
    text = text.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate cannot be stored
    text = re.sub("\r\n?|[\v\f]", "\n", text)
    return unicodedata.normalize("NFC", _CONTROL.sub("", text)).strip()


def utc(value: object) -> str | None:
    """A moment as ISO 8601 in UTC; '' for none (None, ''), None where it is not a moment.

    Accepts datetimes and dates (without an offset: UTC), ISO 8601 strings, and seconds or
    milliseconds since 1970.
    """
    try:
        if value is None or value == "":
            return ""
        if isinstance(value, str):
            value = datetime.fromisoformat(value.strip())
        elif isinstance(value, int | float) and not isinstance(value, bool):
            seconds = value / 1000 if abs(value) > 1e11 else value
            value = datetime.fromtimestamp(seconds, UTC)
        elif isinstance(value, date) and not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day, tzinfo=UTC)
        if not isinstance(value, datetime):
            return None
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        return moment.astimezone(UTC).isoformat()
    except (ValueError, OverflowError, OSError):
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One text and what is known about it.

    Attributes:
        text: what was written.
        source: where it came from: "add", "markdown", "text", "jsonl", "profile:<name>".
        native_id: its name there; '' means its digest.
        title, kind, prompt, author: '' where unknown; `prompt` is what was asked for.
        recipient: to whom or where it was written: a name, an address, a channel; '' if unknown.
        signature: what stood below it and was taken off: a sign-off, a name; '' for nothing.
        created_at: ISO 8601 in UTC, or ''.
        tags: the person's own labels.
        profile: the one profile that may read it; None for all.
        id: its number in the store; None outside it.
        kept: it comes from an export of a store, or by hand, and is taken however much it is
            like another one; not stored.
    """

    text: str
    source: str = "add"
    native_id: str = ""
    title: str = ""
    kind: str = ""
    prompt: str = ""
    author: str = ""
    recipient: str = ""
    signature: str = ""
    created_at: str = ""
    tags: tuple[str, ...] = ()
    profile: str | None = None
    id: int | None = None
    kept: bool = field(default=False, compare=False)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the NFC text with runs of white space collapsed."""
        return hashlib.sha256(" ".join(tidy(self.text).split()).encode()).hexdigest()

    @property
    def days(self) -> int:
        """When it was written, in days since the year 1; 0 where that is not known."""
        try:
            return datetime.fromisoformat(self.created_at[:10]).toordinal()
        except ValueError:
            return 0


def fields_of(document: Document) -> dict[str, Any]:
    """What is known of a document, as JSON has it; its `id` is its name where it came from."""
    return {
        "id": document.native_id,
        "source": document.source,
        "title": document.title,
        "kind": document.kind,
        "prompt": document.prompt,
        "author": document.author,
        "recipient": document.recipient,
        "signature": document.signature,
        "created_at": document.created_at,
        "tags": list(document.tags),
        "profile": document.profile,
        "text": document.text,
    }


def tagged(document: Document, tags: Sequence[str], profile: str | None) -> Document:
    """`document` with more tags, and bound to `profile` where one is given."""
    return replace(
        document,
        tags=tuple(dict.fromkeys([*document.tags, *tags])),
        profile=profile if profile is not None else document.profile,
    )
