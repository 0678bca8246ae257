"""A text and what is known of it, from the named fields of a JSON object or a table's row."""

from __future__ import annotations

from collections.abc import Mapping

from costeer_cli.importers.identity import Identity, comparable
from costeer_cli.importers.protocol import Note
from costeer_cli.store.document import Document, tidy, utc

TEXTS = ("text", "content", "body")
_RECIPIENTS = ("recipient", "to", "channel")


def text_of(fields: Mapping[str, object]) -> str | None:
    """The text, tidied; None where there is none, or it is no string."""
    found = next((fields[name] for name in TEXTS if fields.get(name) is not None), None)
    return tidy(found) if isinstance(found, str) else None


def document_of(
    fields: Mapping[str, object], text: str, source: str, where: str
) -> tuple[Document, list[Note]]:
    """`text` with what the other fields say of it; what they cannot mean is left out, with a note.

    Args:
        fields: `id`, `title`, `created_at` (ISO 8601, or seconds since 1970), `author`, `kind`,
            `prompt`, `recipient` (or `to`, `channel`), `signature`, `tags` (a list, or words
            between commas), `profile`; others are left alone.
        text: tidied.
        source: the document's.
        where: for the notes.
    """
    notes: list[Note] = []

    def string(*names: str) -> str:
        for name in names:
            value = fields.get(name)
            if isinstance(value, str):
                if value.strip():
                    return tidy(value)
            elif isinstance(value, int | float) and not isinstance(value, bool):
                return str(value)
            elif value is not None:
                notes.append(Note(where, f'"{name}" is not a word, left out'))
        return ""

    moment = utc(_number(fields.get("created_at")))
    if moment is None:
        notes.append(Note(where, '"created_at" is no date in ISO 8601, left out'))
    tags = fields.get("tags") or []
    if isinstance(tags, str):
        tags = [tag.strip() for tag in tags.split(",")]
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        notes.append(Note(where, '"tags" is not a list of words, left out'))
        tags = []
    document = Document(
        text=text,
        source=source,
        native_id=string("id"),
        title=string("title"),
        kind=string("kind"),
        prompt=string("prompt"),
        author=string("author"),
        recipient=string(*_RECIPIENTS),
        signature=string("signature"),
        created_at=moment or "",
        tags=tuple(tag for tag in tags if tag),
        profile=string("profile") or None,
    )
    return document, notes


class Own:
    """Tells the person's rows from other people's, by the author that each names.

    Args:
        me: who the person is.
        what: what the rows are in, for the error.
    """

    def __init__(self, me: Identity, what: str) -> None:
        self._me = me
        self._what = what
        self._one = ""

    def __call__(self, author: str) -> bool:
        """Whether a row by `author` ('' where nobody is named) is the person's.

        Of somebody who said nothing about themselves everything is, as long as all is by one.

        Raises:
            UnknownPersonError: a second author, and nothing is known of the person.
        """
        if not author or self._me.values:
            return not author or self._me.has(author)
        self._one = self._one or comparable(author)
        if comparable(author) != self._one:
            self._me.require(self._what)
        return True


def _number(value: object) -> object:
    """Seconds that were written as a string, as numbers."""
    digits = isinstance(value, str) and value.strip().isdecimal() and len(value) > 8
    return int(str(value)) if digits and len(str(value)) < 20 else value
