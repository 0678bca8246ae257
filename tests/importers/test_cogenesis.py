"""The CoGenesis set, in a few rows made here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import BadInputError
from costeer_cli.importers.cogenesis import CoGenesis, facts, people
from costeer_cli.importers.protocol import Item, Skipped
from costeer_cli.importers.source import Source
from costeer_cli.store.document import Document
from tests.importers import making
from tests.importers.making import NOBODY, PROSE, passed_over, taken, write, zipped

ABOUT = (
    "Age: 47\nName: Mara Roe\nPersonal_traits: calm; likes: rain\n"
    "Privacy_info: has a mare; keeps a diary, where she\nnotes the weather: all of it; sings\n"
    "Writing_style: plain"
)


def row(number: str = "3_7_4", **changed: object) -> dict[str, Any]:
    return {
        "tid": number,
        "conversations": [
            {"from": "user", "value": "Write to Jo: about the rain."},
            {"from": "assistant", "value": "Dear Jo, it rains."},
        ],
        "profile": [
            {"title": "Praise the mare: in two lines.", "text": f"{PROSE} {number}", "id": "0"},
            {"title": "Say hello", "text": "Hello!", "id": "1"},
        ],
        "additional_profile": ABOUT,
        "additional_tasks": ["Write a poem."],
    } | changed


def written(path: Path, *rows: object) -> Path:
    return write(path, json.dumps(rows, indent=2))


def read(path: Path, *me: str) -> list[Item]:
    return making.read(CoGenesis(), path, *me)


def test_what_everybody_wrote_before(tmp_path: Path) -> None:
    file = written(tmp_path / "dev.json", row(), row("3_8_1"))
    first, short, second, _ = read(file, "somebody else")
    assert first == Document(
        text=f"{PROSE} 3_7_4",
        source="cogenesis",
        native_id="3_7_4/0",
        title="Praise the mare",
        prompt="Praise the mare: in two lines.",
        author="Mara Roe",
        tags=("person:3_7_4",),
    )
    assert short == Skipped("3_7_4/1", "short")
    assert isinstance(second, Document)
    assert second.tags == ("person:3_8_1",)
    assert not any("Dear Jo" in document.text for document in taken(read(file)))


def test_people(tmp_path: Path) -> None:
    (person,) = people(Source(written(tmp_path / "dev.json", row())))
    assert (person.id, person.prompt) == ("3_7_4", "Write to Jo: about the rain.")
    assert person.gold == "Dear Jo, it rains."
    assert [document.text for document in person.history] == [f"{PROSE} 3_7_4", "Hello!"]
    assert person.about["Age"] == ("47",)
    assert person.about["Privacy_info"][0] == "has a mare"


def test_a_line_without_a_known_name_goes_on() -> None:
    known = facts(ABOUT)
    assert list(known) == ["Age", "Name", "Personal_traits", "Privacy_info", "Writing_style"]
    assert known["Personal_traits"] == ("calm", "likes: rain")
    assert known["Privacy_info"][1:] == (
        "keeps a diary, where she notes the weather: all of it",
        "sings",
    )
    assert known["Writing_style"] == ("plain",)
    assert facts("") == facts("nothing known\nof anybody") == {}


def test_of_a_longer_conversation_the_first_turns_count(tmp_path: Path) -> None:
    turns = [("user", "one"), ("assistant", "two"), ("user", "three"), ("assistant", "four")]
    said = [{"from": who, "value": value} for who, value in turns]
    (person,) = people(Source(written(tmp_path / "a.json", row(conversations=said))))
    assert (person.prompt, person.gold) == ("one", "two")


@pytest.mark.parametrize(
    "broken",
    [None, 5, {}, row(tid=None), row(tid=[1]), row(profile=None), row(conversations="x")],
)
def test_a_broken_row_is_counted_or_refused(tmp_path: Path, broken: object) -> None:
    file = written(tmp_path / "a.json", row(), broken, row("3_8_1"))
    items = read(file)
    assert len(taken(items)) == 2
    assert ("broken", "a.json row 2") in passed_over(items)
    with pytest.raises(BadInputError, match="row 2 is broken"):
        list(people(Source(file)))


def test_odd_parts_of_a_row(tmp_path: Path) -> None:
    odd = [None, {"text": 5}, {"title": 7, "text": PROSE}, {"id": None, "text": PROSE + "!"}]
    file = written(tmp_path / "a.json", row(profile=odd, additional_profile=5, conversations=[7]))
    assert [document.title for document in taken(read(file))] == ["7", ""]
    (person,) = people(Source(file))
    assert (person.prompt, person.gold, person.about) == ("", "", {})


def test_a_file_that_ends_too_soon(tmp_path: Path) -> None:
    raw = written(tmp_path / "a.json", row(), row("3_8_1")).read_text()
    items = read(write(tmp_path / "a.json", raw[:-200]))
    assert len(taken(items)) == 1
    assert passed_over(items)[-1] == ("broken", "a.json row 2")


def test_in_a_zip(tmp_path: Path) -> None:
    file = zipped(tmp_path / "set.zip", {"data/dev.json": json.dumps([row()])})
    source = Source(file)
    alone = source.only(source.entries[0])
    assert CoGenesis().sniff(alone)
    assert taken(list(CoGenesis().read(alone, NOBODY)))[0].native_id == "3_7_4/0"


def test_sniff(tmp_path: Path) -> None:
    sniff = CoGenesis().sniff
    assert not sniff(Source(written(tmp_path / "a.json", {"tid": 1, "conversations": []})))
    assert not sniff(Source(write(tmp_path / "b.json", json.dumps(row()))))
    assert not sniff(Source(written(tmp_path / "a.txt", row())))
    assert not sniff(Source(tmp_path))


ANY = st.none() | st.integers() | st.text(max_size=5) | st.lists(st.text(max_size=3), max_size=2)


@given(
    st.dictionaries(
        st.sampled_from(sorted(row())),
        ANY
        | st.lists(
            st.dictionaries(st.sampled_from(["from", "value", "title", "text", "id"]), ANY),
            max_size=3,
        ),
    ),
)
def test_no_row_is_an_error(
    tmp_path_factory: pytest.TempPathFactory, changed: dict[str, object]
) -> None:
    file = written(tmp_path_factory.getbasetemp() / "any.json", row(), row() | changed)
    for item in CoGenesis().read(Source(file), NOBODY):
        assert isinstance(item, Document | Skipped)
