"""CSV and TSV: one text a row, in tables that anyone can make."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import replace

from costeer_cli.importers.fields import TEXTS, Own, document_of, text_of
from costeer_cli.importers.identity import Identity
from costeer_cli.importers.lines import LONGEST, is_utf16, lines
from costeer_cli.importers.protocol import Item, Reason, Skipped
from costeer_cli.importers.reading import NotTextError, decode, note_old_encoding, too_little
from costeer_cli.importers.source import Entry, Source

_DELIMITERS = {".csv": ",;\t", ".tsv": "\t", ".tab": "\t"}
_COLUMNS = frozenset(TEXTS) | frozenset(
    {"id", "title", "created_at", "author", "kind", "prompt", "recipient", "to", "channel"}
    | {"signature", "tags"}
)
_HEAD = 64 * 1024  # bytes; the names of the columns are in these
_NEVER_CLOSED = ("unexpected end of data", "field larger than field limit")
_MOST_RETURNS = 100  # so that no file is read over and over
_SAYS_ITS_DELIMITER = re.compile(r'"?sep=([,;\t])"?$', re.IGNORECASE)  # Excel's own first line


class Csv:
    """`.csv`, `.tsv` and `.tab` files with a column called `text`, `content` or `body`."""

    name = "csv"

    def sniff(self, source: Source) -> bool:
        """A table, by the end of its name, one of whose columns holds texts."""
        return source.single is not None and _delimiter(source.single) is not None

    def read(self, source: Source, me: Identity) -> Iterator[Item]:
        """One document a row; a row that is none is counted, and the rest goes on.

        Besides the text a table may have the columns `id`, `title`, `created_at`, `author`,
        `kind`, `prompt`, `recipient` (or `to`, `channel`), `signature` and `tags`, in any order;
        others are left alone. Where it has an `author`, the rows of others, and of nobody, are
        passed over.
        """
        (entry,) = source.entries
        own, feed = Own(me, "a table with several authors"), _Feed(entry)
        for where, row in _rows(entry, feed):
            if feed.old:
                feed.old = None
                yield note_old_encoding(entry.where)
            if isinstance(row, str):
                yield Skipped(where, row)
                continue
            text = text_of(row)
            if not text:
                yield Skipped(where, "empty")
                continue
            document, notes = document_of(row, text, self.name, where)
            nobody = me.values and "author" in row and not document.author
            if nobody or not own(document.author):
                yield Skipped(where, "others")
                continue
            yield from notes
            if document.native_id:
                document = replace(document, native_id=f"{entry.native_id}#{document.native_id}")
            yield too_little(text, where) or document


class _Feed:
    """Lines for the csv module, which can be given again.

    Attributes:
        number: of the line that came last.
        flaw: why a line of this row is no text.
        old: whether a line so far was not UTF-8; None once that was said.
    """

    def __init__(self, entry: Entry) -> None:
        self._lines = lines(entry)
        self._row: list[tuple[int, str]] = []
        self._waiting: list[tuple[int, str]] = []  # the next one is the last
        self._returns = _MOST_RETURNS
        self.number = 0
        self.flaw: Reason | None = None
        self.old: bool | None = False

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        found = self._waiting.pop() if self._waiting else self._fetch()
        self._row.append(found)
        self.number, line = found
        return line

    def begin(self) -> int:
        """Begin a row; return the number of its first line."""
        self._row, self.flaw = [], None
        return self.number + 1

    def give_again(self) -> None:
        """Give all of this row's lines but the first once more, as rows of their own."""
        if self._returns and self._row:
            self._returns -= 1
            self.number = self._row[0][0]
            self._waiting += reversed(self._row[1:])

    def _fetch(self) -> tuple[int, str]:
        number, raw = next(self._lines)
        if raw is None:
            self.flaw = "large"
            return number, "\n"
        try:
            line, old = decode(raw)
        except NotTextError as error:
            self.flaw = error.reason
            return number, "\n"
        if old and self.old is False:
            self.old = True
        return number, line


def _rows(entry: Entry, feed: _Feed) -> Iterator[tuple[str, dict[str, str] | Reason]]:
    """Each row's place, and its fields by column or why it is none."""
    csv.field_size_limit(max(LONGEST, csv.field_size_limit()))
    delimiter, said = _delimiter(entry) or (",", False)
    # Strict: else a quotation mark that never closes makes one text of all that follows it.
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    names: list[str] = []
    while True:
        where = f"{entry.where} line {feed.begin()}"
        try:
            row = next(reader)
        except StopIteration:
            return
        except OSError:
            yield where, "unreadable"
            return
        except csv.Error as error:
            yield where, feed.flaw or "broken"
            if str(error).startswith(_NEVER_CLOSED):
                feed.give_again()
            continue
        if said:
            said = False
        elif feed.flaw:
            yield where, feed.flaw
        elif not names:
            names = [_name(cell) for cell in row]
        elif any(row[len(names) :]):
            yield where, "broken"
        elif any(row):
            fields = zip(names, row, strict=False)
            yield where, {name: cell for name, cell in fields if name in _COLUMNS}


def _delimiter(entry: Entry) -> tuple[str, bool] | None:
    """What separates the columns, and whether a line before their names says so."""
    possible = _DELIMITERS.get(entry.suffix)
    if not possible:
        return None
    head = entry.head(_HEAD)
    encoding = "utf-16" if is_utf16(head) else "utf-8-sig"
    first, _, rest = head.decode(encoding, "replace").partition("\n")
    said = _SAYS_ITS_DELIMITER.match(first.strip("\r"))
    if said:
        possible, first = said[1], rest.partition("\n")[0]
    for delimiter in possible if "\0" not in first else ():
        names = [_name(cell) for cell in _split(first.strip("\r"), delimiter)]
        if not set(names).isdisjoint(TEXTS):
            # In a table of one column commas are part of the text.
            return ("\t" if len(names) == 1 else delimiter), bool(said)
    return None


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _name(cell: str) -> str:
    return cell.strip().casefold()
