"""JSONL: one JSON object a line. What `costeer history export` writes and anyone can make."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from costeer_cli.importers.fields import Own, document_of, text_of
from costeer_cli.importers.identity import Identity
from costeer_cli.importers.lines import lines
from costeer_cli.importers.protocol import Item, Skipped
from costeer_cli.importers.reading import NotTextError, decode, note_old_encoding, too_little
from costeer_cli.importers.source import Source
from costeer_cli.store.document import Document, fields_of, tidy

SUFFIXES = frozenset({".jsonl", ".ndjson"})
_EXPORTED = frozenset(
    ["id", "source", "title", "kind", "prompt", "author", "created_at", "tags", "profile", "text"]
)


class Jsonl:
    """`.jsonl` and `.ndjson` files."""

    name = "jsonl"

    def sniff(self, source: Source) -> bool:
        """A file whose name ends in .jsonl or .ndjson."""
        return source.single is not None and source.single.suffix in SUFFIXES

    def read(self, source: Source, me: Identity) -> Iterator[Item]:
        """One document a line; a line that is none is counted, and the rest goes on.

        A line has `text` (or `content`, or `body`) and may have the fields of `document_of` and
        `source`; or it has `messages`, a list of `role` and `content`, of which what the role
        "user" said is taken. What an export of this store has is taken as it was; of other lines
        those by other authors are passed over.
        """
        (entry,) = source.entries
        own, noted, where = Own(me, "a file with several authors"), False, entry.where
        try:
            for number, raw in lines(entry):
                where = f"{entry.where} line {number}"
                if raw is None:
                    yield Skipped(where, "large")
                    continue
                try:
                    line, old = decode(raw)
                except NotTextError as error:
                    yield Skipped(where, error.reason)
                    continue
                if old and not noted:
                    noted = True
                    yield note_old_encoding(entry.where)
                if line.strip():
                    yield from _items(line, where, entry.native_id, own)
        except OSError:
            yield Skipped(where, "unreadable")


def _items(line: str, where: str, file: str, own: Own) -> Iterator[Item]:
    """What one line holds; `file` makes the ids of strangers unique."""
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        yield Skipped(where, "broken")
        return
    text = text_of(fields)
    if text is not None:
        yield from _one(fields, text, where, file, own)
    elif isinstance(fields.get("messages"), list):
        for number, message in enumerate(fields["messages"]):
            yield from _said(fields, number, message, where, file, own)
    else:
        yield Skipped(where, "broken")


def _one(fields: dict[str, Any], text: str, where: str, file: str, own: Own) -> Iterator[Item]:
    source = fields.get("source")
    source = tidy(source) if isinstance(source, str) else ""
    document, notes = document_of(fields, text, source or Jsonl.name, where)
    if source and fields.keys() >= _EXPORTED:
        yield from notes
        yield replace(document, kept=True) if text else Skipped(where, "empty")
        return
    if not own(document.author):
        yield Skipped(where, "others")
        return
    yield from notes
    if document.native_id and not source:
        document = replace(document, native_id=f"{file}#{document.native_id}")
    yield too_little(text, where) or document


def _said(
    fields: dict[str, Any], number: int, message: object, where: str, file: str, own: Own
) -> Iterator[Item]:
    if not isinstance(message, dict):
        yield Skipped(where, "broken")
        return
    if message.get("role") != "user":
        yield Skipped(where, "others")
        return
    text = _content(message.get("content"))
    if text is None:
        yield Skipped(where, "broken")
        return
    said = {"kind": "prompt"} | fields | {"messages": None}
    if said.get("id") is not None:
        said["id"] = f"{said['id']}.{number}"
    yield from _one(said, text, where, file, own)


def _content(content: object) -> str | None:
    """What was said, also where it comes in parts, of which only those of text count."""
    if isinstance(content, str):
        return tidy(content)
    if not isinstance(content, list):
        return None
    texts = [part.get("text") for part in content if isinstance(part, dict)]
    return tidy("\n\n".join(text for text in texts if isinstance(text, str)))


def to_line(document: Document) -> str:
    """`document` as one line that is read back as it was; without the line's end."""
    return json.dumps(fields_of(document), ensure_ascii=False)
