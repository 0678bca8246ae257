"""Several processes with one store: nothing that was sent is missing from the log."""

from __future__ import annotations

import os
import subprocess
import sys

from costeer_cli.settings import Places
from costeer_cli.store.database import open_store

WORK = """
import os, sys
from costeer_cli.privacy.vault import filling
from costeer_cli.privacy.runs import HistoryRuns
from costeer_cli.settings import places
from costeer_cli.steering.choice import Choice
from costeer_cli.store.database import open_store
from costeer_cli.store.document import Document
from costeer_cli.store.drafts import DraftRecord
me, rounds = sys.argv[1], int(sys.argv[2])
with open_store(places().store, timeout=30) as store:
    draft = DraftRecord(prompt="A note.", provider=me)
    store.drafts.start(draft)
    for n in range(rounds):
        mail = f"Mail {n} of {me}: call +49 170 55{n:02}{ord(me[-1])} now."
        store.documents.add([Document(text=mail)])
        filling.add(store, f"Person {me} Number{n}")
        filling.add(store, f"Everybody Number{n}")
        filling.scan(store, lambda done, of: None)
        runs = HistoryRuns(store.blocks, store.path)
        runs.prepare()
        assert runs.holds(("mail", str(n), "of", me, "call", "49")), n
        store.wire.record(draft.id, me, "http://127.0.0.1", {}, b"%d" % n)
        store.wire.record("probe", me, "http://127.0.0.1", {}, b"%d" % n)
        store.drafts.append(draft.id, n, [Choice(b"x", n, "cloud", -1.0, 0.0, -1.0, 0)])
    store.drafts.finish(draft.id, "done", "length")
print(draft.id)
"""


def test_two_processes_lose_nothing(home: Places) -> None:
    names, rounds = ("p1", "p2", "p3"), 12
    running = [
        subprocess.Popen(
            [sys.executable, "-c", WORK, name, str(rounds)],
            env=os.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for name in names
    ]
    said = [one.communicate(timeout=120) for one in running]
    assert [one.returncode for one in running] == [0] * len(names), said
    drafts = [out.decode().strip() for out, _ in said]
    with open_store(home.store) as store:
        for draft in drafts:
            log = store.wire.for_draft(draft)
            assert [one.body for one in log] == [b"%d" % n for n in range(rounds)]
            assert [one.n for one in log] == list(range(1, rounds + 1))
            assert [choice.id for choice in store.drafts.choices(draft)] == list(range(rounds))
        probes = store.wire.for_draft("probe")
        assert [one.n for one in probes] == list(range(1, len(names) * rounds + 1))
        values = [kept.text for kept in store.vault.list()]
        assert len(values) == len(set(values))
        places = [(kept.kind, kept.number) for kept in store.vault.list()]
        assert len(places) == len(set(places))
        assert {f"Person {name} Number{n}" for name in names for n in range(rounds)} <= {*values}
        assert store.documents.count() == len(names) * rounds
