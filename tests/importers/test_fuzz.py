"""Whatever lies in the files, an importer takes it or counts it, and quotes none of it.

By default this takes seconds. For minutes: COSTEER_FUZZ=5000 pytest tests/importers/test_fuzz.py
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from costeer_cli.errors import BadInputError
from costeer_cli.importers.gather import Tally, gather, look
from costeer_cli.importers.identity import Identity
from costeer_cli.importers.protocol import Importer, Note, Skipped
from costeer_cli.importers.registry import importers
from costeer_cli.importers.source import Source
from costeer_cli.store.document import Document, utc
from tests.importers.making import NOBODY
from tests.importers.seeds import SECRET, SEEDS, TEXT

EXAMPLES = int(os.environ.get("COSTEER_FUZZ", "40"))
FUZZ = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
MARA = Identity.of(["Mara", "mara@example.org"])
FORMS = ["file", "folder", "zip"]
KEYS = sorted({"text", "content", "role", "bot", "subtype", "from", "parts", "type", "object"})
SNIPPETS = [
    b"From mara@example.org Wed May  1 10:00:00 2024\n",
    b"From: Mara <mara@example.org>\n",
    b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n',
    b"Content-Type: text/html; charset=utf-7\n",
    b"Content-Transfer-Encoding: base64\n\n",
    b"[01.05.24, 10:00:00] Mara: ",
    b'{"text": "',
    b"text,author,date\n",
    b"<item><title>",
    b"<![CDATA[",
    b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]>&a;",
    b"<blockquote>",
    b"---\n",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\x00",
    b"PK\x03\x04",
    b"\x80\xff",
    b'"',
    b"[" * 2000,
    b"(" * 2000,
    b"\n\n",
    b"\r",
    SECRET.encode(),
]
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(st.characters(), max_size=20)
    | st.sampled_from([SECRET, TEXT, "Mara", "2999-01-01", "\ud800", "1e999", "", "9" * 30])
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=8,
)


@st.composite
def spoilt(choose: st.DrawFn, content: bytes) -> bytes:
    """`content` with values replaced, bytes overwritten, put in, taken out or cut off."""
    try:
        value = json.loads(content)
    except ValueError:
        value = None
    if value is not None and choose(st.booleans()):
        places = list(_places(value))
        for _ in range(choose(st.integers(1, 3))):
            _replace(value, choose(st.sampled_from(places)), choose(VALUES))
        content = json.dumps(value).encode()
    for _ in range(choose(st.integers(0, 3))):
        at = choose(st.integers(0, len(content)))
        gone = choose(st.sampled_from([0, 0, 1, 5, 50]))
        put = choose(st.sampled_from(SNIPPETS) | st.binary(max_size=3))
        content = content[:at] + put + content[at + gone :]
    return content[: choose(st.integers(0, len(content)))] if choose(st.booleans()) else content


@st.composite
def exports(choose: st.DrawFn, seed: dict[str, bytes]) -> dict[str, bytes]:
    """The files of `seed`, some of them spoilt or missing, and one of another format."""
    files = {name: choose(spoilt(content)) for name, content in seed.items()}
    if len(files) > 1 and choose(st.integers(0, 4)) == 0:
        del files[choose(st.sampled_from(sorted(files)))]
    if choose(st.integers(0, 3)) == 0:
        other = SEEDS[choose(st.sampled_from(sorted(SEEDS)))]
        files |= {name: choose(spoilt(content)) for name, content in other.items()}
    return files


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, list):
        value = dict(enumerate(value))
    if isinstance(value, dict):
        for key, child in value.items():
            yield from _places(child, (*path, key))


def _replace(value: Any, path: tuple[Any, ...], new: Any) -> None:
    try:
        for key in path[:-1]:
            value = value[key]
        if path:
            value[path[-1]] = new
    except (KeyError, IndexError, TypeError):  # replaced itself before
        return


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Iterator[Path]]:
    """New empty folders, each gone when the next one is asked for."""
    root = tmp_path_factory.mktemp("fuzz")

    def new() -> Iterator[Path]:
        for number in itertools.count():
            place = root / str(number)
            place.mkdir()
            yield place
            shutil.rmtree(place)

    yield new()
    shutil.rmtree(root)


def made(place: Path, files: dict[str, bytes], form: str) -> Path:
    """These files as a folder or a zip, or the first of them alone."""
    if form == "zip":
        with zipfile.ZipFile(place / "export.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return place / "export.zip"
    paths = [place / "export" / name for name in files]
    for path, content in zip(paths, files.values(), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return paths[0] if form == "file" else place / "export"


def check(found: object) -> None:
    assert isinstance(found, Document | Skipped | Note)
    if isinstance(found, Skipped):
        assert SECRET not in found.where
        return
    if isinstance(found, Note):
        assert SECRET not in found.where + found.said
        return
    assert found.text
    assert found.source
    assert found.created_at == utc(found.created_at)
    assert all(isinstance(tag, str) for tag in found.tags)
    for value in (found.text, found.title, found.author, found.recipient, found.native_id):
        assert isinstance(value, str)


@contextmanager
def refused_without_quoting() -> Iterator[None]:
    """What is inside may refuse its input, and nothing else."""
    said = ""
    try:
        yield
    except BadInputError as error:
        said = f"{error} {error.hint}"
    assert SECRET not in said


def seed_of(importer: Importer) -> dict[str, bytes]:
    return SEEDS.get(importer.name, SEEDS["text"])


@pytest.mark.parametrize("importer", importers(), ids=lambda importer: importer.name)
def test_its_seed_is_of_its_format(importer: Importer, places: Iterator[Path]) -> None:
    source = Source(made(next(places), seed_of(importer), "folder"))
    sources = [source, *(source.only(entry) for entry in source.entries)]
    sure = [one for one in sources if importer.sniff(one)]
    assert bool(sure) == (importer.name in SEEDS)
    if importer.name != "git":
        found = [item for one in sure for item in importer.read(one, MARA)]
        assert any(isinstance(item, Document) for item in found) == bool(sure)


@pytest.mark.parametrize("importer", importers(), ids=lambda importer: importer.name)
def test_no_importer_falls_over(importer: Importer, places: Iterator[Path]) -> None:
    @FUZZ
    @given(exports(seed_of(importer)), st.sampled_from(FORMS), st.sampled_from([NOBODY, MARA]))
    def run(files: dict[str, bytes], form: str, me: Identity) -> None:
        source = Source(made(next(places), files, form))
        for one in (source, *(source.only(entry) for entry in source.entries)):
            sure = importer.sniff(one)
            assert isinstance(sure, bool)
            if sure:
                with refused_without_quoting():
                    for item in importer.read(one, me):
                        check(item)

    run()


@FUZZ
@given(
    st.sampled_from(sorted(SEEDS)).flatmap(lambda name: exports(SEEDS[name])),
    st.sampled_from(FORMS),
    st.sampled_from([NOBODY, MARA]),
)
def test_all_of_them_together(
    places: Iterator[Path], files: dict[str, bytes], form: str, me: Identity
) -> None:
    tally = Tally()
    with refused_without_quoting():
        for document in tally.documents(gather(look([made(next(places), files, form)]), me)):
            check(document)
    assert not any(SECRET in place.where for place in tally.troubles)
    assert not any(SECRET in said for said in tally.notes)
