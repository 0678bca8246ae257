"""`costeer tune`: what it finds, when it stores it, and that nothing is sent."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from costeer_cli.cli import tune as command
from costeer_cli.evaluation import tuning
from costeer_cli.evaluation.resampling import Interval
from costeer_cli.evaluation.tuning import Tuned
from costeer_cli.store.database import open_default
from tests.cli.conftest import Costeer, Ran
from tests.cli.drafts import own
from tests.cli.test_evaluate import letters
from tests.evaluation.conftest import row

QUICK = ("--read-tokens", "8", "--context-tokens", "600")


@pytest.fixture
def tune(costeer: Costeer, small_folder: str) -> Costeer:
    """`costeer tune` with a random model on both sides."""

    def run(*args: str, given: bytes | None = b"") -> Ran:
        return costeer("tune", *args, "--model", small_folder, *QUICK, given=given)

    return run


def found(value: float, high: float) -> Tuned:
    gain = Interval(-0.1, -0.2, high)
    return Tuned({"strength": value}, {"strength": (0.5, 0.9)}, 3.0, 2.9, 2.8, gain, 4)


@pytest.fixture
def finds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is read, something much better is found."""
    monkeypatch.setattr(tuning, "tune", lambda *_: found(0.7312345, -0.05))


def strength() -> object:
    with open_default() as store:
        from costeer_cli.personal.library import Library  # noqa: PLC0415

        return Library(store).get("jon").defaults.get("strength")


def test_it_tells_what_it_found(tune: Costeer) -> None:
    own("jon")
    letters(14)
    ran = tune("--dry-run")
    assert ran.code == 0
    assert ran.text.startswith("strength: ")
    assert "the cloud alone" in ran.text
    assert "gain over so far" in ran.text
    assert "4 texts it was not found on" in ran.text
    assert strength() is None


def test_json(tune: Costeer) -> None:
    own("jon")
    letters(14)
    made = tune("--dry-run", "--json").json["tuned"]
    assert made["texts"] == 4
    assert made["values"]["strength"] >= 0
    low, high = made["ranges"]["strength"]
    assert low <= made["values"]["strength"] <= high
    assert made["nll"].keys() == {"cloud", "usual", "tuned"}
    assert len(made["gain_ci"]) == 2


def test_what_is_better_is_stored(tune: Costeer, finds: None) -> None:
    own("jon", more="# mine\n[defaults]\nmodel = 'other'\nstrength = 2.0 # much\n")
    letters(14)
    ran = tune()
    assert ran.code == 0
    assert strength() == 0.731
    with open_default() as store:
        toml = store.profiles.get("jon").toml
    assert "# mine" in toml
    assert "# much" in toml
    assert "costeer profile show jon" in ran.err


def test_a_dry_run_stores_nothing(tune: Costeer, finds: None) -> None:
    own("jon")
    letters(14)
    ran = tune("--dry-run")
    assert "Nothing was stored" in ran.err
    assert strength() is None


def test_what_may_be_chance_is_not_stored(tune: Costeer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tuning, "tune", lambda *_: found(0.9, 0.01))
    own("jon")
    letters(14)
    ran = tune()
    assert (ran.code, strength()) == (0, None)
    assert "--force" in ran.err
    assert tune("--force").code == 0
    assert strength() == 0.9


def test_it_begins_with_what_the_profile_says(
    tune: Costeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = []
    monkeypatch.setattr(
        tuning,
        "tune",
        lambda _, usual, __: (
            begun.append((usual.strength, usual.soften, usual.mix)) or found(0.9, 1.0)
        ),
    )
    own("jon", more="[defaults]\nstrength = 0.8\n")
    letters(14)
    tune()
    assert begun == [(0.8, 0.1, 0.07)]


def test_a_data_set_is_nobodys_profile(tune: Costeer, tmp_path: Path, finds: None) -> None:
    own("jon")
    file = tmp_path / "dev.json"
    file.write_text(json.dumps([row(n) for n in range(1, 5)], indent=2))
    ran = tune(str(file))
    assert ran.code == 0
    assert "Nothing was stored" in ran.err
    assert strength() is None
    assert tune(str(file), "--profile", "jon").code == 2


def test_accepted_drafts_count(tune: Costeer, monkeypatch: pytest.MonkeyPatch) -> None:
    from costeer_cli.store.document import Document  # noqa: PLC0415
    from tests.evaluation.conftest import prose  # noqa: PLC0415

    read = []
    monkeypatch.setattr(tuning, "tune", lambda rs, *_: read.extend(rs) or found(0.9, 1.0))
    own("jon")
    letters(13)
    with open_default() as store:
        text = f"Accepted. {prose(99)}"
        store.documents.add(
            [
                Document(
                    text=text,
                    source="accepted",
                    native_id="1",
                    prompt="Write.",
                    created_at="2025-01-01T00:00:00+00:00",
                    profile="jon",
                )
            ]
        )
    assert tune().code == 0
    texts = [b"".join(p.chosen.text for p in one.positions).decode() for one in read]
    assert any("Accepted. ".startswith(text[:6]) for text in texts)


def test_a_service_is_not_sent_ones_texts(
    costeer: Costeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "open_model", None)
    far = ("--base-url", "https://far.example/v1", "--key", "none", "--model", "large")
    assert costeer("provider", "add", "far", *far).code == 0
    own("jon", more='[defaults]\nprovider = "far"\n')
    letters(14)
    ran = costeer("tune")
    assert ran.code == 2
    assert "--cloud" in ran.err


def test_nobody_elses_profile_is_tuned(costeer: Costeer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "open_model", None)
    letters(14)
    ran = costeer("tune", "--profile", "mara-lindqvist")
    assert ran.code == 2
    assert "ready-made" in ran.err


def test_too_few_texts(tune: Costeer) -> None:
    own("jon")
    letters(6)
    ran = tune()
    assert ran.code == 2
    assert "texts" in ran.err
    assert "Traceback" not in ran.err
