"""The runs of the whole history: added to, forgotten, and never older than the store."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from costeer_cli.errors import StoreError
from costeer_cli.privacy import runs as module
from costeer_cli.privacy.folding import runs, words
from costeer_cli.privacy.guard import Guard, Refusal
from costeer_cli.privacy.runs import HistoryRuns
from costeer_cli.settings import Places
from costeer_cli.store.blocks import BITS
from costeer_cli.store.database import Store, open_store
from costeer_cli.store.document import Document

KNEE = "The doctor said that my left knee needs an operation."
HOUSE = "We are selling our house by the river next summer."
MONEY = "My sister still owes me four thousand euros since May."


@pytest.fixture
def store(home: Places) -> Iterator[Store]:
    with closing(open_store(home.store)) as opened:
        yield opened


def put(store: Store, *texts: str, **fields: str) -> None:
    store.documents.add([Document(text=text, native_id=text, **fields) for text in texts])  # type: ignore[arg-type]


def ready(store: Store) -> HistoryRuns:
    history = HistoryRuns(store.blocks, store.path)
    history.prepare()
    return history


def known(history: HistoryRuns, text: str) -> bool:
    """Whether all runs of a text are known; they are either all known, or none is."""
    found = {history.holds(run) for run in runs(words(text))}
    assert len(found) == 1
    return found.pop()


def folder(store: Store) -> Path:
    return store.path.with_name(f"{store.path.stem}-runs")


def files(store: Store) -> list[Path]:
    return sorted(folder(store).iterdir()) if folder(store).is_dir() else []


def test_runs_of_every_text_of_a_document_are_known(store: Store) -> None:
    put(store, KNEE, title=HOUSE, prompt=MONEY, signature="See you at the old place, Mara")
    history = ready(store)
    for text in (KNEE, HOUSE, MONEY, "see YOU at the old pl\u0430ce", "old place, Mara"):
        if runs(words(text)):
            assert known(history, text)
    assert not history.holds(words("an operation. We are selling our"))
    assert not known(history, "the doctor said that my right knee")


def test_an_empty_history_knows_nothing(store: Store) -> None:
    assert not known(ready(store), KNEE)
    assert files(store) == []


def test_the_guard_refuses_what_the_history_says(store: Store) -> None:
    put(store, KNEE)
    guard = Guard([], [], "", ready(store))
    guard.accept(b"The doctor said that my")
    assert guard.refuses(b" left") == Refusal("run")
    assert guard.refuses(b" right") is None


def test_files_are_private_and_say_nothing(store: Store) -> None:
    put(store, KNEE)
    ready(store)
    (path,) = files(store)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    data = path.read_bytes()
    assert b"knee" not in data
    assert store.blocks.salt not in data


def test_only_what_is_new_is_read(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    put(store, KNEE, HOUSE)
    ready(store)
    put(store, MONEY)
    told: list[tuple[int, int]] = []
    history = HistoryRuns(store.blocks, store.path)
    history.prepare(lambda read, total: told.append((read, total)))
    assert told == [(1, 1)]
    assert all(known(history, text) for text in (KNEE, HOUSE, MONEY))
    monkeypatch.setattr(store.blocks, "texts", None)  # nothing is read again
    assert known(ready(store), MONEY)


def test_a_text_that_was_forgotten_is_nowhere(store: Store) -> None:
    put(store, KNEE, HOUSE)
    history = ready(store)
    store.forgetting.forget([1])
    history.sweep()
    assert files(store) == []
    history.prepare()
    assert not known(history, KNEE)
    assert known(history, HOUSE)


def test_a_sweep_leaves_what_is_still_true(store: Store) -> None:
    put(store, KNEE)
    history = ready(store)
    put(store, HOUSE)
    (folder(store) / ".0.runs.scratch").write_bytes(b"of a process that was killed")
    (folder(store) / "5.runs").write_bytes(b"")
    history.sweep()
    assert [path.name for path in files(store)] == ["0.runs"]
    store.forgetting.forget([1, 2])
    history.sweep()
    assert files(store) == []


def test_nothing_is_left_of_a_block_that_was_emptied_otherwise(store: Store) -> None:
    put(store, KNEE)
    ready(store)
    store.documents.delete([1])
    ready(store)
    assert files(store) == []


def test_what_another_process_left_lying_is_swept(store: Store, home: Places) -> None:
    put(store, KNEE)
    ready(store)
    scratch = folder(store) / ".0.runs.scratch"
    scratch.write_bytes(b"of a process that was killed")
    with closing(open_store(home.store, timeout=0.1)) as other, store.atomic():
        assert known(ready(other), KNEE)
        assert scratch.exists()  # whose it is cannot be told while another one writes
    assert known(ready(store), KNEE)
    assert not scratch.exists()


def test_a_sweep_before_anything_was_kept_does_nothing(store: Store) -> None:
    HistoryRuns(store.blocks, store.path).sweep()
    assert not folder(store).exists()


def test_a_text_that_was_changed_is_read_again(store: Store) -> None:
    put(store, KNEE)
    ready(store)
    store.documents.add([Document(text=HOUSE, native_id=KNEE)])
    history = ready(store)
    assert known(history, HOUSE)
    assert not known(history, KNEE)


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE documents SET text = 'We are selling our house by the river' WHERE id = 1",
        "UPDATE documents SET id = 7, text = 'We are selling our house by the river'",
    ],
)
def test_a_store_edited_by_hand_is_read_again(store: Store, edit: str) -> None:
    put(store, KNEE)
    ready(store)
    store._connection.execute(edit)
    history = ready(store)
    assert known(history, "We are selling our house by")
    assert not known(history, KNEE)


def test_a_number_that_is_used_again_is_read_again(store: Store) -> None:
    put(store, KNEE, HOUSE)
    ready(store)
    store.documents.delete([2])
    put(store, MONEY)
    assert store.documents.get(2).text == MONEY
    history = ready(store)
    assert known(history, KNEE)
    assert known(history, MONEY)
    assert not known(history, HOUSE)


def test_an_older_copy_of_the_store_is_read_again(store: Store, home: Places) -> None:
    put(store, KNEE)
    store._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    copy = home.store.read_bytes()
    put(store, HOUSE)
    ready(store)
    store.close()
    for leftover in home.store.parent.glob(f"{home.store.name}-*"):
        leftover.unlink()
    home.store.write_bytes(copy)
    with closing(open_store(home.store)) as older:
        put(older, MONEY)
        history = ready(older)
        assert known(history, KNEE)
        assert known(history, MONEY)
        assert not known(history, HOUSE)


def test_another_store_has_nothing_of_it(store: Store, home: Places) -> None:
    put(store, KNEE)
    ready(store)
    store.close()
    for path in home.store.parent.glob(f"{home.store.name}*"):
        path.unlink()
    with closing(open_store(home.store)) as other:
        put(other, HOUSE)
        history = ready(other)
        assert known(history, HOUSE)
        assert not known(history, KNEE)


@pytest.mark.parametrize("damage", [b"", b"x" * 100, None])
def test_a_damaged_file_is_made_again(store: Store, damage: bytes | None) -> None:
    put(store, KNEE)
    ready(store)
    (path,) = files(store)
    path.write_bytes(path.read_bytes()[:-4] if damage is None else damage)
    assert known(ready(store), KNEE)
    assert known(ready(store), KNEE)


def test_blocks_are_kept_apart(store: Store) -> None:
    put(store, KNEE, HOUSE)
    store._connection.execute(f"UPDATE documents SET id = {5 << BITS} WHERE id = 2")
    history = ready(store)
    assert [path.name for path in files(store)] == ["0.runs", "5.runs"]
    assert known(history, KNEE)
    assert known(history, HOUSE)
    store.forgetting.forget([5 << BITS])
    history.sweep()
    assert [path.name for path in files(store)] == ["0.runs"]


def test_on_a_full_disk_it_is_held_in_memory(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, content: bytes) -> None:
        raise StoreError("Cannot write: no space left.")

    put(store, KNEE)
    monkeypatch.setattr(module, "write_private", full)
    assert known(ready(store), KNEE)
    assert files(store) == []


def test_while_another_program_writes_it_is_held_in_memory(store: Store, home: Places) -> None:
    put(store, KNEE)
    with closing(open_store(home.store, timeout=0.1)) as reader, store.atomic():
        assert known(ready(reader), KNEE)
        assert files(reader) == []
    assert known(ready(store), KNEE)
    assert len(files(store)) == 1


def test_what_is_forgotten_meanwhile_is_not_kept(
    store: Store, home: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, KNEE, HOUSE)
    history = HistoryRuns(store.blocks, store.path)
    made = module.made
    calls = []

    def made_slowly(*args: object) -> bytes:
        data = made(*args)  # type: ignore[arg-type]
        calls.append(args)
        if args[0] and len(calls) == 2:  # the first is the empty one
            with closing(open_store(home.store)) as other:
                other.forgetting.forget([1])
                HistoryRuns(other.blocks, other.path).sweep()
        return data

    monkeypatch.setattr(module, "made", made_slowly)
    history.prepare()
    assert len(calls) > 2
    assert not known(history, KNEE)
    assert known(history, HOUSE)


def test_a_history_that_never_rests_stops_the_write(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, KNEE)
    texts = store.blocks.texts

    def changing(after: int, last: int) -> Iterator[object]:
        yield from texts(after, last)
        store._connection.execute("UPDATE documents SET title = title || 'x'")

    monkeypatch.setattr(store.blocks, "texts", changing)
    with pytest.raises(StoreError, match="changed by another program"):
        ready(store)


def test_a_block_that_is_gone_meanwhile_holds_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, KNEE)
    texts = store.blocks.texts

    def vanishing(after: int, last: int) -> Iterator[object]:
        yield from texts(after, last)
        store._connection.execute("DELETE FROM documents")

    monkeypatch.setattr(store.blocks, "texts", vanishing)
    assert not known(ready(store), KNEE)
    assert files(store) == []


def test_a_file_that_cannot_be_removed_is_told(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, KNEE)
    history = ready(store)
    store.forgetting.forget([1])

    def refuse(path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(StoreError, match="hashes of it remain"):
        history.sweep()


KILLED = """
import os, sys
from costeer_cli.privacy import runs
from costeer_cli.store.database import open_default
def killed(path, content):
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.with_name(f".{path.name}.scratch").write_bytes(content[:1000])
    os.kill(os.getpid(), 9)
