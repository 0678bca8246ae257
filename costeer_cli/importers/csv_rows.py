"""The rows of a table that a service exports, whose columns are known by name."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping

from costeer_cli.importers.decoding import Decoded
from costeer_cli.importers.protocol import Note, Skipped
from costeer_cli.importers.reading import LARGEST, note_old_encoding
from costeer_cli.importers.source import Entry


def csv_rows(entry: Entry) -> Iterator[tuple[str, Mapping[str, object]] | Skipped | Note]:
    """Each row's place and its fields by column; among them what is wrong with the file.

    What follows a broken row is not read.
    """
    csv.field_size_limit(LARGEST)
    decoded = Decoded(entry)
    number = 0
    try:
        for number, fields in enumerate(csv.DictReader(_lines(decoded)), 1):
            yield f"{entry.where} row {number}", fields
    except csv.Error:
        yield Skipped(f"{entry.where} row {number + 1}", "broken")
    except OSError:
        yield Skipped(entry.where, "unreadable")
    if decoded.old:
        yield note_old_encoding(entry.where)


def _lines(decoded: Decoded) -> Iterator[str]:
    for _, text in decoded:
        # A line over the limit still ends here, else its row would take the next one with it.
        yield "\n" if text is None else text.replace("\x00", "")
