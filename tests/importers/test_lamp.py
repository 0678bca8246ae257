"""LaMP and LongLaMP, in a few rows made here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import BadInputError
from costeer_cli.importers.lamp import Lamp, LongLamp, people
from costeer_cli.importers.protocol import Skipped
from costeer_cli.importers.source import Source
from costeer_cli.store.document import Document
from tests.importers.making import NOBODY, PROSE, passed_over, read, taken, write, zipped

ITEMS = {
    1: {"id": "7", "title": "Rain", "abstract": PROSE, "date": "2014-05-01"},
    2: {"id": "7", "tag": "sad", "description": PROSE},
    3: {"id": "7", "score": "5", "text": PROSE},
    4: {"id": "7", "title": "Rain", "text": PROSE},
    7: {"id": "7", "text": PROSE},
}
LONG_ITEMS = {
    "name": {"abstract": PROSE, "title": "Rain", "year": 2016},
    "author": {"content": PROSE, "summary": "On rain"},
    "reviewerId": {
        "reviewText": PROSE,
        "summary": "Rain",
        "description": "An umbrella",
        "overall": "5.0",
    },
}


def question(number: object = "110", item: object = None) -> dict[str, Any]:
    return {"id": number, "input": "Title this: it rains.", "profile": [item or ITEMS[4]]}


def long_row(who: str = "reviewerId", **changed: object) -> dict[str, Any]:
    made = {who: "mara", "input": "Write on rain.", "output": "It rains."}
    return made | {"profile": [LONG_ITEMS[who]]} | changed


def lamp_set(folder: Path, *rows: object) -> Path:
    golds = [{"id": row["id"], "output": "It rains"} for row in rows if isinstance(row, dict)]
    write(folder / "dev_outputs.json", json.dumps({"task": "LaMP_4", "golds": golds}))
    return write(folder / "dev_questions.json", json.dumps(rows))


@pytest.mark.parametrize("task", ITEMS)
def test_every_task_of_lamp(tmp_path: Path, task: int) -> None:
    file = lamp_set(tmp_path, question(item=ITEMS[task]))
    (document,) = taken(read(Lamp(), file, "anybody"))
    assert document == Document(
        text=PROSE,
        source="lamp",
        native_id=f"{file}#110/7",
        title="Rain" if task in (1, 4) else "",
        kind={1: "abstract", 2: "movie"}.get(task, ""),
        created_at="2014-05-01T00:00:00+00:00" if task == 1 else "",
        tags=("person:110",),
    )


@pytest.mark.parametrize("who", LONG_ITEMS)
@pytest.mark.parametrize("name", ["val.json", "val.jsonl"])
def test_every_task_of_longlamp(tmp_path: Path, who: str, name: str) -> None:
    made = [long_row(who), long_row(who, profile=None)]
    lines = "\n".join(json.dumps(row) for row in made)
    file = write(tmp_path / name, json.dumps(made) if name.endswith("n") else lines)
    (document,) = taken(read(LongLamp(), file))
    expected = {
        "name": ("abstract", "Rain", "", "2016-01-01T00:00:00+00:00"),
        "author": ("post", "", "On rain", ""),
        "reviewerId": ("review", "Rain", "An umbrella", ""),
    }
    found = (document.kind, document.title, document.prompt, document.created_at)
    assert found == expected[who]
    assert (document.text, document.tags) == (PROSE, ("person:mara",))
    assert document.native_id == f"{file}#0/0"
    first, second = people(Source(file))
    assert (first.id, first.prompt, first.gold) == ("mara", "Write on rain.", "It rains.")
    assert first.history == (document,)
    assert second.history == ()


def test_people_have_the_outputs_that_lie_beside(tmp_path: Path) -> None:
    file = lamp_set(tmp_path / "set", question(), question("111"))
    assert [(person.id, person.gold) for person in people(Source(file))] == [
        ("110", "It rains"),
        ("111", "It rains"),
    ]
    content = {f"x/{path.name}": path.read_text() for path in file.parent.iterdir()}
    for source in (Source(zipped(tmp_path / "set.zip", content)), Source(file.parent)):
        (questions,) = (entry for entry in source.entries if entry.base == file.name)
        alone = source.only(questions)
        assert [person.gold for person in people(alone)] == ["It rains", "It rains"]


def test_without_outputs_nobody_knows(tmp_path: Path) -> None:
    for name in ("dev_questions.json", "renamed.json"):
        file = write(tmp_path / name, json.dumps([question()]))
        assert [person.gold for person in people(Source(file))] == [""]


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"golds": 5}', '{"golds": [{}]}', "[" * 99999]
)
def test_outputs_that_are_none_are_refused(tmp_path: Path, content: str) -> None:
    file = lamp_set(tmp_path, question())
    write(tmp_path / "dev_outputs.json", content)
    with pytest.raises(BadInputError, match=r"dev_outputs\.json is not the outputs"):
        list(people(Source(file)))
    assert len(taken(read(Lamp(), file))) == 1


BROKEN = [None, [], {}, question([1]), question() | {"input": 5}, question() | {"profile": "x"}]


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_question_is_counted_or_refused(tmp_path: Path, broken: object) -> None:
    file = write(tmp_path / "questions.json", json.dumps([question(), broken, question("111")]))
    items = read(Lamp(), file)
    assert len(taken(items)) == 2
    assert passed_over(items) == [("broken", "questions.json row 2")]
    with pytest.raises(BadInputError, match="row 2 is broken"):
        list(people(Source(file)))


@pytest.mark.parametrize("changed", [{"name": None}, {"input": 5}, {"output": None}])
def test_a_broken_row_is_counted_or_refused(tmp_path: Path, changed: dict[str, object]) -> None:
    rows = [long_row("name"), long_row("name", **changed), "x"]
    file = write(tmp_path / "val.json", json.dumps(rows))
    items = read(LongLamp(), file)
    assert len(taken(items)) == 1
    assert passed_over(items) == [("broken", "val.json row 2"), ("broken", "val.json row 3")]
    with pytest.raises(BadInputError, match="row 2 is broken"):
        list(people(Source(file)))


def test_items_that_are_none(tmp_path: Path) -> None:
    odd = [None, {}, {"text": 5}, {"text": "short"}, {"text": PROSE, "id": 9, "date": "soon"}]
    file = write(tmp_path / "a.json", json.dumps([question() | {"profile": odd}]))
    items = read(Lamp(), file)
    assert [document.native_id for document in taken(items)] == [f"{file}#110/9"]
    assert [reason for reason, _ in passed_over(items)] == ["empty", "empty", "short"]


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    file = write(tmp_path / "a.json", json.dumps([question()]))
    source = Source(file)
    _ = source.entries
    file.unlink()
    file.mkdir()
    assert passed_over(list(Lamp().read(source, NOBODY))) == [("unreadable", "a.json row 1")]


def test_sniff(tmp_path: Path) -> None:
    lamp = Source(lamp_set(tmp_path, question()))
    longlamp = Source(write(tmp_path / "val.json", json.dumps([long_row()])))
    outputs = Source(tmp_path / "dev_outputs.json")
    assert [Lamp().sniff(source) for source in (lamp, longlamp, outputs)] == [True, False, False]
    assert [LongLamp().sniff(source) for source in (lamp, longlamp, outputs)] == [
        False,
        True,
        False,
    ]
    for name, content in (("a.parquet", b"PAR1\x00PAR1"), ("b.jsonl", b'{"text": "x"}')):
        other = Source(write(tmp_path / name, content))
        assert not Lamp().sniff(other)
        assert not LongLamp().sniff(other)
    assert not LongLamp().sniff(Source(tmp_path))


ANY = st.none() | st.integers() | st.text(max_size=5) | st.lists(st.text(max_size=3), max_size=2)
KEYS = sorted({key for item in [*ITEMS.values(), *LONG_ITEMS.values()] for key in item} | {"id"})
OUTER = ["id", "input", "output", "name", "author", "reviewerId"]


@given(
    st.dictionaries(st.sampled_from(OUTER), ANY),
    st.lists(ANY | st.dictionaries(st.sampled_from(KEYS), ANY), max_size=3) | ANY,
)
def test_no_row_is_an_error(
    tmp_path_factory: pytest.TempPathFactory, changed: dict[str, object], profile: object
) -> None:
    odd = long_row() | question() | changed | {"profile": profile}
    file = write(tmp_path_factory.getbasetemp() / "any.json", json.dumps([question(), odd]))
    for importer in (Lamp(), LongLamp()):
        for item in importer.read(Source(file), NOBODY):
            assert isinstance(item, Document | Skipped)
