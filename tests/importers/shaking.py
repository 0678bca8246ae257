"""What every importer of exports must stand: exports in which anything may be anything."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from costeer_cli.errors import BadInputError
from costeer_cli.importers.identity import Identity
from costeer_cli.importers.protocol import Importer, Note, Skipped
from costeer_cli.importers.source import Source
from costeer_cli.store.document import Document

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(["\ud800", "\x00", "0", "1e999", "-1", "9" * 40, "2024-02-30"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


def shaken(export: Any) -> st.SearchStrategy[bytes]:
    """`export` as JSON with some values replaced or lost, or bytes of it overwritten or cut off."""
    places = list(_places(export))

    @st.composite
    def draw(choose: st.DrawFn) -> bytes:
        changed = json.loads(json.dumps(export))
        for place in choose(st.lists(st.sampled_from(places), max_size=4)):
            _change(changed, place, choose(st.booleans()), choose(ANYTHING))
        raw = bytearray(json.dumps(changed).encode())
        for at in choose(st.lists(st.integers(0, len(raw) - 1), max_size=2)):
            raw[at] = choose(st.integers(0, 255))
        return bytes(raw[: choose(st.just(len(raw)) | st.integers(0, len(raw)))])

    return draw()


def survives(
    importer: Importer, lay_out: Callable[[Path], Path], *me: str
) -> list[Document | Skipped | Note]:
    """Read what `lay_out` makes in a folder; what is not what it claims to be may be refused."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            source = Source(lay_out(Path(folder)))
            importer.sniff(source)
            items = list(importer.read(source, Identity.of(me)))
        except BadInputError:
            return []
    for item in items:
        assert isinstance(item, Document | Skipped | Note)
        if isinstance(item, Document):
            assert item.text.strip()
            assert item.native_id
            item.text.encode()
            item.title.encode()
    return items


def _places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    found = [path] if path else []
    for key, child in inner:
        found += _places(child, (*path, key))
    return found


def _change(value: Any, path: tuple[str | int, ...], lose: bool, new: Any) -> None:
    try:
        for key in path[:-1]:
            value = value[key]
        if lose:
            del value[path[-1]]
        else:
            value[path[-1]] = new
    except (KeyError, IndexError, TypeError):  # an earlier change took it away
        return