runs.write_private = killed
store = open_default()
runs.HistoryRuns(store.blocks, store.path).prepare()
"""


def test_a_process_that_is_killed_leaves_no_harm(store: Store) -> None:
    put(store, KNEE)
    done = subprocess.run([sys.executable, "-c", KILLED], env=os.environ, check=False)
    assert done.returncode == -9
    history = ready(store)
    assert known(history, KNEE)
    history.sweep()
    assert [path.name for path in files(store)] == ["0.runs"]


MANY = """
from costeer_cli.privacy.runs import HistoryRuns
from costeer_cli.privacy.folding import runs, words
from costeer_cli.store.database import open_default
from costeer_cli.store.document import Document
import sys
store = open_default(timeout=30)
for n in range(5):
    text = f"This is what process {sys.argv[1]} says at turn {n} of all"
    store.documents.add([Document(text=text)])
    history = HistoryRuns(store.blocks, store.path)
    history.prepare()
    assert all(history.holds(run) for run in runs(words(text)))
"""


def test_many_processes_at_once(store: Store) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", MANY, str(n)], env=os.environ) for n in range(3)
    ]
    assert [process.wait(60) for process in started] == [0, 0, 0]
    history = ready(store)
    for n in range(3):
        assert known(history, f"This is what process {n} says at turn 4 of all")
    assert [path.name for path in files(store)] == ["0.runs"]
