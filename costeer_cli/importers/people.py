"""The people of a research set: what each was asked, what they wrote then and before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from costeer_cli.errors import BadInputError
from costeer_cli.importers.protocol import Item, Skipped
from costeer_cli.importers.reading import too_little
from costeer_cli.importers.source import Source
from costeer_cli.store.document import Document


@dataclass(frozen=True, slots=True)
class Person:
    """One row of a set.

    Attributes:
        id: as the set has it; one person may have several rows.
        prompt: what is to be written.
        gold: what they wrote; '' where the set does not tell.
        history: what they wrote before; each is tagged `person:<id>`.
        about: what is known of them, by name; each a list of short phrases.
    """

    id: str
    prompt: str
    gold: str
    history: tuple[Document, ...]
    about: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def tag(person: str) -> str:
    """The label of what a person wrote."""
    return f"person:{person}"


def texts(found: Iterator[Person | Skipped]) -> Iterator[Item]:
    """What everybody wrote before, for the history."""
    for one in found:
        if isinstance(one, Skipped):
            yield one
            continue
        for document in one.history:
            yield too_little(document.text, document.native_id) or document


def whole(found: Iterator[Person | Skipped], source: Source) -> Iterator[Person]:
    """Everybody, where nothing may be missing.

    Raises:
        BadInputError: a row is broken, or there is none.
    """
    some = False
    for one in found:
        if isinstance(one, Skipped):
            raise BadInputError(f"{one.where} is {one.reason}.", hint="Fetch the set again.")
        some = True
        yield one
    if not some:
        raise BadInputError(f"There is nobody in {source.path}.", hint="Fetch the set again.")


def string(value: object) -> str:
    """A string, or a whole number written out; '' for all else."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).strip()
