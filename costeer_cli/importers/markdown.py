"""Markdown notes: one file, one document."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from costeer_cli.importers.identity import Identity
from costeer_cli.importers.names import dated_name
from costeer_cli.importers.protocol import Item, Note, Skipped
from costeer_cli.importers.reading import read_text, too_little
from costeer_cli.importers.source import Entry, Source
from costeer_cli.store.document import Document, tidy, utc

SUFFIXES = frozenset({".md", ".markdown"})
_LONGEST_BLOCK = 64 * 1024  # characters
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_QUOTE = re.compile(r" {0,3}>")
_HEADING = re.compile(r"#[ \t]+(.+?)[ \t]*#*[ \t]*(?:\n|$)")
_LOOKS_LIKE_A_KEY = re.compile(r"---[ \t]*\n[A-Za-z_][\w -]*:(?:\s|$)")


class Markdown:
    """`.md` and `.markdown` files."""

    name = "markdown"

    def sniff(self, source: Source) -> bool:
        """A file whose name ends in .md or .markdown."""
        return source.single is not None and source.single.suffix in SUFFIXES

    def read(self, source: Source, me: Identity) -> Iterator[Item]:
        """The note as one document, if its front matter names no other author."""
        (entry,) = source.entries
        yield from read_note(entry, me, self.name)


Prepare = Callable[[dict[str, Any], str], str | None]


def read_note(
    entry: Entry, me: Identity, source: str, prepare: Prepare = lambda _, body: body
) -> Iterator[Item]:
    """One note as one document.

    Args:
        entry: the file.
        me: who the person is.
        source: the document's.
        prepare: given the front matter (keys in lower case), which it may mend, and the body;
            gives the body as common Markdown, or None where it is not the person's.
    """
    read = read_text(entry)
    if isinstance(read, Skipped):
        yield read
        return
    whole, notes = read
    meta, body, broken = front_matter(whole)
    prepared = prepare(meta, body)
    author = _line(meta.get("author"))
    if prepared is None or (author and me.values and not me.has(author)):
        yield Skipped(entry.where, "others")
        return
    heading, text = own_prose(prepared)
    if little := too_little(text, entry.where):
        yield little
        return
    yield from notes
    if broken:
        yield Note(entry.where, "front matter is not valid YAML, left out")
    title, day = dated_name(entry.name)
    yield Document(
        text=text,
        source=source,
        native_id=entry.native_id,
        title=_line(meta.get("title")) or heading or title,
        author=author,
        created_at=utc(meta.get("date")) or utc(meta.get("created")) or day or entry.modified,
        tags=_tags(meta.get("tags")),
    )


def front_matter(text: str) -> tuple[dict[str, Any], str, bool]:
    """Split a note into its front matter and its body.

    Returns:
        The fields, the body, and whether there was front matter that is not valid YAML (then the
        fields are empty and the block is left out). Text between two `---` rules that is prose
        stays in the body.
    """
    import frontmatter  # noqa: PLC0415
    import yaml  # noqa: PLC0415

    handler = frontmatter.YAMLHandler()
    if not handler.detect(text):
        return {}, text, False
    try:
        block, body = handler.split(text)
    except ValueError:  # one rule only
        return {}, text, False
    try:
        if len(block) > _LONGEST_BLOCK:
            return {}, text, False
        # The C loader, frontmatter's own choice, crashes Python on deeply nested brackets.
        fields = handler.load(block, Loader=yaml.SafeLoader) if block.strip() else {}
    except (yaml.YAMLError, ValueError, RecursionError):
        fields = {} if _LOOKS_LIKE_A_KEY.match(text) else None
        broken = True
    else:
        broken = False
    if not isinstance(fields, dict):
        return {}, text, False
    return {str(key).lower(): value for key, value in fields.items()}, body.strip(), broken


def own_prose(body: str) -> tuple[str, str]:
    """A note's first heading ('' without one) and its text without quotations and code."""
    kept = [line for line in without_code(body).split("\n") if not _QUOTE.match(line)]
    text = tidy(re.sub(r"\n{3,}", "\n\n", "\n".join(kept)))
    heading = _HEADING.match(text)
    return (heading[1], tidy(text[heading.end() :])) if heading else ("", text)


def without_code(body: str) -> str:
    """A note without what stands between fences."""
    kept: list[str] = []
    fenced: list[str] = []
    fence = ""
    for line in body.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            fenced.append(line)
            if mark and mark[1].startswith(fence) and not line.strip().strip(fence[0]):
                fence, fenced = "", []
        elif mark:
            fence, fenced = mark[1], [line]
        else:
            kept.append(line)
    return "\n".join(kept + fenced)  # a fence that never closes would swallow the rest of the note


def _tags(value: object) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list):
        return ()
    tags = (_line(part).lstrip("#").strip() for part in parts)
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def _line(value: object) -> str:
    return " ".join(str(value).split()) if isinstance(value, str | int | float) else ""
