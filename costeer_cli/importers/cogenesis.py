"""CoGenesis (arXiv 2403.03129): made-up people, their facts, and what they wrote."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from costeer_cli.importers.identity import Identity
from costeer_cli.importers.json_rows import begins_with, rows
from costeer_cli.importers.people import Person, string, tag, texts, whole
from costeer_cli.importers.protocol import Item, Skipped
from costeer_cli.importers.source import Source
from costeer_cli.store.document import Document, tidy

_FACTS = frozenset(
    {"Age", "Name", "Occupation", "Location", "Personal_traits", "Writing_style", "Privacy_info"}
    | {"Smart_device_usage", "Ai_assistant_usage"}
)


class CoGenesis:
    """`train.json`, `dev.json` and `test.json` of the context-aware part.

    There are many people in one file, and nobody is asked which one the person is: all are taken,
    each text tagged `person:<tid>`.
    """

    name = "cogenesis"

    def sniff(self, source: Source) -> bool:
        """A JSON list of objects with the keys of the set."""
        entry = source.single
        keys = ("tid", "conversations", "profile", "additional_profile")
        return entry is not None and entry.suffix == ".json" and begins_with(entry, *keys)

    def read(self, source: Source, me: Identity) -> Iterator[Item]:  # noqa: ARG002
        """What everybody wrote before; what they are to write now is left out."""
        yield from texts(_people(source))


def people(source: Source) -> Iterator[Person]:
    """Everybody in a file of the set.

    Raises:
        BadInputError: a row is broken, or there is none.
    """
    return whole(_people(source), source)


def facts(text: str) -> dict[str, tuple[str, ...]]:
    """What is known of one person, by name, from lines of `Name: phrase; phrase`.

    A line that begins with none of the known names goes on with the line before.
    """
    found: dict[str, str] = {}
    name = ""
    for line in text.splitlines():
        start, colon, rest = line.partition(":")
        if colon and start.strip() in _FACTS:
            name, line = start.strip(), rest  # noqa: PLW2901
        if name:
            found[name] = f"{found.get(name, '')} {line.strip()}".strip()
    return {
        name: tuple(phrase for part in value.split(";") if (phrase := part.strip()))
        for name, value in found.items()
    }


def _people(source: Source) -> Iterator[Person | Skipped]:
    (entry,) = source.entries
    try:
        for number, row in enumerate(rows(entry), 1):
            where = f"{entry.where} row {number}"
            yield (_person(row) if row else None) or Skipped(where, "broken")
    except OSError:
        yield Skipped(entry.where, "unreadable")


def _person(row: dict[str, Any]) -> Person | None:
    number, said, before = string(row.get("tid")), row.get("conversations"), row.get("profile")
    if not number or not isinstance(said, list) or not isinstance(before, list):
        return None
    about = row.get("additional_profile")
    known = facts(about) if isinstance(about, str) else {}
    name = " ".join(known.get("Name", ()))
    turns = {
        turn.get("from"): tidy(turn["value"])
        for turn in reversed(said)
        if isinstance(turn, dict)
        and isinstance(turn.get("from"), str)
        and isinstance(turn.get("value"), str)
    }
    return Person(
        id=number,
        prompt=turns.get("user", ""),
        gold=turns.get("assistant", ""),
        history=tuple(
            _document(item, number, place, name)
            for place, item in enumerate(before)
            if isinstance(item, dict)
        ),
        about=known,
    )


def _document(item: dict[str, Any], person: str, place: int, name: str) -> Document:
    asked, text = string(item.get("title")), item.get("text")
    return Document(
        text=tidy(text) if isinstance(text, str) else "",
        source=CoGenesis.name,
        native_id=f"{person}/{string(item.get('id')) or place}",
        title=tidy(asked.partition(":")[0]),
        prompt=tidy(asked),
        author=name,
        tags=(tag(person),),
    )
