"""The prompt: from arguments, from stdin, or both."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from itertools import groupby

from costeer_cli.errors import BadInputError, UsageError
from costeer_cli.store.document import tidy


def read_prompt(parts: Sequence[str]) -> str:
    """Join the arguments; `-` among them stands for stdin, which is also read without any.

    Arguments are words of one text, so that quotes may be forgotten; stdin is a paragraph of its
    own. It is not touched where a prompt is given without `-`: an open pipe that nobody writes to
    would hang.

    Raises:
        UsageError: nothing was asked for.
        BadInputError: stdin is not text.
    """
    if not parts and sys.stdin.isatty():
        raise UsageError(
            "There is no prompt.", hint='Say what to write: costeer write "a short note ..."'
        )
    wanted = list(parts) or ["-"]
    if wanted.count("-") > 1:
        raise UsageError("Stdin (-) can stand in the prompt only once.")
    paragraphs = (
        _stdin() if is_stdin else " ".join(words)
        for is_stdin, words in groupby(wanted, key=lambda part: part == "-")
    )
    return tidy("\n\n".join(filter(None, paragraphs)))


def _stdin() -> str:
    content = sys.stdin.buffer.read()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInputError(
            "What came on stdin is not UTF-8 text.", hint="Convert it first, for example by iconv."
        ) from error
    if "\0" in text:
        raise BadInputError("What came on stdin is binary.", hint="Give text.")
    return text.strip()
