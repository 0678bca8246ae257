"""The wire log: every request that left this machine, byte for byte, in order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from costeer_cli.store.connection import Connection, Row, as_written

_SECRET = ("authorization", "api-key", "token", "cookie", "secret")


@dataclass(frozen=True, slots=True)
class WireRecord:
    """One logged request.

    Attributes:
        id: its number in the store.
        draft_id: the draft it was sent for (or any name, for a request without one).
        n: its number among the requests of that draft, from 1.
        at: when it was logged, just before it was sent; ISO 8601 in UTC.
        provider, endpoint: to whom, and the URL.
        headers: as sent, with the secret ones blanked.
        body: the exact bytes.
        sha256: of `body`, hex.
    """

    id: int
    draft_id: str
    n: int
    at: str
    provider: str
    endpoint: str
    headers: dict[str, str]
    body: bytes
    sha256: str


class Wire:
    """The wire log of one store."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def record(
        self,
        draft_id: str,
        provider: str,
        endpoint: str,
        headers: Mapping[str, str],
        body: bytes,
    ) -> int:
        """Log one request and return its `n`; on return it is committed, so send it after.

        Raises:
            RuntimeError: called inside `Store.atomic`, where nothing is committed yet.
            StoreError: it cannot be logged; do not send it.
        """
        if self._connection.in_transaction:
            raise RuntimeError("the wire log commits by itself; call it outside Store.atomic()")
        with self._connection.atomic():
            n = self.count(draft_id) + 1
            self._connection.execute(
                "INSERT INTO wire (draft_id, n, at, provider, endpoint, headers, body, sha256)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    draft_id,
                    n,
                    datetime.now(UTC).isoformat(),
                    provider,
                    endpoint,
                    json.dumps(without_secrets(headers)),
                    body,
                    hashlib.sha256(body).hexdigest(),
                ],
            )
        return n

    def for_draft(self, draft_id: str) -> list[WireRecord]:
        """The requests of one draft, in the order they were sent; empty where there are none."""
        rows = self._connection.rows("SELECT * FROM wire WHERE draft_id = ? ORDER BY n", [draft_id])
        with as_written(self._connection.path):
            return [_record(row) for row in rows]

    def names(self) -> list[str]:
        """Every name that requests were logged under, drafts and others, the oldest first."""
        return self._connection.column(
            "SELECT draft_id FROM wire GROUP BY draft_id ORDER BY min(id)"
        )

    def count(self, draft_id: str) -> int:
        """How many requests were logged for one draft."""
        return int(
            self._connection.scalar("SELECT count(*) FROM wire WHERE draft_id = ?", [draft_id])
        )


def without_secrets(headers: Mapping[str, str]) -> dict[str, str]:
    """`headers` with the values of keys, tokens and cookies blanked."""
    return {
        name: "(not kept)" if any(word in name.lower() for word in _SECRET) else value
        for name, value in headers.items()
    }


def _record(row: Row) -> WireRecord:
    headers = json.loads(row["headers"]).items()
    return WireRecord(**(row | {"headers": {name: str(value) for name, value in headers}}))
