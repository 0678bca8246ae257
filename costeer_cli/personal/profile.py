"""One profile: who writes and how, parsed from TOML that a person can read and edit."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from costeer_cli.errors import BadInputError
from costeer_cli.personal.fields import Table
from costeer_cli.store.document import Document

KINDS = ("person", "preference")
TOPICS = ("language", "length", "greetings", "tone", "words", "spelling")
"""What can be measured of how somebody writes: the keys of [voice.learned]."""
_TABLES = ("voice", "identity", "demo", "defaults", "history", "texts")
_KEYS = ("name", "title", "kind", "facts", "protected", *_TABLES)
_HISTORY = ("tags", "sources", "kinds", "after", "before")
_NUMBERS = ("strength", "expert", "temperature", "soften", "mix", "clip", "gate")
_STRINGS = ("model", "provider")
_TEXT_KEYS = ("title", "kind", "prompt", "created_at", "text")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_PLACE = re.compile(r"line (\d+), column (\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A profile.

    Attributes:
        name: what it is called by: a-z, 0-9 and hyphens, at most 64.
        title: one line for people.
        kind: "person" (somebody who writes) or "preference" (how any text should be).
        facts: true sentences about the person.
        voice: how they write, in plain words: their own, and what was learned.
        learned: the part of it that was measured, by topic (see TOPICS).
        identity_names, identity_emails: what they go by.
        protected: values that must never leave this machine as they are.
        demo_prompt: a prompt that shows the profile off.
        defaults: any of strength, expert (its weight), temperature, soften, mix, clip, gate
            (floats), model, provider (strings).
        history_tags, history_sources, history_kinds: which unbound documents it reads; () for
            all.
        history_after, history_before: of these, those written from this moment on, or before it;
            ISO 8601 in UTC, '' for no limit.
        texts: what the profile itself brings, bound to it, source `profile:<name>`.
        toml: the text it was parsed from.
    """

    name: str
    title: str
    kind: str = "person"
    facts: tuple[str, ...] = ()
    voice: str = ""
    learned: dict[str, str] = field(default_factory=dict)
    identity_names: tuple[str, ...] = ()
    identity_emails: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    demo_prompt: str = ""
    defaults: dict[str, float | str]
    history_tags: tuple[str, ...] = ()
    history_sources: tuple[str, ...] = ()
    history_kinds: tuple[str, ...] = ()
    history_after: str = ""
    history_before: str = ""
    texts: tuple[Document, ...] = ()
    toml: str


def parse_profile(toml: str, origin: str) -> Profile:
    """The profile that `toml` describes.

    Args:
        toml: the whole text.
        origin: a file's or profile's name, for messages.

    Raises:
        BadInputError: not TOML, an unknown key, or a value of the wrong type, by its place.
    """
    top = Table(load_toml(toml, origin), origin, *_KEYS)
    name = check_name(top.string("name"), origin)
    kind = top.string("kind") or "person"
    if kind not in KINDS:
        raise BadInputError(f'{origin}: "kind" must be one of {", ".join(KINDS)}.')
    identity = top.table("identity", "names", "emails")
    history = top.table("history", *_HISTORY)
    after, before = history.moment("after"), history.moment("before")
    if after and before and after >= before:
        raise BadInputError(
            f'{history.where}: "before" must be later than "after".',
            hint="What was written on the day of after is read, that of before is not.",
        )
    voice = top.table("voice", "description", "learned")
    learned = _texts(voice.table("learned", *TOPICS), TOPICS)
    return Profile(
        name=name,
        title=top.string("title") or name,
        kind=kind,
        facts=top.strings("facts"),
        voice="\n".join(filter(None, [voice.string("description"), *learned.values()])),
        learned=learned,
        identity_names=identity.strings("names"),
        identity_emails=identity.strings("emails"),
        protected=top.strings("protected"),
        demo_prompt=top.table("demo", "prompt").string("prompt"),
        defaults=_defaults(top.table("defaults", *_NUMBERS, *_STRINGS)),
        history_tags=history.strings("tags"),
        history_sources=history.strings("sources"),
        history_kinds=history.strings("kinds"),
        history_after=after,
        history_before=before,
        texts=tuple(
            _text(table, name, number)
            for number, table in enumerate(top.tables("texts", *_TEXT_KEYS), 1)
        ),
        toml=toml,
    )


def check_name(name: str, origin: str = "The profile") -> str:
    """`name`, if a profile may be called so.

    Raises:
        BadInputError: it may not.
    """
    if not _NAME.fullmatch(name):
        raise BadInputError(
            f'{origin}: "name" must be 1 to 64 of a-z, 0-9 and "-", beginning with a letter or'
            " digit.",
            hint="For instance: jon-smith",
        )
    return name


def load_toml(toml: str, origin: str) -> dict[str, Any]:
    """The values of a TOML text.

    Raises:
        BadInputError: it is not TOML, with line and column but none of the text.
    """
    try:
        return tomllib.loads(toml)
    except (ValueError, RecursionError) as error:  # ValueError: also numbers of 4301 digits
        # The parser's own words may quote the text, so only the place is told.
        place = _PLACE.search(str(error))
        where = f" at line {place[1]}, column {place[2]}" if place else ""
        if "end of document" in str(error):
            where = " at its end: something is left open"
        raise BadInputError(
            f"{origin}: not valid TOML{where}.",
            hint='Texts need quotes: title = "..."; several lines need three of them: """...""".',
        ) from None


def _defaults(table: Table) -> dict[str, float | str]:
    found: dict[str, float | str] = {}
    for key in _NUMBERS:
        if (number := table.number(key)) is not None:
            found[key] = number
    return found | _texts(table, _STRINGS)


def _texts(table: Table, keys: Sequence[str]) -> dict[str, str]:
    return {key: text for key in keys if (text := table.string(key))}


def _text(table: Table, name: str, number: int) -> Document:
    text = table.string("text")
    if not text:
        raise BadInputError(f'{table.where}: "text" is missing or empty.')
    return Document(
        text=text,
        source=f"profile:{name}",
        native_id=str(number),
        title=table.string("title"),
        kind=table.string("kind"),
        prompt=table.string("prompt"),
        created_at=table.moment("created_at"),
        profile=name,
    )
