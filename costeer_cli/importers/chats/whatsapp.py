"""WhatsApp chats: `_chat.txt` or `WhatsApp Chat with X.txt`, alone or in the zip it came in."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from costeer_cli.errors import BadInputError
from costeer_cli.importers.chats.bursts import Message, Said, Turn, bursts
from costeer_cli.importers.chats.quotes import LONGEST
from costeer_cli.importers.chats.whatsapp_lines import DateOrder, Head, Order, head, moment
from costeer_cli.importers.chats.whatsapp_marks import typed
from costeer_cli.importers.decoding import Decoded
from costeer_cli.importers.identity import Identity
from costeer_cli.importers.layout import folder, inside
from costeer_cli.importers.protocol import Item, Note, Skipped
from costeer_cli.importers.reading import note_old_encoding
from costeer_cli.importers.shapes import line as one_line
from costeer_cli.importers.source import Entry, Source
from costeer_cli.store.document import Document, tidy

_MOST_SENDERS = 5_000
_NAMED = re.compile(
    r"(?:(?:chat|discussion|conversa|чат|czat)[\s_](?:d[eo][\s_]|no[\s_])?)?whatsapp[\s_-](?:chat[\s_])?"
    r"(?:-|with|mit|con|avec|com|met|med|с контактом|с|z)[\s_]+(.+?)(?: ?\(\d+\))?",
    re.IGNORECASE,
)
_SENDER = re.compile(r"([^\n]{1,80}?)\s?:(?:\s|\Z)")
_FILE = re.compile(r"\.(?:txt|zip)\Z", re.IGNORECASE)


class WhatsApp:
    """The person's messages, several in a row as one document.

    The person is the sender whose name is known. Times are taken as they stand, for UTC. Where a
    file's dates do not show whether day or month comes first, the texts are kept without dates.
    """

    name = "whatsapp"

    def sniff(self, source: Source) -> bool:
        """A text file that begins as WhatsApp's do, alone or as the only one in a zip."""
        return _chat(source) is not None

    def read(self, source: Source, me: Identity) -> Iterator[Item]:
        """The messages, as they stream by; the file is read twice.

        Raises:
            BadInputError: nothing is known of the person, or no message can be told from another.
        """
        me.require("a WhatsApp chat")
        entry = _chat(source)
        if entry is None:
            raise BadInputError(f"{source.path} is not a WhatsApp chat.")
        survey, decoded = _Survey(me), Decoded(entry)
        title = _title(source, entry)
        chat = _Chat(entry.where, title, survey)
        try:
            survey.look(decoded)
            if not survey.any:
                raise BadInputError(
                    f"{entry.where} is a WhatsApp chat whose dates are in an unknown form.",
                    hint="Export it again with the phone set to English.",
                )
            mine = chat.mine = survey.mine
            others = survey.senders - mine
            about = Document(
                text="",
                source=self.name,
                title=title,
                kind="message",
                author=min(mine, default=""),
                recipient=title or (next(iter(others)) if len(others) == 1 else ""),
            )
            yield from bursts(chat.messages(decoded), about)
        except OSError:
            yield Skipped(entry.where, "unreadable")
            return
        if decoded.old:
            yield note_old_encoding(entry.where)
        if not mine:
            yield Note(entry.where, "nobody in the chat is known to be you")
        if chat.undated:
            yield Note(entry.where, "day and month cannot be told apart, dates left out")


@dataclass(slots=True)
class _Survey:
    """What must be known of a whole file before its first message can be read.

    Attributes:
        me: who the person is.
        any: whether there was a message.
        senders: everybody's name.
        order: whether day or month comes first.
    """

    me: Identity
    any: bool = False
    senders: set[str] = field(default_factory=set)
    order: Order = "unknown"
    _second: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    _count: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def look(self, lines: Iterable[tuple[int, str | None]]) -> None:
        """Read all lines."""
        order = DateOrder()
        for _, line in lines:
            if seen := head((line or "").rstrip("\r\n")):
                self.any = True
                order.add(seen)
                self._meet(seen.rest)
        self.order = order.found
        self.senders = {
            f"{name}: {next(iter(self._second[name]))}" if self._is_half(name) else name
            for name in self._count
        }

    def sender(self, rest: str) -> tuple[str, str]:
        """Who sent a message, and its text; '' where WhatsApp itself speaks."""
        name, text = _split(rest)
        if name and self._is_half(name):
            more, text = _split(text)
            return f"{name}: {more}", text
        return name, text

    @property
    def mine(self) -> set[str]:
        """The person's names in this chat.

        A name with a tilde is what strangers call themselves, so it is the person's only where no
        other is.
        """
        mine = {name for name in self.senders if self.me.has(name)}
        plain = {name for name in mine if not name.startswith("~")}
        return plain or mine

    def _meet(self, rest: str) -> None:
        name, text = _split(rest)
        if not name or (name not in self._count and len(self._count) >= _MOST_SENDERS):
            return
        self._count[name] += 1
        if len(self._second[name]) < 2:
            self._second[name].add(_split(text)[0])

    def _is_half(self, name: str) -> bool:
        """Whether the name itself holds a colon: what follows it is always the same, up to one."""
        second = self._second.get(name, set())
        if len(second) != 1 or "" in second:
            return False
        return self._count[name] > 3 or self.me.has(f"{name}: {next(iter(second))}")


