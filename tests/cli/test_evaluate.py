"""`costeer evaluate`: a number to trust, and nothing sent that was not agreed to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from costeer_cli.cli import evaluate as command
from costeer_cli.evaluation import run as running
from costeer_cli.settings import Places
from costeer_cli.store.database import open_default
from costeer_cli.store.document import Document
from tests.cli.conftest import Costeer, Ran
from tests.cli.drafts import own
from tests.evaluation.conftest import prose, row

QUICK = ("--max-tokens", "4", "--read-tokens", "8", "--context-tokens", "600")


@pytest.fixture
def people(tmp_path: Path) -> str:
    file = tmp_path / "dev.json"
    file.write_text(json.dumps([row(n) for n in (1, 2)], indent=2))
    return str(file)


@pytest.fixture
def measure(costeer: Costeer, small_folder: str) -> Costeer:
    """`costeer evaluate` with a random model on both sides."""

    def run(*args: str, given: bytes | None = b"") -> Ran:
        return costeer("evaluate", *args, "--model", small_folder, *QUICK, given=given)

    return run


def letters(count: int) -> None:
    with open_default() as store:
        store.documents.add(
            Document(
                text=f"Day {day}. {prose(day)}",
                source="mbox",
                native_id=str(day),
                prompt=f"Write of day {day}.",
                created_at=f"2024-01-{day:02}T00:00:00+00:00",
            )
            for day in range(1, count + 1)
        )


def test_a_data_set(measure: Costeer, people: str, home: Places) -> None:
    ran = measure(people, "--strength", "1", "--json")
    assert ran.code == 0
    made = ran.json
    assert (made["dataset"], made["people"], made["trials"]) == ("dev.json", 2, 2)
    names = [one["system"] for one in made["systems"]]
    assert names[:2] == ["cloud", "local+context"]
    assert {"steered s=1", "paper s=1.78"} <= set(names)
    assert "cloud+context" not in names
    for one in made["systems"]:
        assert one["nll"] > 0
        assert len(one["nll_ci"]) == 2
        assert 0 <= one["rouge_l"] <= 1
    assert not list(home.data.glob("*.md"))
    with open_default() as store:
        assert store.drafts.list() == []
        assert store.documents.count() == 0


def test_the_table(measure: Costeer, people: str) -> None:
    ran = measure(people, "-n", "1")
    assert ran.code == 0
    assert ran.text.startswith("# costeer on dev.json\n")
    assert "| cloud |" in ran.text
    assert "one person" in ran.text
    assert "Measuring texts" in ran.err


def test_the_upper_bound_on_request(measure: Costeer, people: str) -> None:
    ran = measure(people, "--send-context", "--json", "-n", "1")
    assert ran.json["systems"][-1]["system"] == "cloud+context"


def test_reports(measure: Costeer, people: str, tmp_path: Path) -> None:
    files = [tmp_path / f"report.{form}" for form in ("md", "html", "json")]
    ran = measure(people, *(part for file in files for part in ("-o", str(file))))
    assert (ran.code, ran.out) == (0, b"")
    assert files[0].read_text().startswith("# costeer on dev.json")
    assert "<svg" in files[1].read_text()
    assert json.loads(files[2].read_text())["trials"] == 2
    assert files[0].stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["report.txt", "report", "missing/report.md"])
def test_reports_that_cannot_be(
    costeer: Costeer, people: str, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "open_model", None)
    assert costeer("evaluate", people, "-o", str(tmp_path / name)).code == 2


def test_the_second_time_nothing_is_measured(
    measure: Costeer, people: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = measure(people, "--json")
    monkeypatch.setattr(running._Case, "outcome", None)
    assert measure(people, "--json").json == first.json
    ran = measure(people, "-n", "1", "--json")
    assert ran.json["trials"] == 1


def test_fresh_measures_again(
    measure: Costeer, people: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    measure(people, "-n", "1")
    counted: list[str] = []
    real = running._Case.outcome
    monkeypatch.setattr(
        running._Case, "outcome", lambda self, s: counted.append(s.name) or real(self, s)
    )
    measure(people, "-n", "1")
    assert not counted
    measure(people, "-n", "1", "--fresh")
    assert counted


def test_ctrl_c_keeps_what_is_done(
    measure: Costeer, people: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, done = running._Case.outcome, list[str]()

    def breaking(self: Any, system: Any) -> Any:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(system.name)
        return real(self, system)

    with monkeypatch.context() as patch:
        patch.setattr(running._Case, "outcome", breaking)
        ran = measure(people)
    assert ran.code == 130
    assert "2 measurements are kept" in ran.err
    again: list[str] = []
    monkeypatch.setattr(
        running._Case, "outcome", lambda self, s: again.append(s.name) or real(self, s)
    )
    assert measure(people).code == 0
    assert len(again) == 2 * 5 - 2


def test_ones_own_history(measure: Costeer) -> None:
    own("jon")
    letters(10)
    ran = measure("--json")
    assert ran.code == 0
    assert (ran.json["dataset"], ran.json["people"], ran.json["trials"]) == ("jon", 1, 3)
    assert len(ran.json["systems"][0]["nll_ci"]) == 2


def test_the_profiles_own_strength_is_compared(measure: Costeer) -> None:
    own("jon", more="[defaults]\nstrength = 0.8\n")
    letters(10)
    names = [one["system"] for one in measure("--json", "-p", "jon").json["systems"]]
    assert "steered s=0.8" in names


def test_too_short_a_history(costeer: Costeer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "open_model", None)
    letters(2)
    ran = costeer("evaluate")
    assert ran.code == 2
    assert "too few" in ran.err


def test_nothing_of_ones_own_is_sent_unasked(
    costeer: Costeer, monkeypatch: pytest.MonkeyPatch, people: str
) -> None:
    monkeypatch.setattr(command, "open_model", None)
    far = ("--base-url", "https://far.example/v1", "--key", "none", "--model", "large")
    assert costeer("provider", "add", "far", *far).code == 0
    own("jon")
    letters(10)
    ran = costeer("evaluate", "--provider", "far")
    assert ran.code == 2
    assert "--yes" in ran.err
    told = costeer("evaluate", people, "--provider", "far", "--send-context")
    assert told.code == 2
    assert "--yes" in told.err


def test_contradictions(costeer: Costeer, people: str, tmp_path: Path) -> None:
    assert costeer("evaluate", people, "--cloud", "x", "--provider", "y").code == 2
    assert costeer("evaluate", people, "--profile", "jon").code == 2
    assert costeer("evaluate", str(tmp_path / "none.json")).code == 2
