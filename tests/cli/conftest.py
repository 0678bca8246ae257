"""The real `costeer` command, run in this process."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from costeer_cli.cli import app, write
from costeer_cli.models import language_model
from costeer_cli.models.catalogue import DEFAULT_MODEL
from costeer_cli.models.language_model import LanguageModel
from costeer_cli.models.shelf import Shelf
from costeer_cli.settings import Places
from tests.models import tiny


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode("utf-8")

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Terminal(io.TextIOWrapper):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


Costeer = Callable[..., Ran]


@pytest.fixture
def costeer(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Costeer:
    """Runs `costeer ARGS`; `given` comes on stdin, None is a terminal where nobody types.

    Whatever it does, it never shows a traceback, and no failure is silent.
    """

    def run(*args: str, given: bytes | None = b"") -> Ran:
        source = Terminal(io.BytesIO()) if given is None else io.TextIOWrapper(io.BytesIO(given))
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["costeer", *args])
            patch.setattr(sys, "stdin", source)
            patch.setattr(sys, "excepthook", sys.excepthook)
            capfdbinary.readouterr()
            code = 0
            try:
                app.main()
            except SystemExit as end:
                code = int(end.code or 0)
        said = capfdbinary.readouterr()
        err = said.err.decode("utf-8")
        assert "Traceback" not in err
        assert code in (0, 130) or err or said.out
        return Ran(code, said.out, err)

    return run


@pytest.fixture
def kept_model(shelf: Shelf, model: LanguageModel, home: Places) -> None:
    """This test's home has the default model on its shelf."""
    home.cache.mkdir(parents=True, mode=0o700)
    (home.cache / "models").symlink_to(shelf.root)


@pytest.fixture
def loaded(kept_model: None, model: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `kept_model`, and loading it takes no time, as it is in memory."""
    load = language_model.load_model

    def quick(folder: Path, name: str, device: str = "auto") -> LanguageModel:
        return model if name == DEFAULT_MODEL else load(folder, name, device)

    monkeypatch.setattr(language_model, "load_model", quick)


@pytest.fixture(scope="session")
def small_folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A random model in a folder, for `--model`: what it writes is noise, and it takes no time."""
    network = tiny.llama(max_position_embeddings=2048)
    return str(tiny.save(tmp_path_factory.mktemp("cli") / "model", network, tiny.tokenizer()))


@pytest.fixture
def small(costeer: Costeer, small_folder: str) -> Costeer:
    """`costeer write` with that model and few tokens."""

    def run(*args: str, given: bytes | None = b"") -> Ran:
        return costeer("write", "--model", small_folder, "--max-tokens", "6", *args, given=given)

    return run


@pytest.fixture
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever `costeer write` refuses, it refuses before a model is fetched or loaded."""

    def opened(_name: str | None) -> None:
        raise AssertionError("a model was opened")

    monkeypatch.setattr(write, "open_model", opened)
