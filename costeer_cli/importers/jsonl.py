"""JSONL: one JSON object a line. What `costeer history export` writes and anyone can make."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from costeer_cli.errors import BadInputError
from costeer_cli.importers.names import native_id
from costeer_cli.importers.protocol import Item
from costeer_cli.importers.reading import (
    NotTextError,
    decode,
    is_file,
    note_old_encoding,
    too_little,
)
from costeer_cli.store.document import Document, tidy, utc

SUFFIXES = frozenset({".jsonl", ".ndjson"})
TEXT_FIELDS = ("text", "content", "body")


class Jsonl:
    """`.jsonl` and `.ndjson` files; all of it or nothing, so a broken line is an error."""

    name = "jsonl"

    def sniff(self, path: Path) -> bool:
        """A regular file whose name ends in .jsonl or .ndjson."""
        return path.suffix.lower() in SUFFIXES and is_file(path)

    def read(self, path: Path) -> Iterator[Item]:
        """One document a line.

        Every line needs `text` (or `content`, or `body`) and may have `id`, `title`, `created_at`
        (ISO 8601, or seconds since 1970), `author`, `kind`, `prompt`, `tags` (strings), `source`
        and `profile`; other fields are left alone, and blank lines passed over.

        Raises:
            BadInputError: a line is none of that, by its number; or the file cannot be read.
        """
        noted = False
        for number, raw in _lines(path):
            where = f"{path} line {number}"
            try:
                line, old = decode(raw)
            except NotTextError as error:
                raise _broken(where, f"it is {error.reason}") from None
            if old and not noted:
                noted = True
                yield note_old_encoding(path)
            if not line.strip():
                continue
            document = from_line(line, where, native_id(path))
            little = too_little(document.text, where)
            # A short text that was added by hand was meant to be kept; a copy must bring it back.
            by_hand = document.source == "add" and document.text
            yield little if little and not by_hand else document


def from_line(line: str, where: str, file: str) -> Document:
    """The document in one line; `where` is named when it is broken.

    Raises:
        BadInputError: not a JSON object, no text, or a field of another type.
    """
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        raise _broken(where, "it is not JSON") from None
    if not isinstance(fields, dict):
        raise _broken(where, "it is not a JSON object")
    text = next((fields[name] for name in TEXT_FIELDS if fields.get(name) is not None), None)
    if not isinstance(text, str):
        raise _broken(where, 'it has no "text" that is a string')
    moment = utc(fields.get("created_at"))
    if moment is None:
        raise _broken(where, '"created_at" is not a date in ISO 8601')
    tags = fields.get("tags") or []
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise _broken(where, '"tags" is not a list of strings')
    source, name = _string(fields, "source", where), _string(fields, "id", where)
    return Document(
        text=tidy(text),
        source=source or Jsonl.name,
        # Ids of strangers are unique in their own file only.
        native_id=name if source or not name else f"{file}#{name}",
        title=_string(fields, "title", where),
        kind=_string(fields, "kind", where),
        prompt=_string(fields, "prompt", where),
        author=_string(fields, "author", where),
        created_at=moment,
        tags=tuple(tags),
        profile=_string(fields, "profile", where) or None,
    )


def to_line(document: Document) -> str:
    """`document` as one line that `from_line` reads back; without the line's end."""
    fields = {
        "id": document.native_id,
        "source": document.source,
        "title": document.title,
        "kind": document.kind,
        "prompt": document.prompt,
        "author": document.author,
        "created_at": document.created_at,
        "tags": list(document.tags),
        "profile": document.profile,
        "text": document.text,
    }
    return json.dumps(fields, ensure_ascii=False)


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with path.open("rb") as file:
            yield from enumerate(file, 1)
    except OSError as error:
        raise BadInputError(
            f"Cannot read {path}: {error.strerror}.", hint="Mend its permissions or its path."
        ) from error


def _string(fields: dict[str, Any], name: str, where: str) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and name == "id":
        return str(value)
    if not isinstance(value, str):
        raise _broken(where, f'"{name}" is not a string')
    return tidy(value)


def _broken(where: str, why: str) -> BadInputError:
    return BadInputError(
        f"{where}: {why}.", hint="Nothing was imported; mend or remove that line, then try again."
    )
