"""Notes that `costeer history export --format markdown` wrote: each is read back as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from costeer_cli.importers.identity import Identity
from costeer_cli.importers.markdown import SUFFIXES
from costeer_cli.importers.protocol import Item, Skipped
from costeer_cli.importers.reading import read_text
from costeer_cli.importers.source import Source
from costeer_cli.store.document import Document, fields_of, tidy, utc

_RULE = "---"
_FIRST = "costeer: 1"
_NAMES = (
    *("id", "source", "title", "date", "author", "tags", "kind"),
    *("prompt", "recipient", "signature", "profile"),
)


class Exported:
    """`.md` files with a front matter of costeer's own; other programs see title, date, tags."""

    name = "exported"

    def sniff(self, source: Source) -> bool:
        """A file whose name ends in .md or .markdown, and that begins as such a note does."""
        entry = source.single
        if entry is None or entry.suffix not in SUFFIXES:
            return False
        head = entry.head(64).removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
        return head.startswith(f"{_RULE}\n{_FIRST}\n".encode())

    def read(self, source: Source, me: Identity) -> Iterator[Item]:  # noqa: ARG002
        """The note as the document it was, or "broken" where its front matter does not end."""
        (entry,) = source.entries
        read = read_text(entry)
        if isinstance(read, Skipped):
            yield read
            return
        whole, notes = read
        head, rule, body = f"{whole}\n".removeprefix(f"{_RULE}\n").partition(f"\n{_RULE}\n")
        if not rule:
            yield Skipped(entry.where, "broken")
            return
        fields = dict(_field(line) for line in head.split("\n"))
        if not (text := tidy(body)):
            yield Skipped(entry.where, "empty")
            return
        yield from notes
        tags = fields.get("tags")

        def said(name: str) -> str:
            return tidy(_text(fields.get(name)))

        yield Document(
            text=text,
            source=said("source") or self.name,
            native_id=said("id") or entry.native_id,
            title=said("title"),
            kind=said("kind"),
            prompt=said("prompt"),
            author=said("author"),
            recipient=said("recipient"),
            signature=said("signature"),
            created_at=utc(said("date")) or "",
            tags=tuple(map(_text, tags)) if isinstance(tags, list) else (),
            profile=said("profile") or None,
            kept=True,
        )


def to_markdown(document: Document) -> str:
    """A document as a note that is read back as it was."""
    fields = fields_of(document) | {"date": document.created_at}
    lines = [  # JSON is YAML, and keeps each on one line
        f"{name}: {json.dumps(fields[name], ensure_ascii=False)}" for name in _NAMES if fields[name]
    ]
    return "\n".join([_RULE, _FIRST, *lines, _RULE, "", document.text, ""])


def _field(line: str) -> tuple[str, Any]:
    """A line of the front matter; what is no JSON was changed by hand, and is text."""
    name, _, value = line.partition(":")
    try:
        return name.strip(), json.loads(value)
    except (ValueError, RecursionError):
        return name.strip(), value.strip()


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int | float) else ""