@dataclass(slots=True)
class _Chat:
    """The messages in one file.

    Attributes:
        mine: the person's names in it.
        undated: whether a date was not sure.
    """

    where: str
    title: str
    survey: _Survey
    mine: set[str] = field(default_factory=set)
    undated: bool = False

    def messages(self, lines: Iterable[tuple[int, str | None]]) -> Iterator[Said]:
        """The messages; what stands before the first belongs to nobody."""
        seen: Head | None = None
        place, kept, size = f"{self.where} line 1", list[str](), 0
        for number, raw in lines:
            line = (raw or "").rstrip("\r\n")
            length = LONGEST + 1 if raw is None else len(line) + 1
            begun = head(line)
            if begun is None:
                size += length
                if size <= LONGEST:  # beyond that the message is passed over as a whole
                    kept.append(line)
                continue
            yield from self._message(seen, kept, size, place)
            seen, place = begun, f"{self.where} line {number}"
            kept, size = [begun.rest], length
        yield from self._message(seen, kept, size, place)

    def _message(self, seen: Head | None, kept: list[str], size: int, place: str) -> Iterator[Said]:
        if seen is None:
            if tidy("\n".join(kept)):
                yield Skipped(place, "others")
            return
        sender, first = self.survey.sender(kept[0])
        if not sender:
            yield Skipped(place, "others")
        elif sender not in self.mine:
            yield Turn(place)
        elif size > LONGEST:
            yield Skipped(place, "large")
        else:
            whole = tidy("\n".join([first, *kept[1:]]))
            text = typed("\n".join([first, *kept[1:]]))
            if not text and whole:
                yield Skipped(place, "others")
                return
            at, sure = moment(seen, self.survey.order)
            self.undated |= not sure
            name = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
            yield Message(place, f"{self.title}/{seen.stamp}/{name}", text, at, dated=sure)


def _chat(source: Source) -> Entry | None:
    """The chat in a file or a zip, where it is surely one and the only text."""
    if source.single:
        return source.single if _is_chat(source.single) else None
    texts = [entry for name, entry in inside(source) if name.lower().endswith(".txt")]
    if source.kind != "zip" or len(texts) != 1:
        return None
    return texts[0] if _is_chat(texts[0]) else None


def _is_chat(entry: Entry) -> bool:
    if entry.suffix != ".txt":
        return False
    if entry.base.lower() == "_chat.txt" or _NAMED.fullmatch(_FILE.sub("", entry.base)):
        return True
    # Of another name, it is one where its beginning is full of messages.
    beginning = entry.head().decode("utf-8", "replace").splitlines()
    lines = [line for line in beginning if line.strip("\ufeff ")]
    heads = [head(line) for line in lines]
    senders = [seen for seen in heads if seen and _split(seen.rest)[0]]
    return len(senders) > 1 and (heads[0] is not None or 2 * len(senders) >= len(lines))


def _split(rest: str) -> tuple[str, str]:
    """`Name: text` in two; ('', rest) where no name is."""
    match = _SENDER.match(rest)
    return (one_line(match[1]), rest[match.end() :]) if match else ("", rest)


def _title(source: Source, entry: Entry) -> str:
    """The chat's name, from the file's, the zip's or the folder's."""
    for name in (entry.base, source.path.name, folder(entry.name), source.path.parent.name):
        found = _NAMED.fullmatch(_FILE.sub("", name))
        if found:
            return one_line(found[1].replace("_", " "))
    return ""
