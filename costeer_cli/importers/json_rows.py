"""The objects of a JSON array, or of JSON lines, one at a time however many there are."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any

from costeer_cli.importers.lines import lines
from costeer_cli.importers.source import Entry

LARGEST = 64 * 1024 * 1024  # characters; one object of more is no row of a table
_LINES = frozenset({".jsonl", ".ndjson"})
_CHUNK = 1 << 20  # bytes
_BETWEEN = re.compile(r"[,\s]*")

Row = dict[str, Any]


def begins_with(entry: Entry, *names: str) -> bool:
    """Whether `entry` begins as a list of objects, and all these names are in its first bytes."""
    head = entry.head(1 << 16).removeprefix(codecs.BOM_UTF8).lstrip()
    opens = b"{" if entry.suffix in _LINES else b"["
    return head.startswith(opens) and all(f'"{name}"'.encode() in head for name in names)


def rows(entry: Entry) -> Iterator[Row | None]:
    """Each object of `entry`; None for what is none.

    What follows a broken object of an array cannot be told apart, and is one None with it.

    Raises:
        OSError: the file cannot be read, or no further.
    """
    for value in _of_lines(entry) if entry.suffix in _LINES else _of_array(entry):
        yield value if isinstance(value, dict) else None


def _of_lines(entry: Entry) -> Iterator[object]:
    for _, raw in lines(entry):
        if raw is None or raw.strip():
            try:
                yield json.loads((raw or b"").decode("utf-8-sig", "replace"))
            except (ValueError, RecursionError):
                yield None


def _of_array(entry: Entry) -> Iterator[object]:
    decode = codecs.getincrementaldecoder("utf-8-sig")("replace").decode
    one = json.JSONDecoder().raw_decode
    with entry.open() as file:
        text, ended = decode(file.read(_CHUNK)).lstrip(), False
        if not text.startswith("["):
            yield None
            return
        at = 1
        while True:
            while True:
                between = _BETWEEN.match(text, at)
                at = between.end() if between else at
                if text.startswith("]", at):
                    return
                try:
                    value, at = one(text, at)
                except (ValueError, RecursionError):  # broken, or not all of it is here yet
                    break
                yield value
            text, at = text[at:], 0
            if ended or len(text) > LARGEST:
                yield None
                return
            raw = file.read(max(_CHUNK, len(text)))  # doubled, so that nothing is read over often
            ended = not raw
            text += decode(raw, ended)
