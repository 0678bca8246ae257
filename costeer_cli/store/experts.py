"""Experts: what was trained on a person's texts, kept in files of their own beside the store.

An expert has memorised some of what it was trained on. So it goes the way of its texts: when one of
them is deleted the expert becomes stale in the same transaction, by a trigger, whoever deletes; a
stale one is never used, and its files are removed when the traces of the text are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from costeer_cli.errors import ModelCorruptError, StoreError, UnknownNameError, UsageError
from costeer_cli.files import write_private
from costeer_cli.store.connection import Connection, Row
from costeer_cli.store.drafts import new_draft_id as new_id
from costeer_cli.store.scope import Scope

State = Literal["training", "fresh", "stale"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertRecord:
    """One expert.

    Attributes:
        id: unlike that of any other; later ones sort later.
        created_at: ISO 8601 in UTC.
        profile: whose voice; '' for the history without a profile.
        model: the reference of the model it was trained on.
        base: the fingerprint of that model.
        state: "training" (perhaps broken off), "fresh", or "stale": never to be used again.
        digest: SHA-256 (hex) of its file; '' where there is none yet.
        settings: how it was trained; JSON values.
        scores: what was measured of it; JSON values.
        texts: how many stored documents it was trained on.
    """

    id: str = field(default_factory=new_id)
    created_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat())
    profile: str = ""
    model: str = ""
    base: str = ""
    state: State = "training"
    digest: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    scores: dict[str, Any] = field(default_factory=dict)
    texts: int = 0


class Experts:
    """The experts of one store. What is in their files is `costeer_cli.experts`' business."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def folder(self) -> Path:
        """Where their files are; made with the first one."""
        return folder_of(self._connection)

    def begin(self, record: ExpertRecord, documents: Iterable[int]) -> None:
        """Open one that is to be trained on these documents, in place of an unfinished one."""
        with self._connection.atomic():
            self._connection.execute(
                "DELETE FROM experts WHERE profile = ? AND model = ? AND state = 'training'",
                [record.profile, record.model],
            )
            self._insert(record)
            self._connection.executemany(
                "INSERT INTO learned (document_id, expert_id) VALUES (?, ?)",
                [(number, record.id) for number in sorted(set(documents))],
            )
        self.sweep()

    def unfinished(self, profile: str, model: str) -> ExpertRecord | None:
        """The one whose training broke off, if there is one."""
        return self._newest(profile, model, "training")

    def find(self, profile: str, model: str) -> ExpertRecord | None:
        """The expert of a profile on a model, fresh or stale; None where there is none."""
        return self._newest(profile, model, "fresh") or self._newest(profile, model, "stale")

    def list(self) -> list[ExpertRecord]:
        """Every expert, newest first."""
        return [_record(row) for row in self._connection.rows(f"{_SELECT} ORDER BY id DESC")]

    def require_in_training(self, number: str) -> None:
        """Refuse to go on with what has become stale, or was begun anew elsewhere.

        Raises:
            UsageError: its files are removed.
        """
        row = self._connection.row("SELECT state FROM experts WHERE id = ?", [number])
        if row is not None and row["state"] == "training":
            return
        self.sweep()
        if row is None:
            raise UsageError(
                "This training was begun anew elsewhere; nothing of this one was kept.",
                hint="Let one of them finish.",
            )
        raise UsageError(
            "A text was forgotten that this expert learned from; nothing of it was kept.",
            hint="Train without it: costeer train",
        )

    def checkpoint(self, number: str) -> Path:
        """The file in which unfinished training is kept."""
        return self.folder / f"{number}.unfinished"

    def save_checkpoint(self, number: str, content: bytes) -> None:
        """Keep unfinished training.

        Raises:
            UsageError: a text was forgotten meanwhile; nothing of it is left.
            StoreError: no space; the one before is still there.
        """
        self.require_in_training(number)
        write_private(self.checkpoint(number), content)
        self.require_in_training(number)

    def finish(self, number: str, content: bytes, scores: dict[str, Any]) -> ExpertRecord:
        """Keep what was trained, in place of the older ones of its profile and model.

        Raises:
            UsageError: a text was forgotten meanwhile; nothing of it is left.
            StoreError: no space; the older one is still there.
        """
        self.require_in_training(number)
        write_private(self._file(number), content)
        with self._connection.atomic():
            done = self._connection.execute(
                "UPDATE experts SET state = 'fresh', digest = ?, scores = ?"
                " WHERE id = ? AND state = 'training'",
                [hashlib.sha256(content).hexdigest(), json.dumps(scores), number],
            )
            if done:
                self._replace(self._get(number))
        if not done:
            self.require_in_training(number)
        self.sweep()
        return self._get(number)

    def adopt(self, record: ExpertRecord, content: bytes) -> ExpertRecord:
        """Keep one that was trained elsewhere, in place of those of its profile and model.

        Raises:
            StoreError: no space; the older one is still there.
        """
        write_private(self._file(record.id), content)
        with self._connection.atomic():
            self._insert(record, "fresh", hashlib.sha256(content).hexdigest())
            self._replace(record)
        self.sweep()
        return self._get(record.id)

    def read(self, record: ExpertRecord) -> bytes:
        """The file of an expert, whole and unchanged.

        Raises:
            UsageError: it is stale.
            ModelCorruptError: the file is gone, cut short or edited.
        """
        if record.state != "fresh":
            raise UsageError(
                "A text was forgotten that this expert learned from, so it is not used.",
                hint="Train one without it: costeer train",
            )
        try:
            content = self._file(record.id).read_bytes()
        except OSError as error:
            raise _damaged("cannot be read") from error
        if hashlib.sha256(content).hexdigest() != record.digest:
            raise _damaged("is not as it was written: cut short or edited")
        return content

    def outside(self, record: ExpertRecord, scopes: Iterable[Scope]) -> int:
        """How many of the documents it learned from are of none of these scopes any more."""
        left = set(self.learned(record.id))
        found = "SELECT documents.id FROM learned JOIN documents ON documents.id = document_id"
        for scope in scopes:
            condition, values = scope.condition()
            sql = f"{found} WHERE expert_id = :expert AND {condition}"
            left -= set(self._connection.column(sql, values | {"expert": record.id}))
        return len(left)

    def learned(self, number: str) -> tuple[int, ...]:
        """The numbers of the documents it was trained on."""
        sql = "SELECT document_id FROM learned WHERE expert_id = ? ORDER BY 1"
        return tuple(self._connection.column(sql, [number]))

    def delete(self, number: str) -> None:
        """Remove an expert and its files.

        Raises:
            UnknownNameError: there is none.
        """
        if not self._connection.execute("DELETE FROM experts WHERE id = ?", [number]):
            raise _unknown()
        self.sweep()

    def sweep(self) -> None:
        """Remove the files of stale experts, and those that belong to none."""
        remove_stale(self._connection)

    def _insert(self, record: ExpertRecord, state: State = "training", digest: str = "") -> None:
        self._connection.execute(
            "INSERT INTO experts (id, created_at, profile, model, base, state, digest, settings,"
            " scores) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                *(record.id, record.created_at, record.profile, record.model, record.base),
                *(state, digest, json.dumps(record.settings), json.dumps(record.scores)),
            ],
        )

    def _replace(self, record: ExpertRecord) -> None:
        self._connection.execute(
            "DELETE FROM experts WHERE profile = ? AND model = ? AND id != ?",
            [record.profile, record.model, record.id],
        )

    def _file(self, number: str) -> Path:
        return self.folder / f"{number}.safetensors"

    def _get(self, number: str) -> ExpertRecord:
        row = self._connection.row(f"{_SELECT} WHERE id = ?", [number])
        if row is None:
            raise _unknown()
        return _record(row)

    def _newest(self, profile: str, model: str, state: State) -> ExpertRecord | None:
        row = self._connection.row(
            f"{_SELECT} WHERE profile = ? AND model = ? AND state = ? ORDER BY id DESC",
            [profile, model, state],
        )
        return _record(row) if row else None


