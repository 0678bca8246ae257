"""`costeer write` as a process of its own: pipes, signals and locales as they are."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from costeer_cli.settings import Places
from costeer_cli.store.database import open_default
from tests.cli.drafts import ASK, own, written

COSTEER = [sys.executable, "-m", "costeer_cli.cli.app"]
PLAIN = {"GOMP_SPINCOUNT": "1000"}  # threads that spin while they wait starve a busy machine


def started(*args: str, **environ: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*COSTEER, *args],
        env=os.environ | PLAIN | environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,  # what is read one by one must not be read ahead
    )


@pytest.mark.model
def test_ctrl_c_in_the_middle(kept_model: None) -> None:
    with started("write", "--profile", "concise", ASK) as process:
        assert process.stdout is not None
        first = process.stdout.read(1)
        process.send_signal(signal.SIGINT)
        rest, err = process.communicate(timeout=60)
    assert process.returncode == 130
    text = (first + rest).decode()
    (draft,) = written()
    assert draft["state"] == "interrupted"
    assert draft["text"].decode().strip() == text.strip()
    assert text.strip()
    assert text.endswith("\n")
    assert f"costeer draft show {draft['id'][:14]}".encode() in err
    assert b"Traceback" not in err
    with open_default() as store:
        assert len(store.drafts.choices(draft["id"])) < draft["max_tokens"]
        assert store.wire.count(draft["id"]) >= 1


@pytest.mark.model
def test_a_pipe_that_closes_early(kept_model: None, home: Places) -> None:
    with started("write", "--profile", "concise", "--max-tokens", "40", ASK) as process:
        assert process.stdout is not None
        assert process.stdout.read(5)
        process.stdout.close()
        assert process.stderr is not None
        err = process.stderr.read()
        process.wait(timeout=60)
    assert b"Traceback" not in err
    assert b"Exception ignored" not in err
    assert b"Error" not in err
    assert process.returncode in (0, 1)
    (draft,) = written()
    assert draft["state"] in ("interrupted", "done")
    assert draft["text"]


def test_any_locale_and_a_narrow_terminal(small_folder: str, tmp_path: Path) -> None:
    own("jon", more='[voice]\ndescription = "Horses 🐴 und Grüße."\n')
    with started(
        *("write", "--model", small_folder, "--max-tokens", "12", "--compare", "Ünder 🐴 馬"),
        LC_ALL="C",
        PYTHONIOENCODING="ascii",
        COLUMNS="60",
        NO_COLOR="1",
    ) as process:
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert b"\x1b" not in out + err
    assert max(map(len, out.decode("utf-8").splitlines())) <= 60
    plain, steered = written()
    assert {plain["prompt"], steered["prompt"]} == {"Ünder 🐴 馬"}
