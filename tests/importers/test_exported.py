"""Notes as `costeer history export --format markdown` writes them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from costeer_cli.importers.exported import Exported, to_markdown
from costeer_cli.importers.identity import Identity
from costeer_cli.importers.markdown import Markdown
from costeer_cli.importers.protocol import Item, Skipped
from costeer_cli.importers.source import Source
from costeer_cli.store.database import open_memory
from costeer_cli.store.document import Document
from tests.documents import any_documents, words

NOBODY = Identity.of([])
WHOLE = Document(
    text="# A heading\n\n> a quote\n\n```\ncode\n```\n---\nThe mare: ate well.",
    source="mbox",
    native_id="<1@example.org>",
    title='Mare: "well" 🐴',
    kind="email",
    prompt="How is\nthe mare? ---",
    author="Mara",
    recipient="Jon <jon@example.org>",
    signature="--\nMara",
    created_at="2024-05-01T08:00:00+00:00",
    tags=("work", "a, b", "- c"),
    profile="mara",
)


def read(path: Path, content: str | bytes) -> list[Item]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    source = Source(path)
    assert Exported().sniff(source)
    return list(Exported().read(source, NOBODY))


def test_it_comes_back_as_it_was(tmp_path: Path) -> None:
    assert read(tmp_path / "a.md", to_markdown(WHOLE)) == [WHOLE]


def test_others_read_what_they_know_of_it(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(to_markdown(replace(WHOLE, text="The mare ate well today.")))
    (document,) = Markdown().read(Source(path), NOBODY)
    assert isinstance(document, Document)
    assert document.text == "The mare ate well today."
    assert (document.title, document.author) == (WHOLE.title, "Mara")
    assert (document.created_at, document.tags[0]) == (WHOLE.created_at, "work")


def test_nothing_but_the_text_is_needed(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    (document,) = read(path, "---\ncosteer: 1\n---\nHi.")
    assert document == Document(text="Hi.", source="exported", native_id=str(path.resolve()))


def test_what_a_person_changed_by_hand_is_taken(tmp_path: Path) -> None:
    changed = to_markdown(WHOLE).replace('kind: "email"', "kind: a plain note")
    changed = changed.replace("ate well", "ate little").replace("\n", "\r\n")
    (document,) = read(tmp_path / "a.md", "\ufeff" + changed)
    assert isinstance(document, Document)
    assert document.kind == "a plain note"
    assert document.text.endswith("ate little.")
    assert document.native_id == WHOLE.native_id


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("---\ncosteer: 1\nid: 1\n", "broken"),
        ("---\ncosteer: 1\n---\n \n", "empty"),
        (b"---\ncosteer: 1\n---\n\x00", "binary"),
    ],
)
def test_what_cannot_be_read_is_counted(tmp_path: Path, content: str | bytes, reason: str) -> None:
    path = tmp_path / "a.md"
    assert read(path, content) == [Skipped(str(path), reason)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", to_markdown(WHOLE)),
        ("a.md", "---\ntitle: costeer\n---\ntext"),
        ("b.md", "costeer: 1"),
        ("c.md", "---\ncosteer: 10\n---\n"),
    ],
)
def test_other_notes_are_not_its_own(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    assert not Exported().sniff(Source(tmp_path / name))
    assert not Exported().sniff(Source(tmp_path))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(any_documents(words(40), source=words(40), profile=st.none() | words(40)))
def test_whatever_is_stored_comes_back(tmp_path: Path, document: Document) -> None:
    with open_memory() as one, open_memory() as other:
        one.documents.add([document])
        (stored,) = one.documents.export()
        (item,) = read(tmp_path / "a.md", to_markdown(stored))
        assert isinstance(item, Document)
        other.documents.add([item])
        (again,) = other.documents.export()
    if stored.source:
        assert again == stored
    else:
        assert again == replace(stored, source="exported")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail(tmp_path: Path, tail: bytes) -> None:
    items = read(tmp_path / "a.md", b"---\ncosteer: 1\n" + tail)
    assert len([item for item in items if isinstance(item, Document | Skipped)]) == 1
