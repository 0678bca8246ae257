"""To whom texts were written: found again by any of the names in "Anna Berg <anna@x.org>"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from costeer_cli.store.connection import Connection
from costeer_cli.store.ranking import folded, tokens

_DOMAIN = re.compile(r"@[\w.-]+\.\w+")
_SHORTEST = 2  # characters; an initial names nobody


def name_words(recipient: str) -> set[str]:
    """The words (folded) that name a recipient; a mail address counts up to its @."""
    words = {folded(word) for word in tokens(_DOMAIN.sub(" ", recipient))}
    return {word for word in words if len(word) >= _SHORTEST and not word.isdecimal()}


def remember(connection: Connection, recipients: Iterable[str]) -> None:
    """Make these recipients findable."""
    connection.executemany(
        "INSERT OR IGNORE INTO addressed (word, recipient) VALUES (?, ?)",
        [(word, recipient) for recipient in recipients for word in name_words(recipient)],
    )


def forget_unused(connection: Connection) -> None:
    """Forget the names of those to whom no text is left."""
    connection.execute(
        "DELETE FROM addressed WHERE NOT EXISTS"
        " (SELECT 1 FROM documents WHERE documents.recipient = addressed.recipient)"
    )
