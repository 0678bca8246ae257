"""What exports of assistants share: arrays of conversations, and the prompts in them."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from costeer_cli.errors import BadInputError
from costeer_cli.importers.chats.quotes import own_prompt
from costeer_cli.importers.identity import Identity
from costeer_cli.importers.layout import alone, inside, start
from costeer_cli.importers.protocol import Item, Note, Skipped
from costeer_cli.importers.pull import elements
from costeer_cli.importers.reading import too_little
from costeer_cli.importers.shapes import mapping
from costeer_cli.importers.source import Entry, Source
from costeer_cli.store.document import Document

_ARRAY = re.compile(r"\[\s*\{")


class Assistant(ABC):
    """What the person typed to an assistant, a prompt a document.

    Prompts are orders more than prose: their kind is "prompt" and their source the assistant's
    name, by which a profile may leave them out. The export names nobody else, so nothing need be
    known of the person.

    Attributes:
        name: the importer's.
        called: what people call it.
        files: the names of the files with conversations.
        companions: files, in lower case, that come beside them.
        key: what every conversation has, and no other assistant's.
    """

    name: ClassVar[str]
    called: ClassVar[str]
    files: ClassVar[re.Pattern[str]]
    companions: ClassVar[tuple[str, ...]]
    key: ClassVar[str]

    def sniff(self, source: Source) -> bool:
        """An array of conversations with `key`, alone or at the top of a zip or folder."""
        beginnings = map(start, self._files(source))
        return any(_ARRAY.match(one) and f'"{self.key}"' in one for one in beginnings)

    def read(self, source: Source, me: Identity) -> Iterator[Item]:  # noqa: ARG002
        """The prompts, one conversation after another."""
        for entry in self._files(source):
            for found in conversations(entry):
                if isinstance(found, tuple):
                    yield from self.prompts(*found)
                else:
                    yield found

    @abstractmethod
    def prompts(self, where: str, conversation: dict[str, Any]) -> Iterator[Item]:
        """The prompts of one conversation."""

    def about(self, native_id: str, title: str, at: datetime | None) -> Document:
        """A document without its text."""
        return Document(
            text="",
            source=self.name,
            native_id=native_id,
            title=title,
            recipient=self.called,
            created_at=at.isoformat() if at else "",
        )

    def _files(self, source: Source) -> list[Entry]:
        """The files with conversations; shards in their order."""
        if source.single:
            return [source.single] if source.single.suffix == ".json" else []
        found = inside(source)
        files = {name: entry for name, entry in found if self.files.fullmatch(name)}
        return [files[name] for name in sorted(files)] if alone(found, *self.companions) else []


def prompt(text: str, where: str, about: Document) -> Iterator[Item]:
    """The person's own part of one prompt.

    Args:
        text: as it was sent.
        where: the file and the place in it.
        about: the document without its text.
    """
    own, pasted = own_prompt(text)
    if pasted:
        yield Skipped(where, "others")
    if own or not pasted:
        yield too_little(own, where) or replace(about, text=own, kind="prompt")


def conversations(entry: Entry) -> Iterator[tuple[str, dict[str, Any]] | Item]:
    """The objects in a file that is one array, each with its place, in a `Skipped` what is none.

    Raises:
        BadInputError: the file is no array.
    """
    beginning = start(entry)
    if beginning and not beginning.startswith("["):
        raise BadInputError(f"{entry.where} is not an export of conversations.")
    for number, value in enumerate(elements(entry), 1):
        where = f"{entry.where} conversation {number}"
        if isinstance(value, Skipped | Note):
            yield value
        elif conversation := mapping(value):
            yield where, conversation
        else:
            yield Skipped(where, "broken")