_SELECT = (
    "SELECT experts.*, (SELECT count(*) FROM learned WHERE expert_id = experts.id) AS texts"
    " FROM experts"
)


def folder_of(connection: Connection) -> Path:
    """Where the experts of a store have their files."""
    return connection.path.parent / "experts"


def remove_stale(connection: Connection) -> None:
    """Remove the files of stale experts, and those that belong to none.

    Raises:
        StoreError: one of them cannot be deleted.
    """
    folder = folder_of(connection)
    if not connection.path.is_file() or not folder.is_dir():  # a store in memory has no folder
        return
    states = {row["id"]: row["state"] for row in connection.rows("SELECT id, state FROM experts")}
    for file in folder.iterdir():
        number = file.name.lstrip(".").partition(".")[0]
        wanted = {"training": True, "fresh": file.suffix == ".safetensors"}
        if wanted.get(states.get(number, ""), False):
            continue
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(
                f"The file {file} cannot be deleted: {error.strerror}.",
                hint="Delete it by hand: it is made of texts that were forgotten.",
            ) from error


def _record(row: Row) -> ExpertRecord:
    return ExpertRecord(
        **row | {"settings": json.loads(row["settings"]), "scores": json.loads(row["scores"])}
    )


def _damaged(how: str) -> ModelCorruptError:
    return ModelCorruptError(
        f"The file of the expert {how}.", hint="Train a new one with: costeer train"
    )


def _unknown() -> UnknownNameError:
    return UnknownNameError(
        "There is no such expert.", hint="See what there is with: costeer model list"
    )
