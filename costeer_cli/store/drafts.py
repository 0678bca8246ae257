"""Drafts: what was asked, with which settings, and every choice that was made."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from costeer_cli.errors import UnknownNameError
from costeer_cli.store.connection import Connection, Row, as_written

if TYPE_CHECKING:
    from costeer_cli.steering.choice import Choice

State = Literal["writing", "done", "interrupted", "failed"]
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u


def new_draft_id() -> str:
    """26 characters of base 32: 48 bits of milliseconds, 80 random; later ids sort later."""
    value = int.from_bytes((time.time_ns() // 1_000_000).to_bytes(6, "big") + os.urandom(10), "big")
    return "".join(_ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))


def _now() -> str:
    return datetime.now(UTC).isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRecord:
    """One draft.

    Attributes:
        id: see `new_draft_id`.
        created_at: ISO 8601 in UTC.
        profile: the profile's name, or None.
        prompt: the public prompt, as the cloud saw it.
        provider, cloud_model, local_model: names.
        settings: strength, seed and the like; JSON values.
        state: "writing" until `Drafts.finish`; one found so later was cut off.
        finish_reason: why it ended; '' while it is being written.
        text: the choices' bytes in order (after those given at `start`, if any); may end inside
            a UTF-8 character.
        receipt: what it cost and sent, or None before the end.
    """

    id: str = field(default_factory=new_draft_id)
    created_at: str = field(default_factory=_now)
    profile: str | None = None
    prompt: str = ""
    provider: str = ""
    cloud_model: str = ""
    local_model: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    state: State = "writing"
    finish_reason: str = ""
    text: bytes = b""
    receipt: dict[str, Any] | None = None


class Drafts:
    """The drafts of one store."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def start(self, record: DraftRecord) -> None:
        """Store a new draft.

        Raises:
            StoreError: locked, full or read-only, or there is one of that id.
        """
        row = {name: getattr(record, name) for name in DraftRecord.__dataclass_fields__}
        row["settings"] = json.dumps(record.settings, ensure_ascii=False)
        row["receipt"] = _json_or_none(record.receipt)
        self._connection.execute(
            "INSERT INTO drafts (id, created_at, profile, prompt, provider, cloud_model,"
            " local_model, settings, state, finish_reason, text, receipt) VALUES (:id,"
            " :created_at, :profile, :prompt, :provider, :cloud_model, :local_model, :settings,"
            " :state, :finish_reason, :text, :receipt)",
            row,
        )

    def use(self, draft_id: str, documents: Iterable[int]) -> None:
        """Keep which documents the local model reads for a draft, besides those it read before.

        A document that is gone by now is left out.
        """
        self._connection.executemany(
            "INSERT OR IGNORE INTO used (document_id, draft_id)"
            " SELECT id, ? FROM documents WHERE id = ?",
            [(draft_id, number) for number in documents],
        )

    def append(self, draft_id: str, first_index: int, choices: Sequence[Choice]) -> None:
        """Store a batch of choices, all or none.

        Args:
            draft_id: the whole id.
            first_index: index of the first one; those stored from there on are replaced.
            choices: in order.

        Raises:
            ValueError: `first_index` would leave a gap.
            StoreError: there is no such draft, or the store cannot be written.
        """
        with self._connection.atomic():
            self._connection.execute(
                "DELETE FROM choices WHERE draft_id = ? AND n >= ?", [draft_id, first_index]
            )
            stored = self._connection.scalar(
                "SELECT count(*) FROM choices WHERE draft_id = ?", [draft_id]
            )
            if stored != first_index:
                raise ValueError(f"choice {first_index} after {stored} stored ones leaves a gap")
            self._connection.executemany(
                "INSERT INTO choices (draft_id, n, bytes, source, cloud_logprob, delta,"
                " steered_logprob, rank, token_id, certified, cost, moved)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        draft_id,
                        n,
                        choice.text,
                        choice.source,
                        choice.cloud_logprob,
                        choice.delta,
                        choice.steered_logprob,
                        choice.rank,
                        choice.id,
                        choice.certified,
                        choice.cost,
                        choice.moved,
                    )
                    for n, choice in enumerate(choices, first_index)
                ],
            )

    def finish(
        self,
        draft_id: str,
        state: State,
        finish_reason: str,
        receipt: dict[str, Any] | None = None,
    ) -> None:
        """Say how a draft ended.

        Raises:
            UnknownNameError: there is no draft of that id.
        """
        changed = self._connection.execute(
            "UPDATE drafts SET state = ?, finish_reason = ?, receipt = ? WHERE id = ?",
            [state, finish_reason, _json_or_none(receipt), draft_id],
        )
        if not changed:
            raise _unknown(draft_id)

    def get(self, id_or_prefix: str) -> DraftRecord:
        """A draft by its id, by an unambiguous start of it, or the newest one by "last".

        Raises:
            UnknownNameError: none, or more than one, goes by that.
        """
        if id_or_prefix == "last":
            newest = self.list(1)
            if not newest:
                raise UnknownNameError(
                    "There is no draft yet.", hint="Write one with: costeer write"
                )
            return newest[0]
        start = id_or_prefix.strip().lower()
        rows = list(
            self._connection.rows(
                "SELECT * FROM drafts WHERE substr(id, 1, length(:start)) = :start LIMIT 2",
                {"start": start},
            )
        )
        if not start or not rows:
            raise _unknown(id_or_prefix)
        if len(rows) > 1:
            raise UnknownNameError(
                f"More than one draft's id begins with {id_or_prefix!r}.",
                hint="Give more of the id; see: costeer draft list",
            )
        return self._record(rows[0])

    def choices(self, draft_id: str) -> list[Choice]:
        """Every choice of one draft, in order; empty where there is no such draft."""
        from costeer_cli.steering.choice import Choice  # noqa: PLC0415  (steering needs numpy)

        return [
            Choice(
                text=row["bytes"],
                id=row["token_id"],
                source=row["source"],
                cloud_logprob=row["cloud_logprob"],
                delta=row["delta"],
                steered_logprob=row["steered_logprob"],
                rank=row["rank"],
                certified=bool(row["certified"]),
                cost=row["cost"],
                moved=row["moved"],
            )
            for row in self._connection.rows(
                "SELECT * FROM choices WHERE draft_id = ? ORDER BY n", [draft_id]
            )
        ]

    def list(self, limit: int = 20) -> list[DraftRecord]:
        """The newest drafts, newest first."""
        rows = self._connection.rows("SELECT * FROM drafts ORDER BY seq DESC LIMIT ?", [limit])
        return [self._record(row) for row in rows]

    def delete(self, draft_id: str) -> None:
        """Forget a draft, its choices, its wire log and their traces in the file.

        Raises:
            UnknownNameError: there is no draft of that (whole) id.
        """
        with self._connection.atomic():
            if not self._connection.execute("DELETE FROM drafts WHERE id = ?", [draft_id]):
                raise _unknown(draft_id)
            self._connection.execute("DELETE FROM wire WHERE draft_id = ?", [draft_id])
        self._connection.wipe_traces()

    def _record(self, row: Row) -> DraftRecord:
        chosen = self._connection.rows(
            "SELECT bytes FROM choices WHERE draft_id = ? ORDER BY n", [row["id"]]
        )
        with as_written(self._connection.path):
            fields = {name: row[name] for name in DraftRecord.__dataclass_fields__}
            fields["settings"] = json.loads(row["settings"])
            fields["receipt"] = json.loads(row["receipt"]) if row["receipt"] is not None else None
            fields["text"] = row["text"] + b"".join(choice["bytes"] for choice in chosen)
            return DraftRecord(**fields)


def _json_or_none(value: dict[str, Any] | None) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _unknown(name: str) -> UnknownNameError:
    return UnknownNameError(
        f"There is no draft {name!r}.", hint="See what there is with: costeer draft list"
    )
