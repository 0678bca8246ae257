"""Who is tested on what: nothing that is held out is read, nothing of the future either."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costeer_cli.errors import BadInputError, UsageError
from costeer_cli.evaluation.people import Trial, halves, of_file, of_history
from costeer_cli.personal.profile import Profile, parse_profile
from costeer_cli.settings import Places
from costeer_cli.store.database import Store, open_store
from costeer_cli.store.document import Document
from tests.evaluation.conftest import prose, row


@pytest.fixture
def store(home: Places) -> Iterator[Store]:
    with open_store(home.store) as opened:
        yield opened


def profile(more: str = "") -> Profile:
    return parse_profile(f'name = "jo"\ntitle = "Jo"\n{more}', "jo")


def letter(day: int, **changed: object) -> Document:
    given: dict[str, object] = {
        "text": f"Day {day}. {prose(day)}",
        "source": "mbox",
        "native_id": str(day),
        "prompt": f"Write of day {day}.",
        "created_at": f"2024-01-{day:02}T00:00:00+00:00",
    }
    return Document(**(given | changed))  # type: ignore[arg-type]


def test_a_data_set(dataset: Path) -> None:
    found = of_file(dataset)
    assert (found.name, found.public, found.people, found.left_out) == ("dev.json", True, 3, 0)
    first = found.all[0]
    assert first.prompt == "Write to Jo about day 1."
    assert first.gold.startswith("Dear Jo, ")
    assert len(first.history) == 3
    assert first.profile is not None
    assert first.profile.title == "Mara Roe1"
    assert "Privacy info: keeps a heron called Otis" in first.profile.facts
    assert len({trial.id for trial in found.all}) == 3


def test_the_text_to_write_is_not_in_the_history(dataset: Path) -> None:
    for trial in of_file(dataset).all:
        with trial.store() as store:
            assert store.documents.count() == len(trial.history) > 0
            assert all(trial.gold not in document.text for document in store.documents.list())


def test_everybody_can_read_their_own_history(dataset: Path) -> None:
    from costeer_cli.personal.retrieval import retrieve  # noqa: PLC0415

    for trial in of_file(dataset).all:
        with trial.store() as store:
            assert len(retrieve(store, trial.profile, trial.prompt, 12)) == 3


def test_only_so_many(dataset: Path) -> None:
    assert [trial.person for trial in of_file(dataset, 2).all] == ["1_0_1", "2_0_1"]


def test_rows_without_a_text_are_left_out(tmp_path: Path) -> None:
    file = tmp_path / "dev.json"
    empty = row(2) | {"conversations": [{"from": "user", "value": "Write."}]}
    file.write_text(json.dumps([row(1), empty]))
    found = of_file(file)
    assert ([trial.person for trial in found.all], found.left_out) == (["1_0_1"], 1)
    file.write_text(json.dumps([empty]))
    with pytest.raises(BadInputError, match="Nobody"):
        of_file(file)


def test_lamp_with_its_outputs(tmp_path: Path) -> None:
    questions = [{"id": "7", "input": "Tag this.", "profile": [{"id": "1", "text": prose(1)}]}]
    (tmp_path / "dev_questions.json").write_text(json.dumps(questions))
    with pytest.raises(BadInputError, match="Nobody"):
        of_file(tmp_path / "dev_questions.json")
    golds = {"task": "LaMP_7", "golds": [{"id": "7", "output": "A fine tweet."}]}
    (tmp_path / "dev_outputs.json").write_text(json.dumps(golds))
    (trial,) = of_file(tmp_path / "dev_questions.json").all
    assert (trial.person, trial.gold) == ("7", "A fine tweet.")


@pytest.mark.parametrize("content", ["", "[]", '{"a": 1}', "not json", '[{"x": 1}]'])
def test_what_is_no_data_set(tmp_path: Path, content: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(content)
    with pytest.raises(BadInputError):
        of_file(file)
    with pytest.raises(BadInputError, match="no file"):
        of_file(tmp_path / "missing.json")


def test_the_newest_of_a_history_are_held_out(store: Store) -> None:
    store.documents.add(letter(day) for day in range(1, 21))
    found = of_history(store, profile(), most=5)
    assert (found.name, found.public, found.people) == ("jo", False, 1)
    assert [trial.prompt for trial in found.all] == [
        f"Write of day {day}." for day in range(16, 21)
    ]
    for trial in found.all:
        assert [int(document.native_id) for document in trial.history] == list(range(1, 16))
        with trial.store() as memory:
            assert memory.documents.count() == 15


def test_no_more_than_a_third_is_held_out(store: Store) -> None:
    store.documents.add(letter(day) for day in range(1, 11))
    found = of_history(store, profile(), most=50)
    assert len(found.all) == 3
    assert len(found.all[0].history) == 7


def test_texts_that_nobody_asked_for_are_read_but_not_held_out(store: Store) -> None:
    store.documents.add(letter(day, prompt="") for day in range(1, 10))
    store.documents.add(letter(day) for day in range(10, 13))
    store.documents.add([letter(13, prompt=""), letter(14, text="Short."), letter(15, prompt="")])
    found = of_history(store, profile(), most=9)
    assert [trial.prompt for trial in found.all] == [f"Write of day {day}." for day in (10, 11, 12)]
    assert len(found.all[0].history) == 9
    assert found.left_out == 12


def test_a_title_does_for_a_prompt(store: Store) -> None:
    store.documents.add(letter(day, prompt="", title=f"On day {day}") for day in range(1, 11))
    assert of_history(store, profile()).all[0].prompt == "On day 8"


def test_undated_texts_are_the_oldest(store: Store) -> None:
    store.documents.add(letter(day, created_at="") for day in range(1, 6))
    store.documents.add(letter(day) for day in range(6, 12))
    found = of_history(store, profile())
    assert [trial.prompt for trial in found.all] == [f"Write of day {day}." for day in (9, 10, 11)]
    assert len(found.all[0].history) == 8


def test_a_profile_reads_what_it_may(store: Store) -> None:
    store.documents.add(letter(day, tags=("work",)) for day in range(1, 11))
    store.documents.add(letter(day, tags=("home",)) for day in range(11, 21))
    work = profile('[history]\ntags = ["work"]')
    found = of_history(store, work)
    assert [trial.prompt for trial in found.all] == [f"Write of day {day}." for day in (8, 9, 10)]
    with found.all[0].store() as memory:
        from costeer_cli.personal.retrieval import scope_of  # noqa: PLC0415

        assert len(memory.documents.newest(scope_of(work), 99)) == 7


def test_bound_texts_stay_bound(store: Store) -> None:
    store.documents.add(letter(day, profile="jo") for day in range(1, 11))
    store.documents.add(letter(day, profile="ada") for day in range(11, 21))
    found = of_history(store, profile())
    assert {document.profile for document in found.all[0].history} == {"jo"}
    with found.all[0].store() as memory:
        assert memory.documents.count("jo") == 7


@pytest.mark.parametrize("days", [0, 1, 2, 3])
def test_too_few_texts(store: Store, days: int) -> None:
    store.documents.add(letter(day) for day in range(1, days + 1))
    with pytest.raises(UsageError, match="too few"):
        of_history(store, profile())


def test_nothing_from_before(store: Store) -> None:
    store.documents.add([letter(1), *(letter(day, text=f"Hm {day}.") for day in range(2, 9))])
    with pytest.raises(UsageError, match="nothing in the history from before"):
        of_history(store, profile())


def test_without_a_profile_the_unbound_texts_count(store: Store) -> None:
    store.documents.add(letter(day) for day in range(1, 11))
    store.documents.add([letter(20, profile="ada")])
    assert len(of_history(store, None).all) == 3


@given(st.lists(st.integers(0, 30), min_size=1, max_size=40))
def test_nobody_is_in_both_halves(people: list[int]) -> None:
    trials = [Trial(str(n), f"p{person}", "a", "b", None, ()) for n, person in enumerate(people)]
    one, other = halves(trials)
    assert not {trial.person for trial in one} & {trial.person for trial in other}
    assert sorted([*one, *other], key=lambda t: int(t.id)) == trials
    assert abs(len({t.person for t in one}) - len({t.person for t in other})) <= 1
    assert halves(trials[::-1])[0] == one[::-1]
