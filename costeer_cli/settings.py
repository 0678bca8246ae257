"""Where things are kept, and the few settings a person may change.

`COSTEER_HOME` puts everything under one folder; without it the platform's own places are used, so
that personal data never lies beside dotfiles that people publish.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from costeer_cli.errors import BadInputError
from costeer_cli.files import write_private

KEYS = {
    "profile": "the profile used when none is named",
    "model": "the local model: a catalogue name, a Hugging Face id, a folder or a .gguf file",
    "provider": "the cloud provider used when none is named",
    "device": "where the local model runs: auto, cpu, cuda or mps",
    "offline": "true lets nothing out of this machine, whatever a provider's address",
}
OFFLINE = "COSTEER_OFFLINE"


@dataclass(frozen=True)
class Places:
    """Every path costeer uses: `config` is a file; `data` and `cache` are folders."""

    config: Path
    data: Path
    cache: Path

    @property
    def store(self) -> Path:
        """The SQLite store: profiles, history, drafts, wire log."""
        return self.data / "costeer.db"

    @property
    def models(self) -> Path:
        """Converted and verified local models."""
        return self.cache / "models"

    @property
    def keys(self) -> Path:
        """Keys of providers, where there is no keyring."""
        return self.config.with_name("keys.toml")

    @property
    def private(self) -> list[Path]:
        """What nobody else may read: own folders, and files that may lie in others or be links."""
        beside = [self.store.with_name(f"{self.store.name}{end}") for end in ("-wal", "-shm")]
        return [self.data, self.cache, self.store, *beside, self.config, self.keys, self.verdicts]

    @property
    def verdicts(self) -> Path:
        """What probing the providers found."""
        return self.cache / "providers.json"


def places(environ: Mapping[str, str] = os.environ) -> Places:
    """The places for this user, or all of them under `COSTEER_HOME` where that is set."""
    if home := environ.get("COSTEER_HOME"):
        root = Path(home).expanduser().absolute()
        return Places(root / "config.toml", root / "data", root / "cache")
    from platformdirs import PlatformDirs  # noqa: PLC0415  (24 ms that COSTEER_HOME spares)

    dirs = PlatformDirs("costeer", appauthor=False)
    return Places(dirs.user_config_path / "config.toml", dirs.user_data_path, dirs.user_cache_path)


def is_offline(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether this machine is to stay by itself: `COSTEER_OFFLINE`, or `offline = true`.

    Either switches it on; the variable cannot switch off what the settings say.

    Raises:
        BadInputError: the setting is neither true nor false, or the settings cannot be read.
    """
    said = Config(places(environ).config).read().get("offline", False)
    if not isinstance(said, bool):
        raise BadInputError("The setting offline must be true or false, without quotes.")
    return said or environ.get(OFFLINE, "").lower() not in ("", "0", "false", "no", "off")


@dataclass(frozen=True)
class Config:
    """`config.toml`: the keys of `KEYS`, and tables of named things such as `[providers.NAME]`.

    A file a person may edit; comments are kept.
    """

    path: Path

    def read(self) -> dict[str, Any]:
        """All settings; empty where there is no file.

        Raises:
            BadInputError: the file is not TOML, or not readable.
        """
        try:
            text = self.path.read_text("utf-8")
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as error:
            raise BadInputError(f"Cannot read the settings in {self.path}.") from error
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise BadInputError(
                f"The settings in {self.path} are not valid TOML: {error}",
                hint="Mend that line, or delete the file to start afresh.",
            ) from error

    def get(self, key: str) -> str | None:
        """One setting, or None where it is not set."""
        value = self.read().get(key)
        return str(value) if value is not None else None

    def set(self, key: str, value: str | None) -> None:
        """Change one setting in place (None removes it); comments and order stay."""

        def edit(settings: Any) -> None:
            if value is None:
                settings.pop(key, None)
            else:
                settings[key] = value

        self._change(edit)

    def tables(self, section: str) -> dict[str, dict[str, Any]]:
        """The tables `[section.NAME]`, by name, in the order of the file.

        Raises:
            BadInputError: they are something else than tables.
        """
        found = self.read().get(section, {})
        if not isinstance(found, dict) or not all(isinstance(t, dict) for t in found.values()):
            raise BadInputError(
                f"In {self.path} {section} must be tables.", hint=f"Such as: [{section}.NAME]"
            )
        return found

    def set_table(self, section: str, name: str, values: Mapping[str, Any] | None) -> None:
        """Make the table `[section.NAME]` hold `values` (None removes it); comments stay.

        Raises:
            BadInputError: the file is written in a way that cannot be changed here.
        """
        self.tables(section)  # refuses what is no table

        def edit(settings: Any) -> None:
            tables = settings.get(section, {})
            if values is None:
                tables.pop(name, None)
                if not tables:
                    settings.pop(section, None)
            elif section not in settings:
                settings[section] = {name: dict(values)}
            elif name not in tables:
                tables[name] = dict(values)
            else:
                for key in set(tables[name]) - set(values):
                    del tables[name][key]
                for key, value in values.items():
                    if tables[name].get(key) != value:
                        tables[name][key] = value

        self._change(edit)

    def _change(self, edit: Callable[[Any], None]) -> None:
        """Edit the text as one edits its meaning, and write it where both come to the same."""
        import tomlkit  # noqa: PLC0415

        wanted = self.read()  # refuses to touch a file it cannot read
        document = tomlkit.parse(self.path.read_text("utf-8") if self.path.exists() else "")
        edit(wanted)
        edit(document)
        text = tomlkit.dumps(document)
        if tomllib.loads(text) != wanted:
            raise BadInputError(
                f"Cannot change {self.path} without spoiling it; nothing was changed.",
                hint="Write dotted keys such as a.b.c = 1 as tables, [a.b] and c = 1.",
            )
        write_private(self.path, text.encode())
