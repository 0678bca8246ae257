"""LaMP and LongLaMP: what real people wrote, and what they wrote next.

LaMP has `*_questions.json` and, beside it, `*_outputs.json`. Of LongLaMP, which is published as
Parquet, the same rows as JSON or JSON lines are read; Parquet itself is not.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from costeer_cli.errors import BadInputError
from costeer_cli.importers.identity import Identity
from costeer_cli.importers.json_rows import Row, begins_with, rows
from costeer_cli.importers.people import Person, string, tag, texts, whole
from costeer_cli.importers.protocol import Item, Skipped
from costeer_cli.importers.source import Entry, Source
from costeer_cli.store.document import Document, tidy, utc

# Of each kind of item: its text, its title, what it answers.
_KINDS = {
    "abstract": ("abstract", "title", ""),
    "review": ("reviewText", "summary", "description"),
    "post": ("content", "", "summary"),
    "movie": ("description", "", ""),
    "text": ("text", "title", ""),
}
_WHO = ("name", "author", "reviewerId")
_MOST = 200 * 1024 * 1024  # bytes of outputs; the largest has 20


class Lamp:
    """`*_questions.json`; many people in one file, each text tagged `person:<id>`."""

    name = "lamp"

    def sniff(self, source: Source) -> bool:
        """A JSON list of objects with `id`, `input` and `profile`."""
        entry = source.single
        if entry is None or entry.suffix != ".json":
            return False
        return begins_with(entry, "id", "input", "profile") and not begins_with(entry, "output")

    def read(self, source: Source, me: Identity) -> Iterator[Item]:  # noqa: ARG002
        """What everybody wrote before; what they are to write now is left out."""
        yield from texts(_lamp(source, {}))


class LongLamp:
    """Rows with `input`, `output`, `profile` and who it is; each text tagged `person:<id>`."""

    name = "longlamp"

    def sniff(self, source: Source) -> bool:
        """A list of such objects as JSON or JSON lines, by the names in its first row."""
        entry = source.single
        if entry is None or entry.suffix not in (".json", ".jsonl", ".ndjson"):
            return False
        kinds = (("reviewText",), ("abstract",), ("summary", "content"))
        return any(
            begins_with(entry, who, "input", "output", "profile", *kind)
            for who in _WHO
            for kind in kinds
        )

    def read(self, source: Source, me: Identity) -> Iterator[Item]:  # noqa: ARG002
        """What everybody wrote before; what they are to write now is left out."""
        yield from texts(_longlamp(source))


def people(source: Source) -> Iterator[Person]:
    """Everybody in a file of either set; in LaMP with the outputs that lie beside the questions.

    Raises:
        BadInputError: a row is broken, or there is none.
    """
    if LongLamp().sniff(source):
        return whole(_longlamp(source), source)
    return whole(_lamp(source, _golds(source)), source)


def _lamp(source: Source, golds: dict[str, str]) -> Iterator[Person | Skipped]:
    for where, row in _rows(source):
        if isinstance(row, Skipped):
            yield row
            continue
        number, asked, before = string(row.get("id")), row.get("input"), row.get("profile")
        if not number or not isinstance(asked, str) or not isinstance(before, list):
            yield Skipped(where, "broken")
            continue
        start = f"{source.entries[0].native_id}#{number}"
        history = _history(before, Lamp.name, start, number)
        yield Person(number, tidy(asked), golds.get(number, ""), history)


def _longlamp(source: Source) -> Iterator[Person | Skipped]:
    for place, (where, row) in enumerate(_rows(source)):
        if isinstance(row, Skipped):
            yield row
            continue
        who = next((known for name in _WHO if (known := string(row.get(name)))), "")
        asked, gold, before = row.get("input"), row.get("output"), row.get("profile")
        if not (who and isinstance(asked, str) and isinstance(gold, str)):
            yield Skipped(where, "broken")
            continue
        start = f"{source.entries[0].native_id}#{place}"
        history = _history(before if isinstance(before, list) else [], LongLamp.name, start, who)
        yield Person(who, tidy(asked), tidy(gold), history)


def _rows(source: Source) -> Iterator[tuple[str, Row | Skipped]]:
    (entry,) = source.entries
    number = 0
    try:
        for number, row in enumerate(rows(entry), 1):
            where = f"{entry.where} row {number}"
            yield where, Skipped(where, "broken") if row is None else row
    except OSError:
        yield entry.where, Skipped(f"{entry.where} row {number + 1}", "unreadable")


def _history(before: list[Any], source: str, start: str, person: str) -> tuple[Document, ...]:
    return tuple(
        _document(item, source, f"{start}/{string(item.get('id')) or place}", person)
        for place, item in enumerate(before)
        if isinstance(item, dict)
    )


def _document(item: dict[str, Any], source: str, native_id: str, person: str) -> Document:
    kind = next((kind for kind, names in _KINDS.items() if names[0] in item), "")
    text, title, prompt = (item.get(name) for name in _KINDS.get(kind, ("", "", "")))
    year = string(item.get("year"))
    return Document(
        text=tidy(text) if isinstance(text, str) else "",
        source=source,
        native_id=native_id,
        title=tidy(string(title)),
        kind="" if kind == "text" else kind,
        prompt=tidy(string(prompt)),
        created_at=utc(item.get("date")) or utc(f"{year}-01-01" if year else "") or "",
        tags=(tag(person),),
    )


def _golds(source: Source) -> dict[str, str]:
    """What is to be written, by question; empty where no outputs lie beside the questions."""
    entry = _outputs(source)
    if entry is None:
        return {}
    try:
        with entry.open() as file:
            whole_file = json.loads(file.read(_MOST))
        golds = whole_file["golds"]
        return {string(gold["id"]): tidy(string(gold["output"])) for gold in golds}
    except (OSError, ValueError, RecursionError, KeyError, TypeError):
        raise BadInputError(
            f"{entry.where} is not the outputs of a LaMP task.", hint="Fetch the set again."
        ) from None


def _outputs(source: Source) -> Entry | None:
    (entry,) = source.entries
    base = entry.base.replace("questions", "outputs")
    if base == entry.base:
        return None
    around = Source(source.path)
    if around.kind == "file":
        beside = source.path.with_name(base)
        return Source(beside).single if beside.is_file() else None
    name = entry.name.removesuffix(entry.base) + base
    return next((other for other in around.entries if other.name == name), None)
