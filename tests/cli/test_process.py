"""`costeer write` as a process of its own: pipes, signals and locales as they are."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from costeer_cli.store.database import open_default
from costeer_cli.store.drafts import DraftRecord
from tests.cli.drafts import ASK, own, written
from tests.render.pieces import chosen

COSTEER = [sys.executable, "-m", "costeer_cli.cli.app"]

POOR = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "COLUMNS": "60", "NO_COLOR": "1"}


def started(*args: str, **environ: str) -> subprocess.Popen[bytes]:
    # A shell that runs tests in the background has them ignore Ctrl-C, and children inherit that.
    ignored = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(
            [*COSTEER, *args],
            env=os.environ | environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,  # what is read one by one must not be read ahead
        )
    finally:
        signal.signal(signal.SIGINT, ignored)


@pytest.mark.model
def test_ctrl_c_in_the_middle_whatever_the_locale(kept_model: None) -> None:
    own("jon", more='[voice]\ndescription = "Horses 🐴 und Grüße."\n')
    with started("write", f"{ASK} 🐴", **POOR) as process:
        assert process.stdout is not None
        first = process.stdout.read(1)
        process.send_signal(signal.SIGINT)
        rest, err = process.communicate(timeout=60)
    assert process.returncode == 130
    text = first + rest  # of which the last character may be incomplete
    (draft,) = written()
    assert (draft["state"], draft["prompt"]) == ("interrupted", f"{ASK} 🐴")
    assert draft["text"].strip() == text.strip()
    assert text.strip()
    assert text.endswith(b"\n")
    assert f"costeer draft resume {draft['id'][:14]}".encode() in err
    assert b"Traceback" not in err
    with open_default() as store:
        assert len(store.drafts.choices(draft["id"])) < draft["max_tokens"]
        assert store.wire.count(draft["id"]) >= 1


def test_a_pipe_that_closes_early(small_folder: str) -> None:
    own("jon")
    with started("write", "--model", small_folder, ASK) as process:
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


@pytest.mark.parametrize("args", [["draft", "show"], ["draft", "list"], ["profile", "show", "jon"]])
def test_characters_come_out_whatever_the_locale(args: list[str]) -> None:
    own("jon", more='[voice]\ndescription = "Horses 🐴 und Grüße."\n')
    with open_default() as store:
        record = DraftRecord(prompt="Grüße 🐴")
        store.drafts.start(record)
        store.drafts.append(record.id, 0, [chosen("Grüße".encode()), chosen(" 🐴".encode())])
    with started(*args, **POOR) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    assert "🐴" in out.decode("utf-8")
    assert "Grüße" in out.decode("utf-8")
    assert b"\x1b" not in out
