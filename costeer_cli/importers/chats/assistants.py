"""What exports of assistants share: arrays of conversations, and the prompts in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from costeer_cli.errors import BadInputError
from costeer_cli.importers.chats.pull import Pull, PullError, pulling
from costeer_cli.importers.chats.quotes import own_prompt
from costeer_cli.importers.chats.shapes import mapping
from costeer_cli.importers.protocol import Item, Skipped
from costeer_cli.importers.reading import note_old_encoding, too_little
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
    number = 0
    try:
        with pulling(entry) as pull:
            if pull.peek() not in ("[", ""):
                raise BadInputError(f"{entry.where} is not an export of conversations.")
            for _ in pull.array():
                number += 1
                where = f"{entry.where} conversation {number}"
                conversation = mapping(pull.value())
                yield (where, conversation) if conversation else Skipped(where, "broken")
            yield from said_of(pull, entry)
    except PullError as error:
        yield Skipped(f"{entry.where} conversation {number}", error.reason)


def said_of(pull: Pull, entry: Entry) -> Iterator[Item]:
    """What is to be noted when a file has been read."""
    if pull.old:
        yield note_old_encoding(entry.where)
