"""Messages as they follow each other in a chat, and documents made of those that belong together.

People press Enter in the middle of a thought; so what one person says within two minutes, while
nobody else speaks, is one text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from costeer_cli.importers.chats.quotes import LONGEST, own_words
from costeer_cli.importers.protocol import Item, Note, Skipped
from costeer_cli.importers.reading import too_little
from costeer_cli.store.document import Document

_PAUSE = 120.0  # seconds
_MOST = 20_000  # characters in a document


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the person's own.

    Attributes:
        where: the file and the place in it.
        native_id: the service's own, the same in every export.
        text: as it was written, with nothing of the service's left in it.
        at: when; where the day is not sure, still right against other messages of the chat.
        dated: whether the day is sure.
        thread: messages of different threads are never one text.
    """

    where: str
    native_id: str
    text: str
    at: datetime | None
    dated: bool = True
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """Somebody else spoke."""

    where: str


Said = Message | Turn | Skipped | Note


def bursts(said: Iterable[Said], about: Document, *, to_the_end: bool = False) -> Iterator[Item]:
    """The documents in one chat, as its messages stream by.

    Args:
        said: the chat's messages; a `Skipped` among them does not end a burst, a `Turn` does.
        about: what is true of all of them; text, native_id and created_at are filled in.
        to_the_end: see `own_words`.
    """
    burst: list[Message] = []
    size = 0
    for one in said:
        if isinstance(one, Skipped | Note):
            yield one
            continue
        if isinstance(one, Turn):
            yield from _document(burst, about)
            burst = []
            yield Skipped(one.where, "others")
            continue
        if len(one.text) > LONGEST:
            yield Skipped(one.where, "large")
            continue
        text, quoted = own_words(one.text, to_the_end=to_the_end)
        if quoted:
            yield Skipped(one.where, "others")
        if not text:
            if not quoted:
                yield Skipped(one.where, "empty")
            continue
        if burst and (size > _MOST or not _belong(burst[-1], one)):
            yield from _document(burst, about)
            burst = []
        size = len(text) + (size if burst else 0)
        burst.append(replace(one, text=text))
    yield from _document(burst, about)


def _belong(last: Message, this: Message) -> bool:
    if last.at is None or this.at is None or last.thread != this.thread:
        return False
    return abs((this.at - last.at).total_seconds()) <= _PAUSE


def _document(burst: list[Message], about: Document) -> Iterator[Item]:
    if not burst:
        return
    first = burst[0]
    text = "\n".join(one.text for one in burst)
    if little := too_little(text, first.where):
        yield little
        return
    yield replace(
        about,
        text=text,
        native_id=first.native_id,
        created_at=first.at.isoformat() if first.at and first.dated else "",
    )
