"""What exports of assistants share: arrays of conversations, and the prompts in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from costeer_cli.errors import BadInputError
from costeer_cli.importers.chats.layout import start
from costeer_cli.importers.chats.pull import elements
from costeer_cli.importers.chats.quotes import own_prompt
from costeer_cli.importers.chats.shapes import mapping
from costeer_cli.importers.protocol import Item, Note, Skipped
from costeer_cli.importers.reading import too_little
from costeer_cli.importers.source import Entry
from costeer_cli.store.document import Document


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
        document = Document(
            text=own,
            source=about.source,
            native_id=about.native_id,
            title=about.title,
            kind="prompt",
            recipient=about.recipient,
            created_at=about.created_at,
        )
        yield too_little(own, where) or document


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
