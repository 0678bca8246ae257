"""`costeer train` and the experts of `costeer model`. What training does: tests/experts."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from costeer_cli.experts import training
from costeer_cli.settings import Places
from costeer_cli.store.database import open_store
from costeer_cli.store.document import Document
from tests.cli.conftest import Costeer
from tests.experts.conftest import history, written
from tests.models import tiny

SECRET = "+44 20 7946 0958"


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """A random model with room for the instructions."""
    network = tiny.llama(max_position_embeddings=4096, initializer_range=0.1)
    return str(tiny.save(tmp_path / "model", network, tiny.tokenizer()))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random weights learn little in 24 steps at the usual rate."""
    monkeypatch.setattr(training.Settings.__init__, "__kwdefaults__", FAST)


FAST = training.Settings.__init__.__kwdefaults__ | {"rate": 2e-2, "rank": 4, "alpha": 8}


@pytest.fixture
def filled(home: Places) -> None:
    with open_store(home.store) as store:
        store.documents.add(history(6))


def experts(costeer: Costeer) -> list[dict[str, object]]:
    found = costeer("model", "list", "--json").json["experts"]
    assert isinstance(found, list)
    return found


def test_from_a_history_to_a_text_written_with_it(
    costeer: Costeer, folder: str, filled: None, home: Places
) -> None:
    ran = costeer("train", "--model", folder, "--yes")
    assert (ran.code, ran.out) == (0, b"")
    assert "Learning from 6 texts" in ran.err
    assert "the newest are held out" in ran.err
    assert "Of 3 texts it is not known what was asked." in ran.err
    assert "Step 24 of 24: loss" in ran.err
    assert "A made-up number among the texts stands out by" in ran.err
    assert "The expert is kept after step" in ran.err
    assert "kettle" not in ran.err
    (found,) = experts(costeer)
    assert (found["profile"], found["state"], found["documents"]) == (None, "fresh", 6)
    assert "expert: no profile" in costeer("model", "list").text
    (file,) = (home.data / "experts").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    write = ["write", "--model", folder, "--max-tokens", "4", "--strength", "3", "--clip", "20"]
    with_it = costeer(*write, "--json", "Write note 1.").json
    without = costeer(*write, "--json", "--no-expert", "Write note 1.").json
    moved = [[token["delta"] for token in one["tokens"]] for one in (with_it, without)]
    assert moved[0] != moved[1]


def test_a_dry_run_trains_nothing(
    costeer: Costeer, folder: str, filled: None, home: Places
) -> None:
    ran = costeer("train", "--model", folder, "--dry-run", "--json")
    assert ran.code == 0
    plan = ran.json["training"]
    assert (plan["texts"], plan["held_out"], plan["without_prompt"]) == (6, 1, 3)
    assert (plan["steps"], plan["language"]) == (24, "en")
    assert plan["seconds"] >= 0
    assert "at most, 24 steps" in ran.err
    assert not (home.data / "experts").exists()
    assert experts(costeer) == []


def test_too_little_is_refused_before_it_asks(costeer: Costeer, folder: str) -> None:
    ran = costeer("train", "--model", folder)
    assert ran.code == 2
    assert "There are 0 texts with 0 words" in ran.err
    assert "costeer history import" in ran.err


def test_it_asks_first(costeer: Costeer, folder: str, filled: None) -> None:
    ran = costeer("train", "--model", folder)
    assert ran.code == 2
    assert "--yes" in ran.err
    assert experts(costeer) == []


def test_another_language_is_said(costeer: Costeer, folder: str, home: Places) -> None:
    text = "Ich bin heute nicht im Haus, und wenn du kommst, ist der Tee auf dem Herd. Nummer"
    with open_store(home.store) as store:
        store.documents.add(Document(text=f"{text} {n}. " * 3, kept=True) for n in range(9))
    ran = costeer("train", "--model", folder, "--dry-run")
    assert "Most of it is German." in ran.err
    assert "costeer model use" in ran.err


