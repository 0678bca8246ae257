"""Vaults of Obsidian: folders of Markdown notes with a `.obsidian` folder in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from costeer_cli.importers.identity import Identity
from costeer_cli.importers.layout import is_hidden
from costeer_cli.importers.markdown import SUFFIXES, read_note, without_code
from costeer_cli.importers.protocol import Item, Skipped
from costeer_cli.importers.reading import read_json
from costeer_cli.importers.shapes import mapping, words
from costeer_cli.importers.source import Entry, Source

_SETTINGS = ".obsidian/"
_TRASH = ".trash/"
# Folders of what others wrote and of forms to fill in, whatever number stands before their names.
_OTHERS = frozenset({"template", "templates", "clipping", "clippings", "readwise"})
_TEMPLATES = {  # the settings that name another folder for them, and under which key
    ".obsidian/templates.json": "folder",
    ".obsidian/plugins/templater-obsidian/data.json": "templates_folder",
}
_CLIPPED = frozenset({"clipping", "clippings", "webclip", "readwise"})  # tags
_CALLOUT = re.compile(r"\s*\[!([\w -]+)(?:\|[^\]]*)?\][+-]?[ \t]*(.*)")
_QUOTING = frozenset({"quote", "cite"})
_DEEPEST = 8  # callouts in callouts
_QUOTED = re.compile(r" {0,3}> ?")
_GONE = re.compile(
    r"%%.*?%%"  # comments
    r"|<%[^<]*?%>"  # what Templater fills in
    r"|!\[\[[^\[\]\n]*\]\]"  # embedded notes and pictures
    r"|!\[[^\[\]\n]*\]\([^()\n]*\)"
    r"|`\$?= [^`\n]*`"  # Dataview's inline queries
    r"|(?m:^[ \t]*(?:[-*] )?[A-Za-z][\w /-]{0,40}::(?:[ \t][^\n]*)?$)"  # and fields
    r"|[\[(][A-Za-z][\w -]{0,40}:: [^\[\]()\n]*[\])]"
    r"|(?m:(?:^[ \t]*|(?<=\S)[ \t]+)\^[A-Za-z0-9-]+[ \t]*$)",  # the name of a block
    re.DOTALL,
)
_LINK = re.compile(r"\[\[([^\[\]|\n]*)(?:\|([^\[\]\n]*))?\]\]")
_MARKED = re.compile(r"==(?=\S)([^=\n]+)==")


class Obsidian:
    """A vault's notes, but for templates, clippings and the trash."""

    name = "obsidian"

    def sniff(self, source: Source) -> bool:
        """A folder or zip of which every visible file lies in a vault."""
        if source.single:
            return False
        roots = _roots(source)
        return bool(roots) and all(
            _root(entry, roots) is not None for entry in source.entries if not is_hidden(entry.name)
        )

    def read(self, source: Source, me: Identity) -> Iterator[Item]:
        """The notes in the vault's order; what is no note is counted as unknown."""
        roots = _roots(source)
        forms = {root: _forms(source, root) for root in roots}
        for entry in source.entries:
            root = _root(entry, roots)
            name = entry.name.removeprefix(root or "")
            if root is None or (is_hidden(name) and not name.startswith(_TRASH)):
                continue
            if entry.suffix not in SUFFIXES:
                if not name.startswith(_TRASH):
                    yield Skipped(entry.where, "unknown")
            elif _is_others(name, forms[root]):
                yield Skipped(entry.where, "others")
            else:
                yield from read_note(entry, me, self.name, partial(_prepared, me))


def plain(body: str) -> str:
    """A note as it reads, in common Markdown: links by their text, without what is not prose."""
    text = _without_callouts(without_code(body).split("\n"))
    return _MARKED.sub(r"\1", _LINK.sub(_shown, _GONE.sub("", text)))


def _prepared(me: Identity, meta: dict[str, Any], body: str) -> str | None:
    if "excalidraw-plugin" in meta:
        return None
    tags = meta.get("tags")
    named = {str(tag).lower().lstrip("#") for tag in (tags if isinstance(tags, list) else [tags])}
    if named & _CLIPPED:
        return None
    listed = meta.get("author")
    names = listed if isinstance(listed, list) else [listed]
    authors = [name.strip("[] ") for name in names if isinstance(name, str)]
    mine = next(filter(me.has, authors), "")
    meta["author"] = mine or ", ".join(authors)
    return plain(body)


def _without_callouts(lines: list[str], deep: int = 0) -> str:
    """Callouts as paragraphs, as they are the person's; those of quotations gone."""
    kept: list[str] = []
    block: list[str] = []
    for line in [*lines, ""]:
        if mark := _QUOTED.match(line):
            block.append(line[mark.end() :])
            continue
        if block:
            callout = _CALLOUT.match(block[0])
            if callout is None or deep == _DEEPEST:
                kept += [f"> {one}" for one in block]  # a quotation
            elif callout[1].strip().lower() not in _QUOTING:
                kept += ["", callout[2], _without_callouts(block[1:], deep + 1), ""]
            block = []
        kept.append(line)
    return "\n".join(kept[:-1])


def _shown(link: re.Match[str]) -> str:
    if link[2] is not None:
        return link[2].strip()
    target = link[1].rstrip("\\").strip()
    note, _, heading = target.partition("#")
    return note.rpartition("/")[2].removesuffix(".md") or heading.rpartition("#")[2].lstrip("^")


def _roots(source: Source) -> list[str]:
    """Where vaults begin: names of folders with `/` at their end, '' for the top."""
    found = {
        entry.name[: f"/{entry.name}".index(f"/{_SETTINGS}")]
        for entry in source.entries
        if f"/{_SETTINGS}" in f"/{entry.name}"
    }
    return sorted(found, key=len, reverse=True)


def _root(entry: Entry, roots: list[str]) -> str | None:
    return next((root for root in roots if entry.name.startswith(root)), None)


def _forms(source: Source, root: str) -> list[str]:
    """The folders that the vault's settings name for templates, in lower case with `/`."""
    wanted = {f"{root}{name}": key for name, key in _TEMPLATES.items()}
    named = (
        words(mapping(read_json(entry)).get(wanted[entry.name])).strip("/ ")
        for entry in source.entries
        if entry.name in wanted
    )
    return [f"{folder.lower()}/" for folder in named if folder]


def _is_others(name: str, forms: list[str]) -> bool:
    name = name.lower()
    folders = (part.strip(" 0123456789._-") for part in name.split("/")[:-1])
    return name.startswith((_TRASH, *forms)) or any(folder in _OTHERS for folder in folders)