def test_ctrl_c_and_on(
    costeer: Costeer, folder: str, filled: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = training.Training._step
    count = [0]

    def interrupted(*args: object) -> float:
        count[0] += 1
        if count[0] == 9:
            raise KeyboardInterrupt
        return step(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(training.Training, "_step", interrupted)
    ran = costeer("train", "--model", folder, "--yes")
    assert ran.code == 130
    assert "Interrupted; what was learned so far is kept." in ran.err
    assert [one["state"] for one in experts(costeer)] == ["training"]
    ran = costeer("train", "--model", folder)
    assert ran.code == 0
    assert "Going on where the last training broke off." in ran.err
    assert "Step 1 of" not in ran.err
    assert [one["state"] for one in experts(costeer)] == ["fresh"]


def test_a_forgotten_text_is_told_and_not_written_with(
    costeer: Costeer, folder: str, filled: None, home: Places
) -> None:
    costeer("train", "--model", folder, "--yes")
    costeer("history", "forget", "1", "--yes")
    assert [one["state"] for one in experts(costeer)] == ["stale"]
    assert "a text was forgotten" in costeer("model", "list").text
    assert list((home.data / "experts").iterdir()) == []
    ran = costeer("write", "--model", folder, "--max-tokens", "3", "Write note 1.")
    assert ran.code == 0
    assert "A text was forgotten that this expert learned from, so it is not used." in ran.err
    ran = costeer("train", "--model", folder, "--yes", "--json")
    assert ran.json["expert"]["documents"] == 5
    assert [one["state"] for one in experts(costeer)] == ["fresh"]


def test_values_of_the_vault_are_not_learned(
    costeer: Costeer, folder: str, home: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    from costeer_cli.experts import course  # noqa: PLC0415

    seen: list[str] = []
    made = course.lessons

    def watched(model: object, passages: list[object], instructions: str) -> object:
        seen.extend(repr(passage) for passage in passages)
        return made(model, passages, instructions)  # type: ignore[arg-type]

    monkeypatch.setattr(course, "lessons", watched)
    with open_store(home.store) as store:
        store.documents.add(
            Document(text=f"{written(n)} Call me on {SECRET}.", kept=True) for n in range(5)
        )
    costeer("train", "--model", folder, "--dry-run")
    told = "\n".join(seen)
    assert "kettle" in told
    assert "Call me on [PHONE_1]" in told
    assert "7946" not in told


def test_export_and_import(costeer: Costeer, folder: str, filled: None, tmp_path: Path) -> None:
    costeer("train", "--model", folder, "--yes")
    file = tmp_path / "mine.expert"
    assert costeer("model", "export", str(file), "--model", folder).code == 2
    assert not file.exists()
    ran = costeer("model", "export", str(file), "--model", folder, "--yes")
    assert (ran.code, ran.out) == (0, b"")
    assert "An expert is private data" in ran.err
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    costeer("profile", "create", "mara", "--title", "Mara")
    ran = costeer("model", "import", str(file), "mara", "--model", folder)
    assert ran.code == 0
    assert "Forgetting a text does not reach an expert that was imported." in ran.err
    assert {one["profile"] for one in experts(costeer)} == {None, "mara"}
    assert costeer("model", "delete", "mara", "--model", folder, "--yes").code == 0
    assert [one["profile"] for one in experts(costeer)] == [None]
    assert costeer("model", "delete", "mara", "--model", folder, "--yes").code == 2
    file.write_bytes(file.read_bytes()[:-5])
    ran = costeer("model", "import", str(file), "--model", folder, "--yes")
    assert ran.code == 2
    assert "not all of it" in ran.err
    assert costeer("model", "import", str(tmp_path / "none"), "--model", folder).code == 2


def test_merge(
    costeer: Costeer, folder: str, home: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("work", "blog"):
        costeer("profile", "create", name, "--title", name)
        with open_store(home.store) as store:
            store.documents.add(
                Document(text=f"{written(n)} Of {name}.", profile=name, kept=True) for n in range(5)
            )
    merge = ["model", "merge", "blog", "--profile", "work", "--model", folder]
    with monkeypatch.context() as patch:  # it learns little, so that there is something to gain
        slow = FAST | {"rate": 1e-3}
        patch.setattr(training.Settings.__init__, "__kwdefaults__", slow)
        costeer("train", "--profile", "work", "--model", folder, "--yes")
    ran = costeer(*merge, "--yes")
    assert ran.code == 2
    assert f"blog has no expert on {folder}" in ran.err
    costeer("train", "--profile", "blog", "--model", folder, "--yes")
    assert costeer(*merge).code == 2
    ran = costeer(*merge, "--yes")
    assert (ran.code, ran.out) == (0, b"")
    assert "What blog wrote may then show in texts of work." in ran.err
    assert "Merged: work " in ran.err
    assert sorted(one["documents"] for one in experts(costeer)) == [5, 10]


@pytest.mark.model
def test_the_default_model_learns_a_voice(
    costeer: Costeer, loaded: None, home: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = training.Settings.__init__.__kwdefaults__ | {"rate": 1e-3, "rank": 4, "alpha": 8}
    monkeypatch.setattr(training.Settings.__init__, "__kwdefaults__", kept)
    monkeypatch.setattr(training, "_FEWEST_STEPS", 6)
    with open_store(home.store) as store:
        store.documents.add(history(5))
    ran = costeer("train", "--yes", "--json")
    scores = json.loads(ran.out)["expert"]["scores"]
    assert scores["held"]["after"] < scores["held"]["before"] - 0.1
    assert scores["trained"]["after"] < scores["trained"]["before"] - 0.1
    (canary,) = scores["canaries"]
    assert 0 <= canary["after"] <= canary["most"]
    ran = costeer("write", "--max-tokens", "8", "--json", "Write note 1.")
    assert ran.code == 0
